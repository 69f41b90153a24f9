"""Nearest embeddings. Nothing else in Newsclip knows FAISS."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

# A worker answers one request at a time and the workers share the cores, so FAISS's own
# threads would only take turns with each other.
faiss.omp_set_num_threads(1)

EXACT_ROWS = 10_000
"""Up to so many embeddings are compared one by one: 0.4 ms for 512 dimensions."""

_PICKED_ROWS = 4_000  # up to so many that pass a filter are picked out and compared one by one
# Measured on a million articles, 512 dimensions: docs/decisions.md, "FAISS by size".
_SHORT = 192  # dimensions of the embeddings that lie in the lists, at the most
_LISTS_PER_ROOT = 4  # lists for each square root of the rows, as FAISS's guidelines have it
_TRAINED_ON = 64  # embeddings for each list's centre
_ROUNDS = 10  # of k-means
_SEED = 20260108
_PROBED = 108  # lists that a query looks into, be there a thousand of them or four
_FILTER_POWER = 0.3  # how fast they grow as a filter lets less through
_SPARE = 2  # candidates for each answer, since they are ranked by shortened embeddings
_LEAST_CANDIDATES = 100  # recall@10 .995 at a hundred thousand; 200 give .996 for 45 us more
# Where a filter lets nearly all through, the others are sorted out afterwards: FAISS takes a third
# more time where it has to ask about each.
_NEARLY_ALL = 0.9
_FILLED_AT_A_TIME = 65_536
_SIGN_AND_NUMBER = np.int32(-0x7000_0001)  # all bits but the three that the shift filled with it
_BIAS = np.float32(2.0**112)  # single precision's exponent bias of 127, less half precision's 15


class VectorIndex(Protocol):
    """Finds the embeddings that are most similar to one, by inner product."""

    def search(
        self,
        embedding: NDArray[np.float32],
        limit: int,
        allowed: NDArray[np.bool_],
        passing: int | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and inner products of the nearest, best first, ties by ascending row.

        ``allowed`` says for each row whether it may be an answer, ``(rows,)``, and ``passing``,
        where that is known, how many may. Products are those of the embeddings in half precision,
        however they are found.
        """
        ...


def widened(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """Finite half-precision embeddings, ``(n, dimension)``, in single precision, exactly.

    The bits are moved to their new places, and the exponents brought to their new bias by a
    multiplication with a power of two: a fifth of the time of FAISS's decoder, a seventh of
    numpy's ``astype`` (200 rows of 256: 12 us, 58 us and 85 us).
    """
    singles = _moved(halves)
    singles *= _BIAS
    return singles


def _moved(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """Half-precision numbers in single precision, divided by the power of two of the bias."""
    bits = np.ascontiguousarray(halves).view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= _SIGN_AND_NUMBER
    return bits.view(np.float32)


def products(halves: NDArray[np.float16], embedding: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inner product of each row with one embedding, ``(n,)``; the same wherever a row stands.

    A product of matrices rounds by place, and articles of the same text would not be equal. The
    bias is brought to the one embedding, which comes to the same bits.
    """
    products: NDArray[np.float32] = np.vecdot(_moved(halves), embedding * _BIAS)
    return products


class ExactVectorIndex:
    """Compares with every embedding: the reference, and fast for ten thousand. It may grow."""

    def __init__(self, embeddings: NDArray[np.float16]) -> None:
        """``embeddings`` is ``(rows, dimension)``, of which it takes a copy."""
        kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        self._index = faiss.IndexScalarQuantizer(embeddings.shape[1], kind, metric)
        self._index.is_trained = True
        self.add(embeddings)

    def add(self, embeddings: NDArray[np.float16]) -> None:
        """Adds rows at the end."""
        if len(embeddings):
            self._index.add(widened(embeddings))

    def search(
        self,
        embedding: NDArray[np.float32],
        limit: int,
        allowed: NDArray[np.bool_],
        passing: int | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See :meth:`VectorIndex.search`. Exact."""
        matching = int(np.count_nonzero(allowed)) if passing is None else passing
        limit = min(limit, matching)
        if not limit:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = (
            None if matching == len(allowed) else faiss.SearchParameters(sel=_only(allowed))
        )
        asked = min(limit + 1, matching)
        while True:
            scores, rows = self._index.search(embedding.reshape(1, -1), asked, params=parameters)
            # Which of equal ones FAISS leaves out is chance: the last one's equals must be seen.
            if asked == matching or scores[0][-1] < scores[0][limit - 1]:
                return _ranked(rows[0], scores[0], limit)
            asked = min(4 * asked, matching)


class ProbingVectorIndex:
    """Looks only where the nearest are likely: an inverted file of shortened embeddings.

    The embeddings are turned so that their first 192 dimensions hold most of them, cut there,
    and rounded to 8 bits (FAISS's ``IVF,SQ8``); the candidates are then ranked by the embeddings
    themselves. Where a filter lets few through, those are compared one by one; where it lets some
    through, more lists are looked into, since the nearest that pass lie further away.
    """

    def __init__(self, embeddings: NDArray[np.float16], index: "faiss.IndexPreTransform") -> None:
        self._embeddings = embeddings
        self._index = index
        self._lists: faiss.IndexIVF = faiss.downcast_index(index.index)

    @classmethod
    def open(cls, embeddings: NDArray[np.float16], file: Path) -> Self:
        """The index in a file, memory-mapped, over the embeddings that it was made of."""
        opened = cls(embeddings, faiss.read_index(str(file), faiss.IO_FLAG_MMAP))
        # Reading ahead is the operating system's; FAISS would start threads for each query.
        faiss.downcast_InvertedLists(opened._lists.invlists).prefetch_nthread = 0
        return opened

    @classmethod
    def trained(cls, embeddings: NDArray[np.float16]) -> Self:
        """A new index; its directions and lists are fitted to a sample of the embeddings."""
        rows, dimension = embeddings.shape
        lists = int(_LISTS_PER_ROOT * math.sqrt(rows))
        chosen = np.random.default_rng(_SEED).permutation(rows)[: _TRAINED_ON * lists]
        sample = widened(embeddings[np.sort(chosen)])
        turn = _turn(sample, min(_SHORT, dimension))
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(turn.d_out),
            turn.d_out,
            lists,
            faiss.ScalarQuantizer.QT_8bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.cp.niter, index.cp.seed, index.cp.spherical = _ROUNDS, _SEED, True
        index.cp.max_points_per_centroid = _TRAINED_ON
        index.cp.min_points_per_centroid = 1
        made = cls(embeddings, faiss.IndexPreTransform(turn, index))
        with _all_cores():
            made._index.train(sample)
            made._fill()
        return made

    @classmethod
    def refilled(cls, embeddings: NDArray[np.float16], file: Path) -> Self:
        """The directions and lists of the index in a file, filled with other embeddings."""
        made = cls(embeddings, faiss.read_index(str(file)))
        made._lists.reset()
        with _all_cores():
            made._fill()
        return made

    def _fill(self) -> None:
        for start in range(0, len(self._embeddings), _FILLED_AT_A_TIME):
            self._index.add(widened(self._embeddings[start : start + _FILLED_AT_A_TIME]))

    def save(self, file: Path) -> None:
        """Writes the index, without the embeddings, to a file."""
        faiss.write_index(self._index, str(file))

    @property
    def fitted_rows(self) -> float:
        """For about how many rows the number of lists was chosen."""
        return float((self._lists.nlist / _LISTS_PER_ROOT) ** 2)

    def search(
        self,
        embedding: NDArray[np.float32],
        limit: int,
        allowed: NDArray[np.bool_],
        passing: int | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See :meth:`VectorIndex.search`. Nearly exact: it may miss a few of the nearest."""
        matching = int(np.count_nonzero(allowed)) if passing is None else passing
        candidates = max(_LEAST_CANDIDATES, _SPARE * limit)
        if matching <= max(_PICKED_ROWS, candidates):
            return self._compared(np.flatnonzero(allowed), embedding, limit)
        share = matching / len(allowed)
        probes = self.probes(share)
        if share > _NEARLY_ALL:
            rows = self._probed(embedding, probes, math.ceil(candidates / share))
            rows = rows[allowed[rows]]
            if len(rows) >= limit:
                return self._compared(rows, embedding, limit)
        # Those that pass may all lie far from the query: more candidates, then further lists.
        candidates *= 2
        while True:
            rows = self._probed(embedding, probes, candidates, _only(allowed))
            if len(rows) == candidates or probes == self._lists.nlist:
                return self._compared(rows, embedding, limit)
            probes = min(4 * probes, self._lists.nlist)

    def probes(self, share: float) -> int:
        """How many lists are looked into where ``share`` of the rows (above 0, to 1) may answer."""
        wanted: int = math.ceil(_PROBED * share**-_FILTER_POWER)
        return min(int(self._lists.nlist), wanted)

    def _probed(
        self,
        embedding: NDArray[np.float32],
        probes: int,
        limit: int,
        selector: "faiss.IDSelector | None" = None,
    ) -> NDArray[np.int64]:
        """The rows that FAISS finds in so many lists, ``limit`` at the most."""
        parameters = _parameters(probes) if selector is None else _with(probes, selector)
        _, found = self._index.search(embedding.reshape(1, -1), limit, params=parameters)
        rows: NDArray[np.int64] = found[0][found[0] >= 0]  # FAISS fills up with -1
        return rows

    def _compared(
        self, rows: NDArray[np.int64], embedding: NDArray[np.float32], limit: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        return _ranked(rows, products(self._embeddings.take(rows, axis=0), embedding), limit)


@cache
def _parameters(probes: int) -> "faiss.SearchParametersPreTransform":
    """Made once: SWIG takes a twentieth of a search to make them."""
    return _with(probes, None)


def _with(probes: int, selector: "faiss.IDSelector | None") -> "faiss.SearchParametersPreTransform":
    within = faiss.SearchParametersIVF(nprobe=probes, sel=selector)
    return faiss.SearchParametersPreTransform(index_params=within)


def _only(allowed: NDArray[np.bool_]) -> "faiss.IDSelectorBitmap":
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _turn(sample: NDArray[np.float32], dimensions: int) -> "faiss.LinearTransform":
    """The directions in which the embeddings are longest, at right angles to each other.

    As in a principal component analysis, but about the origin: moving the embeddings to their
    mean would change their inner products.
    """
    _, directions = np.linalg.eigh(sample.T @ sample)
    longest = np.ascontiguousarray(directions[:, ::-1][:, :dimensions].T, np.float32)
    turn = faiss.LinearTransform(sample.shape[1], dimensions, False)
    faiss.copy_array_to_vector(longest.ravel(), turn.A)
    turn.is_trained = True
    return turn


@contextmanager
def _all_cores() -> Iterator[None]:
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)


def _ranked(
    rows: NDArray[np.int64], scores: NDArray[np.float32], limit: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    order = np.lexsort((rows, -scores))[:limit]
    return rows[order], scores[order]
