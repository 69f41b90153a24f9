"""What a view answers with: keys and scores, terms and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import NEVER

Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """Keys with their scores, best first; both arrays of shape ``(n,)``."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """No keys at all."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float32))

    @classmethod
    def ranked(cls, keys: NDArray[np.int64], scores: NDArray[np.float32]) -> Self:
        """These keys, the best first, ties by ascending key."""
        order = np.lexsort((keys, -scores))
        return cls(keys[order], scores[order])

    @classmethod
    def merged(cls, parts: Sequence[Self], count: int) -> Self:
        """The first ``count`` of several that are ranked already; as a rule it is one."""
        if len(parts) == 1:
            return parts[0].first(count)
        keys = np.concatenate([part.keys for part in parts])
        return cls.ranked(keys, np.concatenate([part.scores for part in parts])).first(count)

    def scores_of(self, keys: Keys) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """The score of each key, and whether it is missing here; then its score is 0; ``(n,)``."""
        scores, missing = np.zeros(len(keys), np.float32), np.ones(len(keys), np.bool_)
        if len(self.keys):
            order = np.argsort(self.keys)
            places = order[np.minimum(self.keys[order].searchsorted(keys), len(order) - 1)]
            missing = self.keys[places] != keys
            scores = np.where(missing, np.float32(0), self.scores[places])
        return scores, missing

    def above(self, min_score: float) -> Self:
        """Those that score more than 0 and at least ``min_score``."""
        kept = (self.scores > 0) & (self.scores >= min_score)
        return type(self)(self.keys[kept], self.scores[kept])

    def first(self, count: int, offset: int = 0) -> Self:
        """``count`` of them, those before ``offset`` left out."""
        part = slice(offset, offset + count)
        return type(self)(self.keys[part], self.scores[part])


@dataclass(frozen=True)
class TermCounts:
    """The terms of a text that the archive knows: ``terms`` by number, ``(n,)``, ascending.

    ``counts`` says how often each stands in each text field, ``(n, 4)``, as in TEXT_FIELDS.
    """

    terms: NDArray[np.int64]
    counts: NDArray[np.int64]


def in_time(keys: Keys, published_at: Keys, oldest: bool = False) -> Keys:
    """The keys in the order of their dates, the newest first or the oldest; undated ones last.

    Equal ones in the same direction by key: of two, the newer one came later into the archive.
    """
    undated = published_at == NEVER
    order = (keys, published_at, undated) if oldest else (-keys, -published_at, undated)
    return keys[np.lexsort(order)]
