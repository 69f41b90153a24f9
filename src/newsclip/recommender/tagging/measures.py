"""How good scores of tags are, given which tags editors chose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.recommender.evaluate import Estimate
from newsclip.recommender.tagging.training import calibration_error

TAIL = 10
"""A tag that fewer training articles have belongs to the long tail."""

_DRAWS = 1_000

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class TagRow:
    """What became of one tag: how often it was right, taken, and taken rightly."""

    tag: str
    learned_from: int
    articles: int
    taken: int
    right: int
    threshold: float

    @property
    def precision(self) -> float:
        """The share of those taken that is right; 0 where none is."""
        return self.right / max(1, self.taken)

    @property
    def recall(self) -> float:
        """The share of the articles that have it where it was taken."""
        return self.right / max(1, self.articles)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / max(1, self.taken + self.articles)


@dataclass(frozen=True)
class TagReport:
    """What was measured on ``articles`` and ``tags``; an estimate is None where nothing tells.

    ``unknown`` counts the tags of these articles that none to learn from has: they are left out.
    """

    articles: int
    tags: int
    unknown: int
    learned_from: int
    estimates: Mapping[str, Estimate | None]
    calibration_error: float
    rows: Sequence[TagRow]


@dataclass(frozen=True)
class Judged:
    """The ``scores`` of ``n`` articles and ``t`` tags, and which ``fits``, both ``(n, t)``.

    A tag is taken from its threshold on, ``(t,)``; ``learned_from`` ``(t,)`` articles.
    """

    tags: Sequence[str]
    learned_from: NDArray[np.int64]
    scores: NDArray[np.float32]
    fits: Truth
    thresholds: NDArray[np.float32]

    @property
    def taken(self) -> Truth:
        """Which tags are taken without a look."""
        taken: Truth = self.scores >= self.thresholds
        return taken


def report(judged: Judged, learned_from: int, unknown: int, seed: int = 0) -> TagReport:
    """All measures, those at a depth over the articles that have a tag, with their intervals."""
    tagged = judged.fits.any(axis=1)
    scores, fits = judged.scores[tagged], judged.fits[tagged]
    estimates: dict[str, Estimate | None] = {
        "f1@3": Estimate.of(f1_at(scores, fits, 3), seed),
        "f1@5": Estimate.of(f1_at(scores, fits, 5), seed),
        "ndcg@5": Estimate.of(ndcg_at(scores, fits, 5), seed),
        "precision@1": Estimate.of(precision_at_1(scores, fits), seed),
    }
    estimates |= _at_thresholds(judged, seed)
    return TagReport(
        articles=len(judged.fits),
        tags=int(judged.fits.any(axis=0).sum()),
        unknown=unknown,
        learned_from=learned_from,
        estimates=estimates,
        calibration_error=calibration_error(judged.scores, judged.fits),
        rows=list(_rows(judged)),
    )


def _best(scores: NDArray[np.float32], fits: Truth, depth: int) -> Truth:
    """Whether each of the ``depth`` best tags fits, best first, ``(n, depth)``."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    return np.take_along_axis(fits, order, axis=1)


def f1_at(scores: NDArray[np.float32], fits: Truth, depth: int) -> Floats:
    """F1 of the ``depth`` best tags of each article, ``(n,)``."""
    hits = _best(scores, fits, depth).sum(axis=1)
    found: Floats = 2 * hits / (min(depth, scores.shape[1]) + fits.sum(axis=1))
    return found


def ndcg_at(scores: NDArray[np.float32], fits: Truth, depth: int) -> Floats:
    """Discounted gain of the ``depth`` best tags, in that of the best order, ``(n,)``."""
    best = _best(scores, fits, depth)
    discount = 1 / np.log2(np.arange(best.shape[1]) + 2)
    ideal = np.cumsum(discount)[np.minimum(fits.sum(axis=1), best.shape[1]) - 1]
    gained: Floats = best @ discount / ideal
    return gained


def precision_at_1(scores: NDArray[np.float32], fits: Truth) -> Floats:
    """Whether the best tag of each article fits, ``(n,)``."""
    return _best(scores, fits, 1)[:, 0].astype(np.float64)


def _at_thresholds(judged: Judged, seed: int) -> dict[str, Estimate | None]:
    """Micro- and macro-F1, and the tail's macro-F1 and recall, with bootstrap intervals."""
    taken, fits = judged.taken, judged.fits
    told = fits.any(axis=0)
    tail = told & (judged.learned_from < TAIL)
    draws = np.random.default_rng(seed).multinomial(
        len(fits), np.full(len(fits), 1 / len(fits)), _DRAWS
    )
    counts = np.concatenate((np.ones((1, len(fits)), np.int64), draws)).astype(np.float32)
    right, found, have = (
        counts @ table.astype(np.float32) for table in (taken & fits, taken, fits)
    )
    f1 = 2 * right / np.maximum(found + have, 1)
    micro = 2 * right.sum(axis=1) / np.maximum(found.sum(axis=1) + have.sum(axis=1), 1)
    measures: dict[str, Estimate | None] = {
        "micro-f1": _drawn(micro),
        "macro-f1": _drawn(f1[:, told].mean(axis=1)),
        "tail macro-f1": None,
        "tail recall": None,
    }
    if tail.any():
        measures["tail macro-f1"] = _drawn(f1[:, tail].mean(axis=1))
        recalled = right[:, tail].sum(axis=1) / np.maximum(have[:, tail].sum(axis=1), 1)
        measures["tail recall"] = _drawn(recalled)
    return measures


def _drawn(values: NDArray[np.float32]) -> Estimate:
    """The first value, and where the others, drawn anew, lie with a chance of 95 %."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return Estimate(float(values[0]), float(low), float(high))


def _rows(judged: Judged) -> Iterator[TagRow]:
    taken = judged.taken
    columns = zip(
        judged.tags,
        judged.learned_from.tolist(),
        judged.fits.sum(axis=0).tolist(),
        taken.sum(axis=0).tolist(),
        (taken & judged.fits).sum(axis=0).tolist(),
        judged.thresholds.tolist(),
        strict=True,
    )
    return (TagRow(*column) for column in columns)
