"""A body as a handful of numbers, by which its copies are known whatever has been moved or changed.

A *shingle* is a run of three telling terms. The sketch of a body is the lowest :data:`WIDTH` of its
shingles' hashes (bottom-k MinHash; Broder 1997, "On the resemblance and containment of documents").
"""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH = 48
"""Numbers in a sketch. Of 2,000 copies with 10 to 30 % of the words changed, all have six or more
in common with their original; at 32 numbers .98 of them."""

EMPTY = np.uint32(0xFFFFFFFF)
"""Fills up the sketch of a body that has fewer shingles."""

_SHINGLE = 3
SHORTEST = 4
"""Bytes of a telling term: shorter ones are mostly what any text of a language has."""
_REMEMBERED = 200_000  # terms; some 20 MB

Sketches = NDArray[np.uint32]
"""``(n, WIDTH)``: ascending, each number once, EMPTY at the end."""


def is_telling(term: str) -> bool:
    """Whether a term counts as one of a body: it is long enough, or a number."""
    return len(term.encode()) >= SHORTEST or "0" <= term[0] <= "9"


class Sketcher:
    """Makes sketches. They depend on the terms alone, so that those of all segments compare."""

    def __init__(self) -> None:
        self._hashes = _Hashes()

    def sketches(
        self, terms: Sequence[str], body: NDArray[np.int64], place: NDArray[np.int64], bodies: int
    ) -> Sketches:
        """The sketches of some bodies, ``(bodies, WIDTH)``.

        Occurrences in their order, by the number of each one's ``body`` and its ``place`` in
        ``terms``.
        """
        known = map(self._hashes.__getitem__, terms)
        hashes, owner = np.fromiter(known, np.uint64, len(terms))[place], body.astype(np.uint64)
        telling = hashes > 0
        hashes, owner = hashes[telling], owner[telling]
        last = len(hashes) - _SHINGLE + 1
        if last <= 0:
            return np.full((bodies, WIDTH), EMPTY)
        shingles = np.zeros(last, np.uint64)
        for step in range(_SHINGLE):
            shingles = _mixed(shingles + hashes[step : step + last])
        whole = owner[:last] == owner[_SHINGLE - 1 :]
        numbers = owner[:last][whole] << np.uint64(32) | shingles[whole] >> np.uint64(32)
        numbers.sort()  # np.unique takes ten times as long
        first = np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]
        return _lowest(numbers[first], bodies)


class _Hashes(dict[str, int]):
    """From a term to 32 bits that stand for it, and a 33rd that is always set; 0: not telling."""

    def __missing__(self, term: str) -> int:
        found = zlib.crc32(term.encode()) | 1 << 32 if is_telling(term) else 0
        if len(self) >= _REMEMBERED:
            self.clear()
        self[term] = found
        return found


def _lowest(numbers: NDArray[np.uint64], rows: int) -> Sketches:
    """Of ascending numbers, each its row above 32 bits of hash, the lowest of each row."""
    row = (numbers >> np.uint64(32)).astype(np.int64)
    first = np.searchsorted(row, np.arange(rows))
    rank = np.arange(len(row)) - first[row]
    low = numbers.astype(np.uint32)
    kept = (rank < WIDTH) & (low != EMPTY)
    sketches = np.full((rows, WIDTH), EMPTY)
    sketches[row[kept], rank[kept]] = low[kept]
    return sketches


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spreads each number over 64 bits (the finaliser of SplitMix64; Steele et al. 2014)."""
    mixed = numbers ^ numbers >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def shared(
    one: Sketches, other: Sketches, ignored: Sequence[int] | NDArray[np.uint32] = ()
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many numbers each pair of sketches has in common, and how many it has altogether.

    Both only up to the last number of the one that ends first: there they know all of their
    bodies' shingles, so that the quotient estimates the Jaccard similarity. ``ignored`` numbers do
    not count.
    """
    limit = np.minimum(one[:, -1], other[:, -1])[:, None]
    both = _together(one, other)
    known = (both <= limit) & (both != EMPTY)
    if len(ignored):
        known &= ~np.isin(both, ignored)
    twice = np.count_nonzero((both[:, 1:] == both[:, :-1]) & known[:, 1:], axis=1)
    return twice, np.count_nonzero(known, axis=1) - twice


def in_common(one: Sketches, other: Sketches) -> NDArray[np.uint32]:
    """The numbers that the sketches of some pair have in common, ascending."""
    both = _together(one, other)
    twice = both[:, 1:][both[:, 1:] == both[:, :-1]]
    return np.unique(twice[twice != EMPTY])


def _together(one: Sketches, other: Sketches) -> Sketches:
    """The numbers of each pair of sketches, ascending: what both have stands there twice."""
    return np.sort(np.concatenate((one, other), axis=1), axis=1)
