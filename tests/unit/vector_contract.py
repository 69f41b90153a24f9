"""What every vector index must do; each index's test module inherits this class."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from newsclip.index.vectors import VectorIndex

Make = Callable[[int], VectorIndex]
Floats = NDArray[np.float32]
Keys = NDArray[np.int64]

DIMENSION = 16


def keys_of(*keys: int) -> Keys:
    return np.array(keys, np.int64)


def everything(highest: int) -> NDArray[np.bool_]:
    return np.ones(highest + 1, np.bool_)


def sample(count: int, seed: int = 7) -> tuple[Keys, Floats]:
    """Unit vectors in a random direction each, under keys with gaps between them."""
    random = np.random.default_rng(seed)
    embeddings = random.standard_normal((count, DIMENSION)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    keys = np.sort(random.choice(np.arange(1, 3 * count + 2), count, replace=False))
    return keys.astype(np.int64), embeddings


def brute_force(
    keys: Keys, embeddings: Floats, query: Floats, limit: int, allowed: NDArray[np.bool_]
) -> tuple[list[int], list[float]]:
    """Every inner product in float64, the best first, equal ones by key."""
    scores = embeddings.astype(np.float64) @ query.astype(np.float64)
    ranked = sorted(
        (-score, key)
        for key, score in zip(keys.tolist(), scores.tolist(), strict=True)
        if key < len(allowed) and allowed[key]
    )
    return [key for _, key in ranked[:limit]], [-score for score, _ in ranked[:limit]]


class VectorIndexContract:
    """Give a fixture ``make``: from a dimension to an empty index."""

    @pytest.mark.parametrize("count", [1, 2, 100, 1_500])
    @pytest.mark.parametrize("limit", [1, 10, 120, 1_000, 5_000])
    def test_equals_brute_force(self, make: Make, count: int, limit: int) -> None:
        keys, embeddings = sample(count)
        index = make(DIMENSION)
        index.add(keys, embeddings)
        allowed = everything(int(keys.max()))
        for query in sample(5, seed=count)[1]:
            found, scores = index.search(query, limit, allowed)
            expected, expected_scores = brute_force(keys, embeddings, query, limit, allowed)
            assert found.tolist() == expected
            assert scores == pytest.approx(expected_scores, abs=1e-6)
            assert (found.dtype, scores.dtype) == (np.int64, np.float32)

    @pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99])
    def test_only_allowed_keys_come_back(self, make: Make, share: float) -> None:
        keys, embeddings = sample(1_000)
        index = make(DIMENSION)
        index.add(keys, embeddings)
        allowed = np.random.default_rng(3).random(int(keys.max()) + 1) < share
        found, scores = index.search(embeddings[0], 300, allowed)
        expected, expected_scores = brute_force(keys, embeddings, embeddings[0], 300, allowed)
        assert found.tolist() == expected
        assert scores == pytest.approx(expected_scores, abs=1e-6)

    def test_keys_beyond_the_mask_are_not_allowed(self, make: Make) -> None:
        index = make(2)
        index.add(keys_of(1, 8, 9, 64), np.eye(2, dtype=np.float32)[[0, 0, 0, 0]])
        for size, expected in [(0, []), (1, []), (2, [1]), (9, [1, 8]), (65, [1, 8, 9, 64])]:
            found, _ = index.search(np.array([1, 0], np.float32), 10, np.ones(size, np.bool_))
            assert found.tolist() == expected

    def test_a_mask_may_be_longer_than_the_highest_key(self, make: Make) -> None:
        index = make(2)
        index.add(keys_of(3), np.eye(2, dtype=np.float32)[:1])
        found, _ = index.search(np.array([1, 0], np.float32), 10, everything(10_000))
        assert found.tolist() == [3]

    @pytest.mark.parametrize("limit", [1, 3, 150, 600])
    def test_ties_go_by_key(self, make: Make, limit: int) -> None:
        keys, _ = sample(500)
        index = make(2)
        index.add(keys, np.tile(np.array([0.6, 0.8], np.float32), (len(keys), 1)))
        found, scores = index.search(np.array([1, 0], np.float32), limit, everything(2_000))
        assert found.tolist() == keys.tolist()[:limit]
        assert scores == pytest.approx(np.full(min(limit, 500), 0.6))

    def test_an_empty_index(self, make: Make) -> None:
        index = make(4)
        assert len(index) == 0
        for allowed in (everything(10), np.zeros(0, np.bool_)):
            found, scores = index.search(np.ones(4, np.float32) / 2, 5, allowed)
            assert found.shape == scores.shape == (0,)
        index.remove(keys_of(1))
        index.remove(keys_of())
        assert index.get(keys_of()).shape == (0, 4)

    def test_no_limit_no_hits(self, make: Make) -> None:
        keys, embeddings = sample(3)
        index = make(DIMENSION)
        index.add(keys, embeddings)
        assert index.search(embeddings[0], 0, everything(20))[0].tolist() == []

    def test_opposite_and_orthogonal_embeddings_count_too(self, make: Make) -> None:
        index = make(2)
        index.add(keys_of(1, 2, 3), np.array([[-1, 0], [0, 1], [1, 0]], np.float32))
        found, scores = index.search(np.array([1, 0], np.float32), 3, everything(3))
        assert found.tolist() == [3, 2, 1]
        assert scores.tolist() == [1, 0, -1]

    def test_removed_keys_are_gone(self, make: Make) -> None:
        keys, embeddings = sample(300)
        index = make(DIMENSION)
        index.add(keys, embeddings)
        index.remove(keys[::3])
        index.remove(np.append(keys[:3], 99_999))  # unknown ones are passed over
        kept = np.setdiff1d(np.arange(300), [*range(0, 300, 3), 0, 1, 2])
        assert len(index) == len(kept)
        allowed = everything(int(keys.max()))
        found, _ = index.search(embeddings[0], 1_000, allowed)
        expected, _ = brute_force(keys[kept], embeddings[kept], embeddings[0], 1_000, allowed)
        assert found.tolist() == expected
        np.testing.assert_array_equal(index.get(keys[kept]), embeddings[kept])
        with pytest.raises(KeyError):
            index.get(keys[:1])

    def test_a_removed_key_may_come_back_elsewhere(self, make: Make) -> None:
        index = make(2)
        index.add(keys_of(1, 2), np.array([[1, 0], [0, 1]], np.float32))
        index.remove(keys_of(1))
        index.add(keys_of(1), np.array([[0, -1]], np.float32))
        assert index.get(keys_of(1, 2)).tolist() == [[0, -1], [0, 1]]
        found, _ = index.search(np.array([0, 1], np.float32), 2, everything(2))
        assert found.tolist() == [2, 1]

    def test_everything_removed_is_empty_again(self, make: Make) -> None:
        keys, embeddings = sample(50)
        index = make(DIMENSION)
        index.add(keys, embeddings)
        index.remove(keys)
        assert len(index) == 0
        assert index.search(embeddings[0], 5, everything(200))[0].tolist() == []
        index.add(keys, embeddings)
        assert len(index) == 50

    def test_get_keeps_the_order_asked_for(self, make: Make) -> None:
        keys, embeddings = sample(20)
        index = make(DIMENSION)
        index.add(keys[:10], embeddings[:10])
        index.add(keys[10:], embeddings[10:])
        picked = np.array([13, 2, 2, 19])
        np.testing.assert_array_equal(index.get(keys[picked]), embeddings[picked])
        with pytest.raises(KeyError):
            index.get(keys_of(int(keys[0]), 0))

    def test_what_was_added_is_copied(self, make: Make) -> None:
        keys, embeddings = sample(5)
        index = make(DIMENSION)
        added = embeddings.copy()
        index.add(keys, added)
        added[:] = 0
        np.testing.assert_array_equal(index.get(keys), embeddings)

    def test_a_view_with_strides_is_read_right(self, make: Make) -> None:
        keys, embeddings = sample(6)
        index = make(DIMENSION)
        index.add(keys[:3], embeddings[::2])
        np.testing.assert_array_equal(index.get(keys[:3]), embeddings[::2])
        found, _ = index.search(np.repeat(embeddings[2], 2)[::2], 1, everything(100))
        assert found.tolist() == [keys[1]]
