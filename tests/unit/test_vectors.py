"""Each vector index keeps the contract; the exact one at any size, the probing one nearly."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from newsclip.index import vectors
from newsclip.index.vectors import ExactVectorIndex, ProbingVectorIndex, VectorIndex, widened

from .vector_contract import (
    Floats,
    Halves,
    Make,
    Mask,
    VectorIndexContract,
    brute_force,
    everything,
    repeated,
    sample,
    units,
)

ROWS, WIDTH = 12_000, 32


class TestExact(VectorIndexContract):
    @pytest.fixture
    def make(self) -> Make:
        return ExactVectorIndex

    def test_rows_that_are_added_count_on(self) -> None:
        embeddings = sample(700)
        index = ExactVectorIndex(embeddings[:0])
        for start, end in [(0, 1), (1, 300), (300, 300), (300, 700)]:
            index.add(embeddings[start:end])
        query = sample(1, seed=1)[0].astype(np.float32)
        found, scores = index.search(query, 50, everything(700))
        whole, whole_scores = ExactVectorIndex(embeddings).search(query, 50, everything(700))
        assert found.tolist() == whole.tolist()
        assert scores.tolist() == whole_scores.tolist()


class TestProbing(VectorIndexContract):
    @pytest.fixture
    def make(self, tmp_path_factory: pytest.TempPathFactory) -> Make:
        folder = tmp_path_factory.getbasetemp()
        return lambda embeddings: _Padded(embeddings, folder)


class _Padded:
    """A probing index over a few embeddings, and as many others as it needs, never allowed."""

    OTHERS = 1_000

    def __init__(self, embeddings: Halves, folder: Path) -> None:
        others = sample(self.OTHERS, 5, embeddings.shape[1])
        file = folder / f"trained-for-{embeddings.shape[1]}-dimensions"
        if not file.exists():
            ProbingVectorIndex.trained(others).save(file)
        self._index = ProbingVectorIndex.refilled(np.concatenate((embeddings, others)), file)

    def search(
        self, embedding: Floats, limit: int, allowed: Mask
    ) -> tuple[NDArray[np.int64], Floats]:
        more = np.zeros(self.OTHERS, np.bool_)
        return self._index.search(embedding, limit, np.concatenate((allowed, more)))


def clustered(rows: int, seed: int) -> Halves:
    """Embeddings that lie about sixty directions, as stories lie about topics."""
    topics = units(np.random.default_rng(9).standard_normal((60, WIDTH)))
    random = np.random.default_rng(seed)
    off = random.standard_normal((rows, WIDTH)) / np.sqrt(WIDTH)
    return units(topics[random.integers(0, 60, rows)] + off).astype(np.float16)


@pytest.fixture(scope="module")
def embeddings() -> Halves:
    return clustered(ROWS, seed=1)


@pytest.fixture(scope="module")
def index(embeddings: Halves) -> ProbingVectorIndex:
    return ProbingVectorIndex.trained(embeddings)


QUERIES = clustered(50, seed=2).astype(np.float32)


def passing(share: float) -> Mask:
    return np.random.default_rng(4).random(ROWS) < share


def recall(index: VectorIndex, embeddings: Halves, allowed: Mask) -> float:
    """Of the ten nearest to each query the share that is found; each answer must be right."""
    hits = 0
    for query in QUERIES:
        found, scores = index.search(query, 10, allowed)
        nearest, _ = brute_force(embeddings, query, 10, allowed)
        hits += len(set(found.tolist()) & set(nearest))
        assert allowed[found].all()
        assert len(found) == len(nearest) == len(set(found.tolist()))
        true = embeddings[found].astype(np.float64) @ query.astype(np.float64)
        assert scores == pytest.approx(true, abs=1e-6)
        assert np.lexsort((found, -scores)).tolist() == list(range(len(found)))
    return hits / (10 * len(QUERIES))


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01, 0.001])
@pytest.mark.parametrize("picked", [vectors._PICKED_ROWS, 0], ids=["as it is", "never by one"])
def test_at_least_98_in_100_of_the_nearest_are_found(
    index: ProbingVectorIndex,
    embeddings: Halves,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    picked: int,
) -> None:
    monkeypatch.setattr(vectors, "_PICKED_ROWS", picked)
    allowed = passing(share)
    found = recall(index, embeddings, allowed)
    assert found >= 0.98
    if allowed.sum() <= picked:
        assert found == 1


def test_the_probing_index_does_not_look_at_everything(
    index: ProbingVectorIndex, embeddings: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test of its recall would show nothing."""
    for constant, value in [("_PROBED", 1e-9), ("_LEAST_CANDIDATES", 10), ("_SPARE", 1)]:
        monkeypatch.setattr(vectors, constant, value)
    assert recall(index, embeddings, everything(ROWS)) < 0.8


@pytest.mark.parametrize("limit", [1, 100, 1_000, 5_000])
def test_as_many_come_back_as_are_asked_for(index: ProbingVectorIndex, limit: int) -> None:
    for share in (1.0, 0.5, 0.1):
        allowed = passing(share)
        found, _ = index.search(QUERIES[0], limit, allowed)
        assert len(found) == len(set(found.tolist())) == min(limit, allowed.sum())


def test_what_passes_a_filter_is_found_however_far_from_the_query_it_lies(
    index: ProbingVectorIndex, embeddings: Halves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_PICKED_ROWS", 0)
    hits = 0
    for query in QUERIES:
        cosines = embeddings.astype(np.float32) @ query
        allowed = cosines < np.quantile(cosines, 0.2)
        found, _ = index.search(query, 10, allowed)
        assert len(found) == 10
        hits += len(set(found.tolist()) & set(brute_force(embeddings, query, 10, allowed)[0]))
    assert hits >= 0.9 * 10 * len(QUERIES)


def answers(index: VectorIndex) -> list[tuple[list[int], list[float]]]:
    found = [
        index.search(query, 10, passing(share)) for query in QUERIES for share in (1, 0.5, 0.1)
    ]
    return [(rows.tolist(), scores.tolist()) for rows, scores in found]


def test_an_index_in_a_file_answers_as_it_did(
    index: ProbingVectorIndex, embeddings: Halves, tmp_path: Path
) -> None:
    index.save(tmp_path / "vectors")
    opened = ProbingVectorIndex.open(embeddings, tmp_path / "vectors")
    assert answers(opened) == answers(index)
    assert opened.fitted_rows == index.fitted_rows


def test_training_gives_the_same_index_each_time(
    index: ProbingVectorIndex, embeddings: Halves
) -> None:
    assert answers(ProbingVectorIndex.trained(embeddings)) == answers(index)


def test_refilled_with_other_embeddings_it_finds_those(
    index: ProbingVectorIndex, embeddings: Halves, tmp_path: Path
) -> None:
    index.save(tmp_path / "vectors")
    others = np.concatenate((embeddings[2_000:], clustered(2_000, seed=3)))
    refilled = ProbingVectorIndex.refilled(others, tmp_path / "vectors")
    assert recall(refilled, others, everything(ROWS)) >= 0.98
    assert recall(refilled, others, passing(0.5)) >= 0.98
    again = ProbingVectorIndex.refilled(embeddings, tmp_path / "vectors")
    assert answers(again) == answers(index)
    assert ROWS * 0.9 < refilled.fitted_rows <= ROWS


def test_among_many_equal_ones_each_answer_is_as_good_as_any(tmp_path: Path) -> None:
    embeddings = repeated(ROWS, WIDTH)
    index = ProbingVectorIndex.trained(embeddings)
    query = embeddings[0].astype(np.float32)
    found, scores = index.search(query, 30, everything(ROWS))
    assert scores == pytest.approx(brute_force(embeddings, query, 30, everything(ROWS))[1])
    assert found.tolist() == sorted(found.tolist())


# Half precision


@pytest.mark.parametrize("rows", [0, 1, 5, 100])
@pytest.mark.parametrize("dimension", [1, 8, 33])
def test_widened_loses_nothing(rows: int, dimension: int) -> None:
    bits = np.random.default_rng(rows).integers(0, 2**16, (rows, dimension)).astype(np.uint16)
    halves = np.where(np.isfinite(bits.view(np.float16)), bits.view(np.float16), np.float16(1))
    np.testing.assert_array_equal(widened(halves), halves.astype(np.float32))
    np.testing.assert_array_equal(widened(halves[::-1]), halves[::-1].astype(np.float32))
