"""How an answer is cut into pages, by offsets and by cursors, while the archive changes."""

from datetime import timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender import accepted
from newsclip.recommender.search import MAX_DEPTH
from newsclip.recommender.search_page import FacetValue, SearchPage

from .found_pages import LONG, NOON, found, ids

DAY = timedelta(days=1)


def ladder(archive: Archive, count: int) -> list[str]:
    """Articles that answer "fish" the worse the higher their number."""
    archive.put([article(n, body="fish" + " x" * n) for n in range(count)])
    return [str(n) for n in range(count)]


def test_scores_descend_and_lie_between_0_and_1(archive: Archive) -> None:
    expected = ladder(archive, 30)
    page = found(archive, "fish", limit=100)
    scores = [hit.score for hit in page.hits]
    assert ids(page) == expected
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] < scores[0] <= 1


@pytest.mark.parametrize("limit", [1, 3, 10, 12, 13])
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_pages_follow_each_other_without_gap_or_repeat(
    archive: Archive, limit: int, mode: Any
) -> None:
    ladder(archive, 12)
    archive.put([article("far", body="law")])
    whole = ids(found(archive, "fish", limit=100, mode=mode))
    assert len(whole) == 12
    pages: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = found(archive, "fish", limit=limit, offset=offset, mode=mode)
        assert (page.offset, page.limit) == (offset, limit)
        assert page.next_offset in (None, offset + limit)
        pages += ids(page)
        offset = page.next_offset
    assert pages == whole


def test_a_page_past_the_end(archive: Archive) -> None:
    ladder(archive, 3)
    assert found(archive, "fish", offset=3).hits == []
    assert found(archive, "fish", offset=990) == SearchPage([], 990, 10, total=3)


def test_how_far_one_can_page(archive: Archive) -> None:
    archive.put([article("a", body="fish")])
    assert MAX_DEPTH == 1_000
    assert found(archive, "fish", limit=1_000).next_offset is None
    for limit, offset in [(1_001, 0), (10, 991), (1, 1_000)]:
        with pytest.raises(QueryInvalid) as caught:
            found(archive, "fish", limit=limit, offset=offset)
        assert (caught.value.field, caught.value.value) == ("offset", offset)
        assert "cursor" in caught.value.remedy


def test_the_last_page_within_reach_has_no_next(archive: Archive) -> None:
    archive.put([article(n, body="fish law") for n in range(1_005)])
    page = found(archive, "fish", limit=5, offset=995, mode="keyword")
    assert (len(page.hits), page.next_offset) == (5, None)
    assert found(archive, "fish", limit=5, offset=990, mode="keyword").next_offset == 995


# Cursors


@pytest.mark.parametrize("collapse", [False, True])
def test_an_answer_goes_on_where_both_sides_find_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, collapse: bool
) -> None:
    # Three candidates a side, the same three, and good for three: there still is a fourth.
    monkeypatch.setattr(accepted, "_DEPTHS", ((3, 3), (100, 100)))
    archive.put([article(name, title="fish") for name in "abcd"])
    last = found(archive, "fish", limit=1, offset=2, collapse=collapse)
    assert (ids(last), last.next_offset) == (["c"], 3)
    end = found(archive, "fish", limit=1, offset=3, collapse=collapse)
    assert (ids(end), end.next_offset) == (["d"], None)


def test_an_order_of_dates_without_copies_has_no_end_before_its_last_article(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted, "COUNTED", 8)
    archive.put([article(f"copy {n}", body=LONG, published_at=NOON - DAY) for n in range(12)])
    archive.put([article(n, body=LONG.split()[n], published_at=NOON - 9 * DAY) for n in range(5)])
    asked: dict[str, Any] = {"query": "before:2027", "collapse": True, "limit": 2}
    page = found(archive, **asked)
    shown = ids(page)
    while page.next_cursor:
        page = found(archive, cursor=page.next_cursor, **asked)
        shown += ids(page)
    assert [each.split()[0] for each in sorted(shown)] == ["0", "1", "2", "3", "4", "copy"]


def test_an_answer_without_copies_is_counted_as_far_as_one_with_them(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted, "_DEPTHS", ((3, 3), (6, 6), (100, 100)))
    archive.put([article(f"copy {n}", body=f"fish {LONG}") for n in range(4)])
    archive.put([article(n, body="fish", section=f"s{n % 2}") for n in range(30)])
    archive.put([article("far", body="law")])
    asked: dict[str, Any] = {"mode": "keyword", "limit": 2, "facets": ("section",)}
    page = found(archive, "fish", collapse=True, **asked)
    assert (page.total, page.total_is_exact) == (31, True)
    assert page.facets["section"] == [FacetValue("s0", 15), FacetValue("s1", 15)]
    assert found(archive, "fish", **asked).total == 34


@pytest.mark.parametrize(
    "options", [{}, {"sort": "newest"}, {"sort": "oldest"}, {"mode": "semantic"}]
)
def test_cursors_lead_through_the_whole_answer(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.setattr(accepted, "_DEPTHS", ((4, 2), (8, 8), (100, 100)))
    archive.put([article(n, body="fish" + " x" * (n // 3)) for n in range(30)])
    archive.put([article("far", body="law")])
    whole = ids(found(archive, "fish", limit=100, **options))
    assert len(whole) == 30
    pages: list[str] = []
    cursor: str | None = None
    while True:
        page = found(archive, "fish", limit=7, cursor=cursor, **options)
        assert page.offset == len(pages)
        pages += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(set(pages)) == len(pages)
    assert sorted(pages) == sorted(whole)


def test_a_cursor_goes_on_behind_the_last_article_whatever_came_before_it(archive: Archive) -> None:
    archive.put([article(n, body="fish", published_at=NOON - n * DAY) for n in range(6)])
    first = found(archive, "fish", sort="newest", limit=2)
    assert ids(first) == ["0", "1"]
    archive.put([article("new", body="fish", published_at=NOON)])
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert (ids(after), after.offset) == (["2", "3"], 3)
    archive.delete("1")
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert ids(after) == ["2", "3"]  # behind the one before
    archive.delete("0")
    archive.delete("new")
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert ids(after) == ["4", "5"]  # nothing is known of the page but how many it had


@pytest.mark.parametrize("came", [1, 15, 150])
@pytest.mark.parametrize("options", [{"sort": "newest"}, {}, {"query": "", "tags": True}])
def test_what_comes_in_meanwhile_ends_no_answer_early(
    archive: Archive, came: int, options: dict[str, Any]
) -> None:
    options = dict(options)
    if options.pop("tags", False):
        options["where"] = Filter(tags=frozenset({"sea"}))
    asked = {"query": "fish", "limit": 10} | options
    archive.put(
        [article(n, body="fish", tags=["sea"], published_at=NOON - n * DAY) for n in range(35)]
    )
    page = found(archive, **asked)
    shown = ids(page)
    fresh = [article(f"new {n}", title="fish", body="fish", tags=["sea"]) for n in range(came)]
    archive.put([a.model_copy(update={"published_at": NOON}) for a in fresh])
    while page.next_cursor:
        page = found(archive, cursor=page.next_cursor, **asked)
        shown += ids(page)
    assert len(shown) == len(set(shown)) == 35


@pytest.mark.parametrize(
    "change",
    [
        {"query": "law"},
        {"mode": "keyword"},
        {"sort": "newest"},
        {"collapse": True},
        {"where": Filter(tags=frozenset({"a"}))},
        {"cursor": "AAAA"},
        {"cursor": "not/base64"},
        {"cursor": "WzEsMiwzXQ"},
    ],
)
def test_a_cursor_of_another_question_is_refused(archive: Archive, change: dict[str, Any]) -> None:
    archive.put([article(n, body="fish law") for n in range(6)])
    cursor = found(archive, "fish", limit=2).next_cursor
    asked = {"query": "fish", "limit": 2, "cursor": cursor} | change
    with pytest.raises(QueryInvalid) as caught:
        found(archive, **asked)
    assert caught.value.field == "cursor"
    assert "next_cursor" in caught.value.remedy


def test_a_cursor_stands_in_place_of_an_offset(archive: Archive) -> None:
    archive.put([article(n, body="fish law") for n in range(6)])
    cursor = found(archive, "fish", limit=2).next_cursor
    with pytest.raises(QueryInvalid):
        found(archive, "fish", cursor=cursor, offset=1)
