"""How good a ranking is, given what was relevant; Järvelin and Kekäläinen (2002), Voorhees (1999).

All take, for one question, the keys in the order that they were ranked in (none twice) and the
grade of each relevant one (1 and up), and give 0 to 1.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Grades = Mapping[int, int]
MEASURES = ("ndcg@5", "ndcg@10", "recall@20", "mrr")


def ndcg(ranked: Sequence[int], grades: Grades, depth: int) -> float:
    """Discounted gain of the first ``depth``, in that of the best possible order."""
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    ideal = _discounted(best[:depth])
    return _discounted([max(grades.get(key, 0), 0) for key in ranked[:depth]]) / ideal


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def recall(ranked: Sequence[int], grades: Grades, depth: int) -> float:
    """The share of the relevant ones that are among the first ``depth``."""
    relevant = {key for key, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked[:depth])) / len(relevant)


def reciprocal_rank(ranked: Sequence[int], grades: Grades) -> float:
    """One over the place of the first relevant one; 0 if there is none."""
    places = (place for place, key in enumerate(ranked, 1) if grades.get(key, 0) > 0)
    return next((1 / place for place in places), 0.0)


def measured(ranked: Sequence[int], grades: Grades) -> tuple[float, ...]:
    """MEASURES of one question that has a relevant article, in their order."""
    return (
        ndcg(ranked, grades, 5),
        ndcg(ranked, grades, 10),
        recall(ranked, grades, 20),
        reciprocal_rank(ranked, grades),
    )


def interval(values: NDArray[np.float64], seed: int, draws: int = 2_000) -> tuple[float, float]:
    """Where the mean lies with a chance of 95 %: the percentile bootstrap over the questions.

    Of differences between two rankers on the same questions it is the paired bootstrap.
    Efron and Tibshirani (1993), chapter 13.
    """
    chosen = np.random.default_rng(seed).integers(0, len(values), (draws, len(values)))
    low, high = np.quantile(values[chosen].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
