"""What a search finds at noon of one day."""

from datetime import UTC, datetime
from typing import Any

from newsclip.index.archive import Archive
from newsclip.recommender.search import search
from newsclip.recommender.search_page import SearchOptions, SearchPage

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
LONG = " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26)}rd" for n in range(80))  # of a real length


def found(archive: Archive, query: str, **options: Any) -> SearchPage:
    with archive.reading(NOON) as view:
        return search(view, query, SearchOptions(**options))


def ids(page: SearchPage) -> list[str]:
    return [hit.article.id for hit in page.hits]
