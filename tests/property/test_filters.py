"""The catalog, the lexicon and a loop over the articles agree on who passes a filter."""

from datetime import datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from newsclip.index.article import Article
from newsclip.index.catalog import Catalog
from newsclip.index.filters import Filter
from newsclip.index.lexicon import Lexicon

from .strategies import articles, filters, moments, passes


@st.composite
def shelves(draw: st.DrawFn) -> dict[int, Article]:
    """Articles of different ids under ascending keys with gaps."""
    entries = draw(st.lists(articles(), max_size=12, unique_by=lambda entry: entry.id))
    keys = draw(st.lists(st.integers(1, 3_000), min_size=12, max_size=12, unique=True).map(sorted))
    return dict(zip(keys, entries, strict=False))


@settings(max_examples=60)
@given(shelves(), st.lists(st.integers(0, 11), max_size=4), st.lists(filters, min_size=5), moments)
def test_three_ways_to_ask(
    shelf: dict[int, Article], removed: list[int], wheres: list[Filter], now: datetime
) -> None:
    catalog, lexicon = Catalog(), Lexicon()
    for key, entry in shelf.items():
        catalog.add(key, entry)
        # One word that all share, so that the condition alone decides.
        lexicon.add(key, entry.model_copy(update={"body": "everyone"}))
    lexicon.commit()
    gone = {list(shelf)[place] for place in removed if place < len(shelf)}
    for key in gone:
        catalog.remove(key)
        lexicon.remove(key)
    lexicon.commit()

    for where in wheres:
        expected = [
            key for key, entry in shelf.items() if key not in gone and passes(entry, where, now)
        ]
        assert np.flatnonzero(catalog.allowed(where, now)).tolist() == expected
        moment = int(now.timestamp())
        found, scores = lexicon.search({"everyon": 1.0}, 100, where, moment)
        assert sorted(found.tolist()) == expected
        assert (scores > 0).all()


@given(shelves(), moments)
def test_visible_and_newest(shelf: dict[int, Article], now: datetime) -> None:
    catalog = Catalog()
    for key, entry in shelf.items():
        catalog.add(key, entry)
    visible = [key for key, entry in shelf.items() if entry.is_visible(now)]
    assert np.flatnonzero(catalog.visible(now)).tolist() == visible

    newest_first = sorted(
        visible,
        key=lambda key: (
            -(shelf[key].published_at.timestamp() if shelf[key].published_at else -1e18),  # type: ignore[union-attr]
            -key,
        ),
    )
    for limit in (0, 1, 3, 100):
        assert catalog.newest(catalog.visible(now), limit) == newest_first[:limit]

    counts: dict[str, int] = {}
    for key in visible:
        if (section := shelf[key].section) is not None:
            counts[section] = counts.get(section, 0) + 1
    assert catalog.section_counts(now) == counts
