"""How well articles go with a source: the score that the rail is ranked by, and its parts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import NEVER, Filter, seconds
from newsclip.index.view import View
from newsclip.recommender.candidates import related_candidates
from newsclip.recommender.choice import Choice
from newsclip.recommender.features import FEATURES, Links
from newsclip.recommender.fusion import DEPTH
from newsclip.recommender.ranking import Ranker, ranker_of
from newsclip.recommender.recency import Ageing, HalfLives, time_factors
from newsclip.recommender.source import Source


@dataclass(frozen=True)
class Ranked:
    """Candidates, the best first; all arrays of shape ``(n,)``.

    ``scores`` are 0 to 1; ``features`` are what the ``ranker`` found the relevance by,
    ``(n, len(FEATURES))``; ``held`` says which of the telling terms each has, ``(n, terms)``.
    """

    keys: NDArray[np.int64]
    relevance: NDArray[np.float32]
    time: NDArray[np.float32]
    features: NDArray[np.float32]
    scores: NDArray[np.float32]
    held: NDArray[np.bool_]
    ranker: Ranker

    @property
    def meaning(self) -> NDArray[np.float32]:
        """The cosine of each above a random article's, 0 to 1; every ranker goes by it."""
        return self.features[:, FEATURES.index("meaning")]

    def first(self, count: int) -> "Ranked":
        """The first ``count``."""
        return self.at(np.arange(min(count, len(self.keys))))

    def at(self, places: NDArray[np.int64]) -> "Ranked":
        """Those at some places, in that order."""
        return Ranked(
            self.keys[places],
            self.relevance[places],
            self.time[places],
            self.features.take(places, axis=0),
            self.scores[places],
            self.held.take(places, axis=0),
            self.ranker,
        )


def ranked(
    view: View,
    source: Source,
    query: TermQuery,
    choice: Choice,
    where: Filter,
    ranker: Ranker | None = None,
    links: Links | None = None,
) -> Ranked:
    """Those that go with the source and score more than 0 and at least ``min_score``.

    Equal ones by date, the newest first, then by key. ``ranker`` is the archive's and ``links``
    are the view's, unless something is measured.
    """
    ranker = ranker or ranker_of(view, choice.ranker)
    depth = max(DEPTH, 2 * choice.limit)
    followed = (links or view) if ranker.follows_links else None
    keys = related_candidates(view, source, query, where, depth, followed)
    table = ranker.features(view, source, query, keys, links)
    published = view.published_at(keys)
    times = time_factors(
        choice.time,
        published,
        seconds(source.published_at, NEVER),
        seconds(view.now, 0),
        _ageing(view, choice.half_lives, keys),
    )
    relevance = ranker.scores(table)
    scores = ranker.timed(relevance, times)
    every = Ranked(keys, relevance, times, table, scores, view.held(query, keys), ranker)
    order = np.lexsort((keys, -np.where(published == NEVER, 0, published), -scores))
    good = (scores > 0) & (scores >= choice.min_score)
    return every.at(order[good[order]])


def _ageing(view: View, half_lives: HalfLives, keys: NDArray[np.int64]) -> Ageing:
    """How fast each article ages; the sections are looked up only where it goes by them."""
    return half_lives.of(view.sections(keys) if half_lives.by_section else [None] * len(keys))


def parts(found: Ranked) -> list[Mapping[str, float]]:
    """What the relevance of each is made of, by feature; what adds nothing is left out."""
    return [
        {name: part for name, part in zip(FEATURES, row, strict=True) if part}
        for row in found.ranker.parts(found.features).tolist()
    ]
