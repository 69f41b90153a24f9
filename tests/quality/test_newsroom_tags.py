"""The sample newsroom: tags of later articles, from earlier ones."""

from datetime import UTC, datetime
from pathlib import Path

from newsclip.index.archive import Archive
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tags import suggest_tags

from .newsroom_answers import NOW


def test_tags_of_later_articles_from_earlier_ones(newsroom: Archive, tmp_path: Path) -> None:
    """Measured over 49 articles: 67 % of the house tags among five, the first one right in 65 %."""
    rows = newsroom.store.rows_of("SELECT id FROM article ORDER BY key")
    entries = [newsroom.get(article_id) for (article_id,) in rows]
    cut = datetime(2026, 5, 1, tzinfo=UTC)
    earlier = [entry for entry in entries if entry.published_at and entry.published_at < cut]
    vocabulary = {tag for entry in earlier for tag in entry.tags}
    shares, firsts = [], []
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(earlier)
        with archive.reading(NOW) as view:
            for entry in entries:
                own = set(entry.tags) & vocabulary
                if (
                    own
                    and entry.published_at
                    and entry.published_at >= cut
                    and entry.is_visible(NOW)
                ):
                    draft = Draft(entry.title, entry.summary, entry.body)
                    tags = [
                        each.tag
                        for each in suggest_tags(view, draft, TagChoice(limit=5)).suggestions
                    ]
                    shares.append(len(own.intersection(tags)) / len(own))
                    firsts.append(tags[0] in own)
    assert len(shares) == 49
    assert sum(shares) / len(shares) >= 0.62
    assert sum(firsts) / len(firsts) >= 0.55
