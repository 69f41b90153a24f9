"""While the archive stands still, pages follow each other without gap, repeat or contradiction."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import axis_archive

from newsclip.index.article import Article
from newsclip.index.compaction import compact
from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender import accepted
from newsclip.recommender.search import search
from newsclip.recommender.search_page import FACET_NAMES, SearchOptions, SearchPage

from .strategies import NOON, articles, filters, queries

shelves = st.lists(articles(), max_size=12, unique_by=lambda entry: entry.id)
depths = st.sampled_from(
    [((50, 20), (1_000, 1_000)), ((2, 1), (4, 4), (50, 50)), ((3, 3), (50, 50))]
)
options = st.builds(
    SearchOptions,
    mode=st.sampled_from(["hybrid", "keyword", "semantic"]),
    limit=st.integers(1, 4),
    where=st.just(Filter()) | filters,
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    collapse=st.booleans(),
    facets=st.just(FACET_NAMES),
)


def pages(view: View, query: str, asked: SearchOptions, by_cursor: bool) -> list[SearchPage]:
    found = [search(view, query, asked)]
    while True:
        last = found[-1]
        assert (last.next_cursor is None) == (last.next_offset is None)
        if last.next_offset is None or last.next_cursor is None:
            return found
        start = {"cursor": last.next_cursor} if by_cursor else {"offset": last.next_offset}
        found.append(search(view, query, SearchOptions(**(vars(asked) | start))))


@settings(max_examples=60, deadline=None)
@given(
    shelves,
    st.integers(0, 12),
    depths,
    st.lists(st.tuples(queries | st.just(""), options), min_size=4),
)
def test_pages(
    shelf: Sequence[Article],
    in_snapshot: int,
    layout: tuple[tuple[int, int], ...],
    questions: Sequence[tuple[str, SearchOptions]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        axis_archive(Path(folder)) as archive,
        patch.object(accepted, "_DEPTHS", layout),
    ):
        archive.put(shelf[:in_snapshot])
        compact(archive.store)
        archive.put(shelf[in_snapshot:])
        with archive.reading(NOON) as view:
            for query, asked in questions:
                check(view, query, asked)


def check(view: View, query: str, asked: SearchOptions) -> None:
    found = pages(view, query, asked, by_cursor=False)
    hits = [hit.article for page in found for hit in page.hits]
    assert [
        a.id
        for page in pages(view, query, asked, by_cursor=True)
        for a in [h.article for h in page.hits]
    ] == [a.id for a in hits]
    assert len({each.id for each in hits}) == len(hits)
    assert all(entry.is_visible(NOON) for entry in hits)
    assert all(page.total <= len(hits) or not page.total_is_exact for page in found)
    if asked.collapse:
        shown = {view.key_of(each.id) for each in hits}
        copies = view.copies_of(shown)
        # who stands first is nobody's copy; a copy of a copy may stand beside it
        for place, each in enumerate(hits):
            before = {view.key_of(other.id) for other in hits[:place]}
            assert not {c for b in before for c in copies.get(b, ())} & {view.key_of(each.id)}
    for page in found:
        if page.total_is_exact:
            assert page.total == len(hits)
            assert counted(page) == expected(hits)
    dates = [each.published_at for each in hits if each.published_at]
    if asked.sort == "newest":
        assert dates == sorted(dates, reverse=True)
    if asked.sort == "oldest":
        assert dates == sorted(dates)


def counted(page: SearchPage) -> dict[str, dict[str, int]]:
    return {
        name: {fold(each.value): each.articles for each in values}
        for name, values in page.facets.items()
    }


def expected(hits: Sequence[Article]) -> dict[str, dict[str, int]]:
    """One article and one name at a time."""
    return {
        "section": Counter(fold(a.section) for a in hits if a.section),
        "tag": Counter(tag for a in hits for tag in {fold(tag) for tag in a.tags}),
        "author": Counter(name for a in hits for name in {fold(name) for name in a.authors}),
        "year": Counter(str(a.published_at.year) for a in hits if a.published_at),
    }
