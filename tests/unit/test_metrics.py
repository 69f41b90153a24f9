"""Measures by hand, and the interval of a mean."""

import math

import numpy as np
import pytest

from newsclip.recommender.metrics import interval, ndcg, recall, reciprocal_rank


def test_ndcg_discounts_by_the_place() -> None:
    grades = {1: 1, 2: 1}
    assert ndcg([1, 2, 9], grades, 10) == 1
    assert ndcg([9, 1, 2], grades, 10) == pytest.approx(
        (1 / math.log2(3) + 0.5) / (1 + 1 / math.log2(3))
    )
    assert ndcg([9] * 10 + [1], grades, 10) == 0


def test_a_higher_grade_weighs_more() -> None:
    assert ndcg([1, 2], {1: 1, 2: 3}, 10) == pytest.approx(
        (1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3))
    )


def test_recall_and_the_first_place() -> None:
    assert recall([9, 1, 8, 2], {1: 1, 2: 1, 3: 1, 4: 0}, 3) == pytest.approx(1 / 3)
    assert reciprocal_rank([9, 4, 2], {4: 0, 2: 1}) == pytest.approx(1 / 3)
    assert reciprocal_rank([9], {1: 1}) == 0


def test_the_interval_holds_the_mean_and_is_the_same_again() -> None:
    values = np.random.default_rng(0).normal(0.3, 0.2, 400)
    low, high = interval(values, seed=1)
    # By the normal approximation the half width is 1.96 * s / sqrt(n).
    half = 1.96 * values.std() / math.sqrt(400)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.003)
    assert interval(values, seed=1) == (low, high) != interval(values, seed=2)
