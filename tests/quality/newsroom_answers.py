"""What the sample newsroom answers on the day that its tests are of."""

from datetime import UTC, datetime

from newsclip.index.archive import Archive
from newsclip.recommender.choice import Choice
from newsclip.recommender.search import search
from newsclip.recommender.search_page import Mode, SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def rail(archive: Archive, article_id: str, limit: int = 6, now: datetime = NOW) -> list[str]:
    with archive.reading(now) as view:
        hits = similar(
            view, source_of_article(view, article_id), Choice(limit=limit, fallback="none")
        ).hits
    return [hit.article.id for hit in hits]


def found(archive: Archive, query: str, limit: int = 10, mode: Mode = "hybrid") -> list[str]:
    with archive.reading(NOW) as view:
        return [
            hit.article.id
            for hit in search(view, query, SearchOptions(mode=mode, limit=limit)).hits
        ]
