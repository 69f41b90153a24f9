"""Names as they are compared, and the catalog's columns (tests/property has its filters)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.doubles import article, catalogs_of, columns_of, stored_holders

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.catalog import Catalog, ScannedHolders
from newsclip.index.columns import GrowingColumns, Rows
from newsclip.index.digest import Digester
from newsclip.index.filters import (
    ALWAYS,
    NEVER,
    Filter,
    attributes,
    conditions,
    fold,
    seconds,
    visible_span,
)
from newsclip.index.strings import Strings

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
NOON_SECONDS = 20_461 * 86_400 + 12 * 3_600  # 2026-01-08 is day 20,461 after 1970-01-01
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Politics", "politics"),
        ("#USRelations", "usrelations"),
        ("  ##x  ", "x"),
        ("# x", "x"),
        ("C#", "c#"),
        ("Straße", "strasse"),
        ("ÉCONOMIE", "économie"),
        ("Ha\u0300 No\u0323\u0302i", "h\u00e0 n\u1ed9i"),  # with accents of their own
        ("İSTANBUL", "istanbul"),
        ("pt_BR", "pt-br"),
        ("#", ""),
        ("", ""),
    ],
)
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


def test_attributes_of_an_article() -> None:
    entry = article("a", section="Politics", tags=["#A", "b"], authors=["Ada B"], language="pt_BR")
    assert attributes(entry) == {
        "section": {"politics"},
        "tag": {"a", "b"},
        "author": {"ada b"},
        "language": {"pt", "pt-br"},
    }
    nothing: frozenset[str] = frozenset()
    expected = dict.fromkeys(("section", "tag", "author"), nothing)
    expected["language"] = frozenset({"und"})
    assert attributes(article("a")) == expected


def test_conditions_ask_for_any_name_but_for_all_tags() -> None:
    where = Filter(
        sections=frozenset({"News", "Life"}), tags=frozenset({"#X", "y"}), languages=frozenset("a")
    )
    assert sorted((attribute, sorted(names)) for attribute, names in conditions(where)) == [
        ("language", ["a"]),
        ("section", ["life", "news"]),
        ("tag", ["x"]),
        ("tag", ["y"]),
    ]
    assert conditions(Filter()) == []
    # "#" names no tag: no article has it, so the condition must not fall away
    assert conditions(Filter(tags=frozenset("#"))) == [("tag", frozenset())]


def test_seconds_and_spans() -> None:
    assert seconds(NOON, 0) == NOON_SECONDS
    assert seconds(None, 7) == 7
    assert visible_span(article("a")) == (ALWAYS, NEVER)
    embargoed = article("a", published_at=NOON, expires_at=NOON + SECOND)
    assert visible_span(embargoed) == (NOON_SECONDS, NOON_SECONDS + 1)
    assert visible_span(article("a", published_at=NOON, status="draft")) == (NEVER, NEVER)


# Rows


def shelf(*entries: Article) -> dict[int, Article]:
    """Articles under keys with gaps between them: 2, 4, 6 …"""
    return {2 * place: entry for place, entry in enumerate(entries, start=1)}


def rows(*numbers: int) -> Rows:
    return np.array(numbers, np.int64)


def shown(catalog: Catalog, where: Filter = Filter(), excluded: Sequence[int] = ()) -> list[int]:
    """The rows that pass at noon."""
    return np.flatnonzero(catalog.allowed(where, NOON, rows(*excluded))).tolist()


def test_rows_and_what_they_hold() -> None:
    for catalog in catalogs_of(shelf(article("a", tags=["#X", "Y"]), article("b"))):
        assert len(catalog) == 2
        assert (catalog.tags_of(0), catalog.tags_of(1)) == (("X", "Y"), ())
        assert catalog.alive(rows(1, 0)).tolist() == [1, 0]
        catalog.remove(rows(0))
        catalog.remove(rows(0))
        assert len(catalog) == 1
        assert catalog.alive(rows(1, 0)).tolist() == [1]
        assert np.flatnonzero(catalog.visible(NOON)).tolist() == [1]


def test_a_removed_row_is_in_no_answer() -> None:
    entry = article("a", section="Old", tags=["x"], published_at=NOON)
    for asked_before in (True, False):
        for catalog in catalogs_of(shelf(entry, entry)):
            if asked_before:
                assert shown(catalog) == [0, 1]
            catalog.remove(rows(0))
            assert shown(catalog) == shown(catalog, Filter(sections=frozenset({"Old"}))) == [1]
            assert catalog.section_counts(NOON) == {"Old": 1}
            assert catalog.newest(catalog.visible(NOON), 5).tolist() == [1]
            assert catalog.carried(["x"], NOON) == {"x"}
            catalog.remove(rows(1))
            assert shown(catalog) == []
            assert catalog.section_counts(NOON) == {}
            assert catalog.carried(["x"], NOON) == set()


@pytest.mark.parametrize("where", [Filter(), Filter(sections=frozenset("S"))])
def test_how_many_pass_follows_every_change(where: Filter) -> None:
    later = NOON + 10 * SECOND
    dates = [None, None, later]
    entries = shelf(*(article(n, section="s", published_at=date) for n, date in enumerate(dates)))
    for catalog in catalogs_of(entries):

        def passing(now: datetime, *excluded: int, catalog: Catalog = catalog) -> list[int]:
            mask = catalog.allowed(where, now, rows(*excluded))
            return [catalog.passing(mask), catalog.passing(mask)]

        assert (passing(NOON), passing(NOON, 1), passing(NOON)) == ([2, 2], [1, 1], [2, 2])
        assert (passing(NOON, 1, 1), passing(NOON, 2), passing(NOON, 0, 1)) == (
            [1, 1],
            [2, 2],
            [0, 0],
        )
        assert passing(later) == [3, 3], "an embargo has ended"
        catalog.remove(rows(0))
        assert (passing(later), passing(later, 2)) == ([2, 2], [1, 1])
        catalog.remove(rows(1, 2))
        assert passing(later) == [0, 0]


def test_how_many_have_a_name_follows_every_change() -> None:
    later = NOON + 10 * SECOND
    dates = [None, None, later]
    tags = [["x", "z"], ["x"], ["x"]]
    entries = shelf(*(article(n, tags=tags[n], published_at=date) for n, date in enumerate(dates)))
    for catalog in catalogs_of(entries):

        def counted(now: datetime, catalog: Catalog = catalog) -> list[int]:
            names = catalog._names.numbers(["tag/x", "tag/x", "tag/z"])
            counts = catalog.shown_with(names, now).tolist()
            assert catalog.all_shown(now)[names].tolist() == counts
            return counts

        assert (counted(NOON), counted(later), counted(NOON)) == ([2, 2, 1], [3, 3, 1], [2, 2, 1])
        catalog.remove(rows(0))
        assert (counted(NOON), counted(later)) == ([1, 1, 0], [2, 2, 0])


def test_excluded_rows_do_not_pass() -> None:
    for catalog in catalogs_of(shelf(article("a"), article("b"), article("c"))):
        assert shown(catalog, excluded=[1]) == [0, 2]
        assert shown(catalog, excluded=[0, 2, 0]) == [1]
        assert shown(catalog) == [0, 1, 2], "the mask of those visible is not changed"


@pytest.mark.parametrize("count", [1, 63, 64, 65, 500])
def test_a_catalog_grows_with_its_columns(count: int) -> None:
    columns, names = GrowingColumns(1), Strings()
    digester = Digester(Analyzer().terms, Strings(), names)
    catalog = Catalog(columns, names, ScannedHolders(columns))
    sizes = (1, count)
    key = in_b = 0
    for size in sizes:
        entries = {
            key + n: article(n, published_at=NOON - n * SECOND, section="AB"[n % 2])
            for n in range(1, size + 1)
        }
        columns.append(digester.block(entries, np.zeros((size, 1), np.float32)))
        catalog.extend()
        key += size
        in_b += (size + 1) // 2
        in_section_b = names.numbers(["section/b"])
        if in_b:
            assert catalog.shown_with(in_section_b, NOON) == in_b
            assert catalog.all_shown(NOON)[in_section_b] == in_b
    assert shown(catalog) == list(range(1 + count))
    odd = [0, *range(1, count + 1, 2)]
    assert shown(catalog, Filter(sections=frozenset("b"))) == odd
    assert catalog.section_counts(NOON).get("A", 0) == count // 2
    # the first two have the same date: the later row comes first
    assert catalog.newest(catalog.visible(NOON), 3).tolist() == [1, 0, 2][: count + 1]
    catalog.remove(rows(1))
    assert shown(catalog, Filter(sections=frozenset("b"))) == [0, *range(3, count + 1, 2)]
    catalog.extend()
    assert shown(catalog) == [0, *range(2, 1 + count)]


def test_a_row_that_came_after_the_last_question_may_go_before_the_next() -> None:
    columns, names = GrowingColumns(1), Strings()
    digester = Digester(Analyzer().terms, Strings(), names)
    catalog = Catalog(columns, names, ScannedHolders(columns))
    for key in range(3):
        entry = {key: article(key, section="s")}
        columns.append(digester.block(entry, np.zeros((1, 1), np.float32)))
        catalog.extend()
        assert key or shown(catalog, Filter(sections=frozenset("s"))) == [0]
    catalog.remove(rows(2))
    assert shown(catalog, Filter(sections=frozenset("s"))) == [0, 1]


def test_a_snapshot_knows_no_rows_with_a_name_that_came_later() -> None:
    columns, names = columns_of(shelf(article("a", tags=["x"])))
    catalog = Catalog(columns, names, stored_holders(columns, len(names)))
    names.add(["tag/y"])
    assert shown(catalog, Filter(tags=frozenset("y"))) == []
    assert shown(catalog, Filter(tags=frozenset("x"))) == [0]
    assert catalog.carried(["x", "y", "z"], NOON) == {"x"}


# Sections and dates


def test_sections_are_counted_as_they_are_written() -> None:
    entries = [
        article("a", section="Law"),
        article("b", section="law"),
        article("c", section="Law"),
        article("d", section="A=B/C"),
        article("e"),
        article("f", section="Law", status="draft"),
    ]
    for catalog in catalogs_of(shelf(*entries)):
        assert catalog.section_counts(NOON) == {"Law": 2, "law": 1, "A=B/C": 1}


def test_the_newest_first_undated_ones_last(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = [NOON, None, NOON - SECOND, NOON, None, NOON + SECOND]
    entries = [article(n, published_at=date) for n, date in enumerate(dates)]
    for at_a_time in (1, 2, 4_096):
        monkeypatch.setattr("newsclip.index.catalog._NEWEST_AT_A_TIME", at_a_time)
        for catalog in catalogs_of(shelf(*entries)):
            seen = catalog.visible(NOON)
            assert [catalog.newest(seen, limit).tolist() for limit in (0, 1, 3, 99)] == [
                [],
                [3],
                [3, 0, 2],
                [3, 0, 2, 4, 1],
            ]
            dated = catalog.published_at(rows(0, 2)).tolist()
            assert dated == [NOON_SECONDS, NOON_SECONDS - 1]


def test_without_rows() -> None:
    for catalog in catalogs_of({}):
        assert len(catalog) == 0
        assert catalog.newest(catalog.visible(NOON), 3).tolist() == []
        assert shown(catalog, Filter(sections=frozenset("a"), published_to=NOON)) == []
        assert catalog.section_counts(NOON) == {}
        assert catalog.carried(["x"], NOON) == set()


# What readers may see, to the second


@pytest.mark.parametrize(
    ("now", "visible"),
    [
        (NOON - SECOND, ["undated"]),
        (NOON - timedelta(microseconds=1), ["undated"]),
        (NOON, ["undated", "short", "long"]),
        (NOON + SECOND - timedelta(microseconds=1), ["undated", "short", "long"]),
        (NOON + SECOND, ["undated", "long"]),
    ],
)
def test_an_embargo_ends_and_an_expiry_begins_with_its_second(
    now: datetime, visible: list[str]
) -> None:
    entries = [
        article("undated"),
        article("short", published_at=NOON, expires_at=NOON + SECOND),
        article("long", published_at=NOON),
        article("draft", status="draft"),
        article("withdrawn", published_at=NOON - SECOND, status="withdrawn"),
    ]
    for catalog in catalogs_of(shelf(*entries)):
        for mask in (catalog.visible(now), catalog.allowed(Filter(), now, rows())):
            assert [entries[row].id for row in np.flatnonzero(mask)] == visible


def test_the_clock_may_go_back_and_forth() -> None:
    entries = [
        article("short", published_at=NOON, expires_at=NOON + SECOND),
        article("later", published_at=NOON + 2 * SECOND),
    ]
    for catalog in catalogs_of(shelf(*entries)):
        for seconds_after, expected in [(0, [0]), (1, []), (0, [0]), (2, [1]), (-1, []), (0, [0])]:
            mask = catalog.visible(NOON + seconds_after * SECOND)
            assert np.flatnonzero(mask).tolist() == expected


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Filter(published_from=NOON), {"noon", "later"}),
        (Filter(published_from=NOON + SECOND), {"later"}),
        (Filter(published_to=NOON), {"early"}),
        (Filter(published_to=NOON + SECOND), {"early", "noon"}),
        (Filter(published_from=NOON, published_to=NOON + SECOND), {"noon"}),
        (Filter(published_from=NOON, published_to=NOON), set()),
    ],
)
def test_dates_from_inclusive_to_exclusive(where: Filter, found: set[str]) -> None:
    entries = [
        article("early", published_at=NOON - SECOND),
        article("noon", published_at=NOON),
        article("later", published_at=NOON + SECOND),
        article("undated"),
    ]
    for catalog in catalogs_of(shelf(*entries)):
        passing = np.flatnonzero(catalog.allowed(where, NOON + timedelta(days=1), rows()))
        assert {entries[row].id for row in passing} == found
