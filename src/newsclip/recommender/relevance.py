"""How well articles go with a source: the score that the rail is ranked by, and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import NEVER, Filter, seconds
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.fusion import DEPTH, candidates
from newsclip.recommender.recency import time_factors
from newsclip.recommender.source import Source

SEMANTIC_WEIGHT = 0.1


@dataclass(frozen=True)
class Ranked:
    """Candidates, the best first; all arrays of shape ``(n,)``.

    ``scores`` are ``relevance * time``, 0 to 1.
    """

    keys: NDArray[np.int64]
    relevance: NDArray[np.float32]
    time: NDArray[np.float32]

    @property
    def scores(self) -> NDArray[np.float32]:
        """What they are ranked by."""
        return self.relevance * self.time

    def first(self, count: int) -> "Ranked":
        """The first ``count``."""
        return self.at(np.arange(min(count, len(self.keys))))

    def at(self, places: NDArray[np.int64]) -> "Ranked":
        """Those at some places, in that order."""
        return Ranked(self.keys[places], self.relevance[places], self.time[places])


def ranked(view: View, source: Source, query: TermQuery, choice: Choice, where: Filter) -> Ranked:
    """Those that go with the source and score more than 0 and at least ``min_score``.

    Equal ones by date, the newest first, then by key.
    """
    depth = max(DEPTH, 2 * choice.limit)
    found = candidates(view, query, source.embedding, where, SEMANTIC_WEIGHT, depth)
    published = view.published_at(found.keys)
    times = time_factors(
        choice.time,
        published,
        seconds(source.published_at, NEVER),
        seconds(view.now, 0),
        choice.half_lives.of(view.sections(found.keys)),
    )
    every = Ranked(found.keys, found.scores, times)
    scores = every.scores
    order = np.lexsort((found.keys, -np.where(published == NEVER, 0, published), -scores))
    good = (scores > 0) & (scores >= choice.min_score)
    return every.at(order[good[order]])


def parts(view: View, source: Source, keys: NDArray[np.int64]) -> list[Mapping[str, float]]:
    """What the relevance of each key is made of."""
    return [{} for _ in keys]
