"""Keyword and meaning together: one score, 0 to 1, from two that are not alike."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.columns import first_of_each
from newsclip.index.filters import Filter
from newsclip.index.view import Scored, View

DEPTH = 50
"""Candidates that each side brings: as good as 200 on digitalgov's links (docs/decisions.md)."""

LOOKED_UP = 12
"""Terms of a query that candidates are looked up by; what they score is reckoned with all."""

_AT_FIRST = 6  # of them; the others have the longest lists, and are looked up where these find few

# Both indexes release Python's lock while they search: together they take as long as the slower.
_beside = ThreadPoolExecutor(1, thread_name_prefix="keyword-side")


class Found(NamedTuple):
    """What each side finds: keys by the words, and by the meaning with their cosines.

    ``wide`` are those by the words, and the further ones that a wider look has found.
    """

    matched: NDArray[np.int64]
    wide: NDArray[np.int64]
    near: Scored

    @property
    def candidates(self) -> NDArray[np.int64]:
        """The keys of both sides, ascending, without the wider look."""
        keys = np.concatenate((self.matched, self.near.keys))
        keys.sort()
        return keys[first_of_each(keys)]


def candidates(
    view: View,
    query: TermQuery,
    embedding: NDArray[np.float32] | None,
    where: Filter,
    semantic_weight: float,
    depth: int = DEPTH,
) -> Scored:
    """The best of both sides, ranked by a weighted mean of the two scores.

    Both scores are absolute, so an article's score does not depend on which others were found,
    and a threshold means the same for every query:

    - keyword: the square root of BM25's share in the most that the query could give. The root
      spreads the small shares that long queries reach: an article's own text gets a fifth
      (docs/decisions.md);
    - meaning: the cosine above what a random article of this archive would have.

    The most telling terms stand first in the query. ``semantic_weight`` is 0 (keywords only, no
    ``embedding`` needed) to 1 (meaning only).
    """
    if semantic_weight == 0:
        embedding = None
    asked = query.first(LOOKED_UP if semantic_weight < 1 else 0)
    keys = found(view, asked, embedding, where, depth).candidates
    scores = np.zeros(len(keys), np.float32)
    if semantic_weight < 1:
        scores += (1 - semantic_weight) * keyword_scores(view, query, keys)
    if embedding is not None:
        scores += semantic_weight * meaning_scores(view, embedding, view.cosines(embedding, keys))
    return Scored.ranked(keys, scores)


def found(
    view: View,
    query: TermQuery,
    embedding: NDArray[np.float32] | None,
    where: Filter,
    depth: int,
    wide: int = 0,
) -> Found:
    """The ``depth`` best of each side, and the ``wide`` best by the words, if that is more."""
    if embedding is None:
        return Found(*_matching(view, query, depth, wide, where), Scored.none())
    view.prepare(where)
    matching = _beside.submit(_matching, view, query, depth, wide, where)
    try:
        near = view.nearest(embedding, depth, where)
    finally:
        # A view must not end while somebody uses it. On a busy machine the other thread may not
        # have begun: then there is nothing to wait for, and this one looks itself.
        matched = None if matching.cancel() else matching.result()
    return Found(*(matched or _matching(view, query, depth, wide, where)), near)


def _matching(
    view: View, query: TermQuery, depth: int, wide: int, where: Filter
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys by the words; fewer than ``depth`` only if no other article has any."""
    keys = view.matching_widely(query.first(_AT_FIRST), depth, wide, where)
    if len(keys[0]) < depth and len(query) > _AT_FIRST:
        return view.matching_widely(query, depth, wide, where)
    return keys


def keyword_scores(view: View, query: TermQuery, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    """The keyword score of each key, 0 to 1: the root of its share in the most there could be."""
    shares = view.keyword_scores(query, keys) / max(view.ceiling(query), 1e-9)
    scores: NDArray[np.float32] = np.sqrt(np.minimum(shares, 1))
    return scores


def meaning_scores(
    view: View, embedding: NDArray[np.float32], cosines: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Each cosine above what a random article would have, 0 to 1; ``(n,)``, as ``cosines``."""
    typical = view.typical_cosine(embedding)
    above: NDArray[np.float32] = (cosines - typical) / max(1 - typical, 1e-6)
    return above.clip(0, 1)
