"""The catalog, the lexicon, a segment and a loop over the articles agree on who passes a filter."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import catalogs_of, columns_of, stored_holders

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.catalog import ScannedHolders
from newsclip.index.columns import Rows
from newsclip.index.filters import Filter
from newsclip.index.lexicon import FieldTerm, Lexicon
from newsclip.index.segment import Segment
from newsclip.index.vectors import ExactVectorIndex

from .strategies import NOON, articles, filters, moments, passes

Shelf = dict[int, Article]

ANALYZER = Analyzer()
EVERYONE = [FieldTerm("body", "everyon", 1.0)]
LATER = NOON + timedelta(days=1)


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """Articles of different ids under ascending keys with gaps; all share a word."""
    entries = draw(st.lists(articles(), max_size=12, unique_by=lambda entry: entry.id))
    keys = draw(st.lists(st.integers(1, 3_000), min_size=12, max_size=12, unique=True).map(sorted))
    texts = (entry.model_copy(update={"body": "everyone"}) for entry in entries)
    return dict(zip(keys, texts, strict=False))


def lexicon_of(shelf: Shelf) -> Lexicon:
    lexicon = Lexicon(ANALYZER)
    for key, entry in shelf.items():
        lexicon.add(key, entry)
    lexicon.commit()
    return lexicon


def rows_of(shelf: Shelf, keys: set[int] | frozenset[int]) -> Rows:
    return np.array([row for row, key in enumerate(shelf) if key in keys], np.int64)


def excluded_keys(shelf: Shelf, where: Filter) -> frozenset[int]:
    return frozenset(key for key, entry in shelf.items() if entry.id in where.exclude_ids)


@settings(max_examples=60, deadline=None)  # threads of tantivy start anew for each
@given(shelves(), st.sets(st.integers(0, 11), max_size=4), st.lists(filters, min_size=5), moments)
def test_ways_to_ask(shelf: Shelf, removed: set[int], wheres: list[Filter], now: datetime) -> None:
    gone = {list(shelf)[place] for place in removed if place < len(shelf)}
    left = {key: entry for key, entry in shelf.items() if key not in gone}
    catalogs, lexicon = catalogs_of(shelf), lexicon_of(shelf)
    columns, names = columns_of(shelf)
    segments = [  # the lexicon of a snapshot still has what was removed after it
        Segment(columns, lexicon, ExactVectorIndex(columns["embedding"]), names, holders)
        for holders in (ScannedHolders(columns), stored_holders(columns, len(names)))
    ]
    for catalog in (*catalogs, *(segment.catalog for segment in segments)):
        catalog.remove(rows_of(shelf, gone))

    for where in wheres:
        expected = {key for key, entry in left.items() if passes(entry, where, now)}
        excluded = excluded_keys(shelf, where)
        # The catalog does not know what is written in an article.
        unworded = replace(where, wordings=frozenset(), exclude_wordings=frozenset())
        unread = {key for key, entry in left.items() if passes(entry, unworded, now)}
        for catalog in catalogs:
            mask = catalog.allowed(unworded, now, rows_of(shelf, excluded))
            assert np.flatnonzero(mask).tolist() == rows_of(shelf, unread).tolist()
        for segment in segments:
            mask = segment.allowed(where, now, np.array([*excluded, 4_711], np.int64))
            assert np.flatnonzero(mask).tolist() == rows_of(shelf, expected).tolist()
            for limit in (1, 3, 100):
                found = segment.matching(EVERYONE, limit, mask, where).tolist()
                assert len(found) == len(set(found)) == min(limit, len(expected))
                assert set(found) <= expected

        # The lexicon knows neither ids nor who may see an article.
        known = replace(where, exclude_ids=frozenset())
        shown = {
            key: entry.model_copy(update={"status": "published", "expires_at": None})
            for key, entry in shelf.items()
        }
        narrowed = [key for key, entry in shown.items() if passes(entry, known, LATER)]
        assert sorted(lexicon.search(EVERYONE, 100, where).tolist()) == narrowed


@given(shelves(), moments)
def test_visible_and_newest(shelf: Shelf, now: datetime) -> None:
    entries = list(shelf.values())
    visible = [row for row, entry in enumerate(entries) if entry.is_visible(now)]
    newest_first = sorted(
        visible,
        key=lambda row: (
            -(entries[row].published_at.timestamp() if entries[row].published_at else -1e18),  # type: ignore[union-attr]
            -row,
        ),
    )
    counts: dict[str, int] = {}
    for row in visible:
        if (section := entries[row].section) is not None:
            counts[section] = counts.get(section, 0) + 1
    for catalog in catalogs_of(shelf):
        assert np.flatnonzero(catalog.visible(now)).tolist() == visible
        for limit in (0, 1, 3, 100):
            newest = catalog.newest(catalog.visible(now), limit)
            assert newest.tolist() == newest_first[:limit]
        assert catalog.section_counts(now) == counts
