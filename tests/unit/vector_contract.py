"""What every vector index must do; each index's test module inherits this class."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from newsclip.index.vectors import VectorIndex

Halves = NDArray[np.float16]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Make = Callable[[Halves], VectorIndex]

DIMENSION = 16


def everything(rows: int) -> Mask:
    return np.ones(rows, np.bool_)


def units(vectors: NDArray[np.floating]) -> Floats:
    """The same directions, of unit length."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / lengths, np.float32)


def sample(rows: int, seed: int = 7, dimension: int = DIMENSION) -> Halves:
    """Embeddings in a random direction each."""
    random = np.random.default_rng(seed)
    return units(random.standard_normal((rows, dimension))).astype(np.float16)


def repeated(rows: int, dimension: int = DIMENSION) -> Halves:
    """Rows that are one of five embeddings each, in a random order."""
    return sample(5, 1, dimension)[np.random.default_rng(2).integers(0, 5, rows)]


def brute_force(
    embeddings: Halves, query: Floats, limit: int, allowed: Mask
) -> tuple[list[int], list[float]]:
    """Every inner product in float64, the best first, equal ones by row."""
    scores = (embeddings.astype(np.float64) * query.astype(np.float64)).sum(axis=1)
    ranked = [row for row in np.lexsort((np.arange(len(scores)), -scores)) if allowed[row]]
    return [int(row) for row in ranked[:limit]], [float(scores[row]) for row in ranked[:limit]]


class VectorIndexContract:
    """Give a fixture ``make``: from embeddings to an index over them.

    As many as here, up to 4,000 that may be an answer, every index must compare one by one.
    """

    @pytest.mark.parametrize("rows", [1, 2, 100, 1_500])
    @pytest.mark.parametrize("limit", [1, 10, 120, 1_000, 5_000])
    def test_equals_brute_force(self, make: Make, rows: int, limit: int) -> None:
        embeddings = sample(rows)
        index = make(embeddings)
        allowed = everything(rows)
        for query in sample(5, seed=rows).astype(np.float32):
            found, scores = index.search(query, limit, allowed)
            expected, expected_scores = brute_force(embeddings, query, limit, allowed)
            assert found.tolist() == expected
            assert scores == pytest.approx(expected_scores, abs=1e-6)
            assert [found.dtype, scores.dtype] == [np.dtype(np.int64), np.dtype(np.float32)]

    @pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99])
    def test_only_allowed_rows_come_back(self, make: Make, share: float) -> None:
        embeddings = sample(1_000)
        allowed = np.random.default_rng(3).random(1_000) < share
        query = embeddings[0].astype(np.float32)
        found, scores = make(embeddings).search(query, 300, allowed)
        expected, expected_scores = brute_force(embeddings, query, 300, allowed)
        assert found.tolist() == expected
        assert scores == pytest.approx(expected_scores, abs=1e-6)

    @pytest.mark.parametrize("limit", [1, 3, 150, 600])
    def test_ties_go_by_row(self, make: Make, limit: int) -> None:
        embeddings = np.tile(np.array([0.6, 0.8], np.float16), (500, 1))
        found, scores = make(embeddings).search(
            np.array([1, 0], np.float32), limit, everything(500)
        )
        assert found.tolist() == list(range(500))[:limit]
        assert scores == pytest.approx(np.full(min(limit, 500), 0.6), abs=3e-4)

    @pytest.mark.parametrize("rows", [10, 300, 1_000])
    @pytest.mark.parametrize("dimension", [2, 32, 256])
    def test_of_equal_ones_the_first_rows_are_left_at_every_limit(
        self, make: Make, rows: int, dimension: int
    ) -> None:
        embeddings = repeated(rows, dimension)
        index = make(embeddings)
        for share in (1.0, 0.3):
            allowed = np.random.default_rng(rows).random(rows) < share
            for query in sample(2, 3, dimension).astype(np.float32):
                for limit in (1, 2, 5, 7, 49, 130, 260, rows):
                    expected, _ = brute_force(embeddings, query, limit, allowed)
                    assert index.search(query, limit, allowed)[0].tolist() == expected

    def test_nothing_to_find(self, make: Make) -> None:
        query = np.full(4, 0.5, np.float32)
        for index, rows, limit in [
            (make(np.empty((0, 4), np.float16)), 0, 5),
            (make(sample(3, dimension=4)), 3, 0),
        ]:
            found, scores = index.search(query, limit, everything(rows))
            assert found.shape == scores.shape == (0,)
            assert [found.dtype, scores.dtype] == [np.dtype(np.int64), np.dtype(np.float32)]

    def test_opposite_and_orthogonal_embeddings_count_too(self, make: Make) -> None:
        index = make(np.array([[-1, 0], [0, 1], [1, 0]], np.float16))
        found, scores = index.search(np.array([1, 0], np.float32), 3, everything(3))
        assert found.tolist() == [2, 1, 0]
        assert scores.tolist() == [1, 0, -1]

    def test_scores_are_of_the_embeddings_as_stored_and_of_the_whole_query(
        self, make: Make
    ) -> None:
        embeddings = np.array([[1 / 3, 1], [0.1, 1]], np.float16)
        third, tenth = float(np.float16(1 / 3)), float(np.float16(0.1))
        query = np.array([0.1, 0.2], np.float32)
        scores = make(embeddings).search(query, 2, everything(2))[1]
        assert scores == pytest.approx([0.1 * third + 0.2, 0.1 * tenth + 0.2], abs=1e-7)

    def test_a_view_with_strides_is_read_right(self, make: Make) -> None:
        embeddings = sample(6)
        query = embeddings[2].astype(np.float32)
        index = make(embeddings[::2])
        assert index.search(np.repeat(query, 2)[::2], 1, everything(3))[0].tolist() == [1]
