"""The sample newsroom: whom readers may not see is in no answer."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from newsclip.index.archive import Archive
from newsclip.recommender.choice import Choice
from newsclip.recommender.search import search
from newsclip.recommender.search_page import SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

from .newsroom_answers import NOW

SECOND = timedelta(seconds=1)

EMBARGOED = "science/2040/06/observatory-centenary"
EXPIRED = "general/2026/01/storm-isolde-warning"
DRAFT = "politics/2026/10/who-is-who-renn-cabinet"
WITHDRAWN = "general/2026/02/tram-witness-report"


def answers(archive: Archive, now: datetime, queries: Iterable[str]) -> set[str]:
    """All that the rails of every article and the queries show at a moment."""
    shown: set[str] = set()
    ids = [row[0] for row in archive.store.rows_of("SELECT id FROM article")]
    with archive.reading(now) as view:
        for article_id in ids:
            shown |= {
                hit.article.id
                for hit in similar(view, source_of_article(view, article_id), Choice(limit=30)).hits
            }
        for query in queries:
            shown |= {hit.article.id for hit in search(view, query, SearchOptions(limit=200)).hits}
    return shown


QUERIES = [
    "a hundred years on Mount Tarn observatory",
    "red warning storm Isolde hits the coast tonight",
    "who is who in the Renn cabinet",
    "second builder named in tramline papers Kolbe",
    "gale leaves homes without electricity",
    "green tailed visitor in the night sky",
]


def test_hidden_articles_are_in_no_answer(newsroom: Archive) -> None:
    shown = answers(newsroom, NOW, QUERIES)
    assert shown.isdisjoint({EMBARGOED, EXPIRED, DRAFT, WITHDRAWN})
    assert len(shown) > 100


def test_their_time_comes_and_goes(newsroom: Archive) -> None:
    def seen(article_id: str, query: str, now: datetime) -> bool:
        with newsroom.reading(now) as view:
            return article_id in [hit.article.id for hit in search(view, query).hits]

    embargo = datetime(2040, 6, 21, 4, tzinfo=UTC)  # 06:00 in Lissand, in summer
    assert not seen(EMBARGOED, QUERIES[0], embargo - SECOND)
    assert seen(EMBARGOED, QUERIES[0], embargo)
    expiry = datetime(2026, 1, 10, 5, tzinfo=UTC)  # 06:00 in Lissand, in winter
    assert seen(EXPIRED, QUERIES[1], expiry - SECOND)
    assert not seen(EXPIRED, QUERIES[1], expiry)


def test_nobody_reads_tomorrows_paper(newsroom: Archive) -> None:
    day = datetime(2025, 12, 24, tzinfo=UTC)
    undated = {"life/2025/06/dry-out-flooded-cellar"}
    for article_id in answers(newsroom, day, QUERIES) - undated:
        published_at = newsroom.get(article_id).published_at
        assert published_at is not None
        assert published_at <= day
