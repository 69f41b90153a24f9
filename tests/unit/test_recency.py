"""What a date is worth beside the source's, worked out by hand, and what holds for any date."""

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.filters import NEVER
from newsclip.recommender.recency import HalfLives, Time, time_factors

DAY = 86_400
SOURCE = 20_000 * DAY
NOW = SOURCE + 60 * DAY


def factor(
    time: Time,
    days_before: float | None,
    section: str | None = None,
    half_lives: HalfLives = HalfLives(),
    source: int = SOURCE,
) -> float:
    """Of an article so many days before the source; None for an undated one."""
    moment = NEVER if days_before is None else SOURCE - int(days_before * DAY)
    ageing = half_lives.of([section])
    return float(time_factors(time, np.array([moment]), source, NOW, ageing)[0])


@pytest.mark.parametrize(
    ("time", "days_before", "expected"),
    [
        ("any", 0, 1),
        ("any", 30, 1),
        ("any", 390, 0.75),  # half of the half that decays
        ("any", -390, 0.75),  # as far after
        ("any", 750, 0.5 + 0.5 / 3),
        ("any", 36_030, 0.5 + 0.5 / 101),
        ("any", None, 0.75),
        ("background", 390, 0.75),
        ("around", 7, 1),
        ("around", 21, 0.5),
        ("around", -21, 0.5),
        ("around", 49, 0.25),
        ("around", None, 0.5),
        ("latest", -60, 1),  # of today
        ("latest", -30, 0.5),
        ("latest", 0, 1 / 3),
        ("evergreen", 10_000, 1),
        ("evergreen", None, 1),
    ],
)
def test_by_hand(time: Time, days_before: float | None, expected: float) -> None:
    assert factor(time, days_before) == pytest.approx(expected, abs=1e-6)


def test_half_lives_by_section() -> None:
    own = HalfLives(720, {"sport": 12, "recipes": math.inf})
    assert factor("any", 1, "Sport", own) == 1  # a twelfth of 12 days
    assert factor("any", 13, "#SPORT", own) == pytest.approx(0.5)
    assert factor("any", 25, "sport", own) == pytest.approx(1 / 3)
    assert factor("any", 30_000, "Recipes", own) == 1
    assert factor("any", 780, "News", own) == pytest.approx(0.75)
    assert factor("any", 780, None, own) == pytest.approx(0.75)
    assert factor("around", 21, "Sport", own) == pytest.approx(0.5), "of any section"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((390, 750, 36_030), 0.5 + 0.5 / 3),  # as the middle one, which is past its half-life
        ((0, 10, 36_030), 0.75),  # never more than at its half-life
    ],
)
def test_an_undated_article_seems_no_newer_than_the_others(
    days: tuple[int, ...], expected: float
) -> None:
    moments = np.array([NEVER, *(SOURCE - each * DAY for each in days)])
    factors = time_factors("any", moments, SOURCE, NOW, HalfLives().of([None] * 4))
    assert factors[0] == pytest.approx(expected, abs=1e-6)


def test_beside_an_undated_source_the_date_counts_for_latest_alone() -> None:
    assert factor("any", 900, source=NEVER) == 1
    assert factor("latest", -30, source=NEVER) == pytest.approx(0.5)


@given(
    st.sampled_from(get_args(Time)),
    st.lists(st.integers(-30_000, 30_000), min_size=2, max_size=20),
    st.sampled_from([0.5, 7.0, 360.0, math.inf]),
)
def test_factors_are_above_0_at_most_1_and_never_rise_with_distance(
    time: Time, days: list[int], half_life: float
) -> None:
    moments = SOURCE - np.array(days, np.int64) * DAY
    ageing = HalfLives(half_life).of([None] * len(days))
    factors = time_factors(time, moments, SOURCE, NOW, ageing)
    assert ((factors > 0) & (factors <= 1)).all()
    distance = np.abs((NOW if time == "latest" else SOURCE) - moments)
    assert (np.diff(factors[np.argsort(distance, kind="stable")]) <= 1e-6).all()
