"""What an answer is made of: its sections, tags, authors and years, with their counts."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
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
    found = {name: tally.most_common(name, MOST_VALUES) for name in counted} if tally else {}
    articles = view.articles({each.key for values in found.values() for each in values})
    facets: dict[FacetName, list[FacetValue]] = {}
    for name in names:
        if name == "year":
            facets[name] = _years(view, keys)
        else:
            facets[name] = [_spelled(articles, name, each) for each in found[name]]
    return facets


def _spelled(articles: Mapping[int, Article], name: FacetName, each: Tallied) -> FacetValue:
    article = articles[each.key]
    written = {
        "section": [article.section or ""],
        "tag": article.tags,
        "author": article.authors,
    }[name]
    spelling = next(value for value in written if fold(value) == each.folded)
    return FacetValue(spelling, each.articles)


def _years(view: View, keys: _Keys) -> list[FacetValue]:
    counted = sorted(years(view.published_at(keys)).items(), reverse=True)
    return [FacetValue(str(year), count) for year, count in counted[:MOST_VALUES]]
