"""Names as they are compared, and the catalog's columns (tests/property has its filters)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.doubles import article

from newsclip.index.catalog import Catalog
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
    expected = dict.fromkeys(("section", "tag", "author", "language"), nothing)
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


# Keys


def test_keys_and_their_articles() -> None:
    catalog = Catalog()
    catalog.add(5, article("a", tags=["#X", "Y"]))
    catalog.add(9, article("b"))
    assert (len(catalog), 5 in catalog, 6 in catalog) == (2, True, False)
    assert (catalog.key_of("a"), catalog.key_of("A")) == (5, None)
    assert (catalog.tags_of(5), catalog.tags_of(9)) == (("X", "Y"), ())
    catalog.remove(5)
    catalog.remove(5)
    catalog.remove(77)
    assert (len(catalog), 5 in catalog, catalog.key_of("a")) == (1, False, None)
    assert np.flatnonzero(catalog.visible(NOON)).tolist() == [9]


@pytest.mark.parametrize("new_first", [True, False])
def test_a_new_version_replaces_the_old_in_either_order(new_first: bool) -> None:
    catalog = Catalog()
    catalog.add(1, article("a", section="Old"))
    if new_first:
        catalog.add(2, article("a", section="New"))
        catalog.remove(1)
    else:
        catalog.remove(1)
        catalog.add(2, article("a", section="New"))
    assert catalog.key_of("a") == 2
    assert catalog.section_counts(NOON) == {"New": 1}
    assert not catalog.allowed(Filter(sections=frozenset({"Old"})), NOON).any()


@pytest.mark.parametrize("key", [1_023, 1_024, 1_025, 2_048, 50_000])
def test_columns_grow_with_the_keys(key: int) -> None:
    catalog = Catalog()
    catalog.add(1, article("first", published_at=NOON - SECOND, section="A"))
    catalog.add(key, article("far", published_at=NOON, tags=["x"], section="B"))
    assert np.flatnonzero(catalog.visible(NOON)).tolist() == [1, key]
    everyone = catalog.allowed(Filter(), NOON)
    assert catalog.newest(everyone, 10) == [key, 1]
    assert np.flatnonzero(catalog.allowed(Filter(tags=frozenset("x")), NOON)).tolist() == [key]
    assert catalog.section_counts(NOON) == {"A": 1, "B": 1}


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
    catalog = Catalog()
    entries = [
        article("undated"),
        article("short", published_at=NOON, expires_at=NOON + SECOND),
        article("long", published_at=NOON),
        article("draft", status="draft"),
        article("withdrawn", published_at=NOON - SECOND, status="withdrawn"),
    ]
    for key, entry in enumerate(entries):
        catalog.add(key, entry)
    for mask in (catalog.visible(now), catalog.allowed(Filter(), now)):
        assert [entries[key].id for key in np.flatnonzero(mask)] == visible


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
    catalog = Catalog()
    entries = [
        article("early", published_at=NOON - SECOND),
        article("noon", published_at=NOON),
        article("later", published_at=NOON + SECOND),
        article("undated"),
    ]
    for key, entry in enumerate(entries):
        catalog.add(key, entry)
    keys = np.flatnonzero(catalog.allowed(where, NOON + timedelta(days=1)))
    assert {entries[key].id for key in keys} == found
