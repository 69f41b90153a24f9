"""What an answer is made of: its sections, tags, authors and years, with their counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import fold
from newsclip.index.tally import Tallied, years
from newsclip.index.view import View
from newsclip.recommender.search_page import FacetName, FacetValue

MOST_VALUES = 20
"""The values of a facet, those that most articles have."""

_Keys = NDArray[np.int64]


def facets_of(
    view: View, keys: _Keys, names: Sequence[FacetName]
) -> dict[FacetName, list[FacetValue]]:
    """The facets asked for, in that order, counted over the articles of some keys.

    Names that differ only in case, or in a ``#``, are one, spelled as the newest article does.
    Values come by their counts, but the newest year first.
    """
    counted = [name for name in names if name != "year"]
    tally = view.tally(np.sort(keys)[::-1]) if counted else None
    facets: dict[FacetName, list[FacetValue]] = {}
    for name in names:
        if name == "year" or tally is None:
            facets[name] = _years(view, keys)
        else:
            facets[name] = _spelled(view, name, tally.most_common(name, MOST_VALUES))
    return facets


def _spelled(view: View, name: FacetName, values: Sequence[Tallied]) -> list[FacetValue]:
    """The values as the first article that has each spells it."""
    written = _written(view, name, [each.key for each in values])
    return [
        FacetValue(next(name for name in names if fold(name) == each.folded), each.articles)
        for each, names in zip(values, written, strict=True)
    ]


def _written(view: View, name: FacetName, keys: Sequence[int]) -> list[Sequence[str]]:
    """What the article of each key has of a facet; only authors have to be read from the store."""
    if name == "section":
        return [[section or ""] for section in view.sections(np.array(keys, np.int64))]
    if name == "tag":
        return [*view.tags(np.array(keys, np.int64))]
    articles = view.articles(keys)
    return [articles[key].authors for key in keys]


def _years(view: View, keys: _Keys) -> list[FacetValue]:
    counted = sorted(years(view.published_at(keys)).items(), reverse=True)
    return [FacetValue(str(year), count) for year, count in counted[:MOST_VALUES]]
