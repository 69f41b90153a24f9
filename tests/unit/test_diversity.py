"""Maximal marginal relevance: by hand, and beside a loop that is plainly right."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from newsclip.recommender.diversity import diversified

ACROSS = np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1]], np.float32)
SCORES = np.array([0.8, 0.72, 0.4, 0.24], np.float32)


def order(diversity: float, limit: int = 4) -> list[int]:
    return diversified(SCORES, ACROSS, diversity, limit).tolist()


def test_by_hand() -> None:
    assert order(0) == [0, 1, 2, 3]
    # .3: worth .7, .63, .35, .21; beside the first 1: .63 - .3, 2: .35 - .18, 3: .21 - 0
    assert order(0.3) == [0, 1, 3, 2]  # then 2: .35 - .18 = .17, 3: .21
    # .5: worth .5, .45, .25, .15; 1: .45 - .5, 2: .25 - .3, 3: .15; then 1: -.05, 2: .25 - .4
    assert order(0.5) == [0, 3, 1, 2]
    # 1: 1: -1, 2: -.6, 3: 0; then 1: -1, 2: -.8
    assert order(1) == [0, 3, 2, 1]


def test_limits() -> None:
    assert order(0.5, 2) == [0, 3]
    assert order(0.5, 1) == [0]
    assert order(0.5, 0) == []
    nothing = np.empty(0, np.float32), np.empty((0, 2), np.float32)
    assert diversified(*nothing, 0.5, 3).tolist() == []


def marginal(
    place: int,
    chosen: list[int],
    scores: NDArray[np.float32],
    vectors: NDArray[np.float32],
    d: float,
) -> float:
    nearest = max(float(vectors[place] @ vectors[other]) for other in chosen)
    return float((1 - d) * scores[place] / scores[0] - d * nearest)


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 11)), min_size=1, max_size=12),
    st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]),
    st.integers(1, 15),
)
def test_each_adds_the_most_to_those_before_it(
    drawn: list[tuple[int, int]], diversity: float, limit: int
) -> None:
    drawn.sort(reverse=True)
    scores = np.array([score / 20 for score, _ in drawn], np.float32)
    angles = np.array([step * np.pi / 12 for _, step in drawn])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = diversified(scores, vectors, diversity, limit).tolist()
    assert len(set(found)) == len(found) == min(limit, len(drawn))
    assert found[0] == 0
    for number in range(1, len(found)):
        left = set(range(len(drawn))) - set(found[:number])
        adds = {p: marginal(p, found[:number], scores, vectors, diversity) for p in left}
        assert adds[found[number]] >= max(adds.values()) - 1e-5
