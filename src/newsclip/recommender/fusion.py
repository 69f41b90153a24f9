"""Keyword and meaning together: one score, 0 to 1, from two that are not alike."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import Filter
from newsclip.index.live import Scored, View

DEPTH = 200
"""Candidates that each side brings; enough for the first page of any answer."""


def candidates(
    view: View,
    terms: Mapping[str, float],
    embedding: NDArray[np.float32] | None,
    where: Filter,
    semantic_weight: float,
    depth: int = DEPTH,
) -> Scored:
    """The best of both sides, ranked by a weighted mean of the two scores.

    Both scores are absolute, so an article's score does not depend on which others were found,
    and a threshold means the same for every query (only the keyword score of an article beyond
    the first ``depth`` matches counts as 0):

    - keyword: the square root of BM25's share in the most that these terms could give. The
      root spreads the small shares that long queries reach: an article's own text gets a fifth
      (docs/decisions.md);
    - meaning: the cosine above what a random article of this archive would have.

    ``semantic_weight`` is 0 (keywords only, no ``embedding`` needed) to 1 (meaning only).
    """
    matched = view.matching(terms, depth, where) if semantic_weight < 1 else Scored.none()
    if semantic_weight == 0:
        embedding = None
    near = Scored.none() if embedding is None else view.nearest(embedding, depth, where)
    keys = np.union1d(matched.keys, near.keys)
    scores = (1 - semantic_weight) * _keyword_scores(view, terms, matched, keys)
    if embedding is not None:
        scores += semantic_weight * _semantic_scores(view, embedding, keys)
    order = np.lexsort((keys, -scores))
    return Scored(keys[order], scores[order])


def _keyword_scores(
    view: View, terms: Mapping[str, float], matched: Scored, keys: NDArray[np.int64]
) -> NDArray[np.float32]:
    scores = np.zeros(len(keys), np.float32)
    if len(matched.keys):
        shares = matched.scores / view.ceiling(terms)
        scores[np.searchsorted(keys, matched.keys)] = np.sqrt(np.minimum(shares, 1))
    return scores


def _semantic_scores(
    view: View, embedding: NDArray[np.float32], keys: NDArray[np.int64]
) -> NDArray[np.float32]:
    typical = view.typical_cosine(embedding)
    above = (view.cosines(embedding, keys) - typical) / max(1 - typical, 1e-6)
    scores: NDArray[np.float32] = np.clip(above, 0, 1)
    return scores
