"""Which bodies are alike enough to be copies: found by their sketches, confirmed by their words.

What two articles say decides, and nothing else of the archive, so the answer is the same in every
segment. Whether what they share is a template is for :mod:`newsclip.index.templates`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import Columns, Rows, runs
from newsclip.index.filters import NEVER
from newsclip.index.sketch import EMPTY, Sketches, shared
from newsclip.index.telling_words import Kinds, Outlines, Words, confirmed

WINDOW = 30 * 86_400
"""Seconds that may lie between a copy and its original; an article without a date fits any."""

MOST_HOLDERS = 64
"""A number that more sketches hold finds no candidates: it is of a boilerplate, and costs most."""

LEAST_SHARED = 3
"""Numbers that the sketches of two copies have in common, at least."""

LEAST_RESEMBLANCE = 0.06
"""Of the Jaccard similarity of the shingles, as the sketches estimate it."""

_ROWS_AT_A_TIME = 10_000
_PAIRS_AT_A_TIME = 2_000

Pairs = tuple[Rows, Rows]
"""Rows of one segment, and for each a row of another (or of the same)."""


@dataclass(frozen=True)
class Postings:
    """Which rows' sketches hold a number: ``values`` ascend, ``rows`` has the row of each."""

    values: NDArray[np.uint32]
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, sketches: Sketches) -> Self:
        """Those of the rows of some sketches."""
        held = sketches != EMPTY
        # Value and row in one number, sorted in its place: half the memory of an order beside them.
        both = np.asarray(sketches)[held].astype(np.uint64)
        both <<= np.uint64(32)
        both |= np.repeat(np.arange(len(held), dtype=np.uint32), np.count_nonzero(held, axis=1))
        both.sort()
        return cls((both >> np.uint64(32)).astype(np.uint32), both.astype(np.int32))

    def grown(self, sketches: Sketches, rows: Rows) -> Self:
        """These and those of further rows with their sketches."""
        more = self.of(sketches)
        places = np.searchsorted(self.values, more.values, side="right")
        more_rows = rows[more.rows].astype(np.int32)
        return type(self)(
            np.insert(self.values, places, more.values), np.insert(self.rows, places, more_rows)
        )

    def of_rows(self, alive: NDArray[np.bool_]) -> Self:
        """Those of the rows that ``alive`` says True of."""
        kept = alive[self.rows]
        return self if kept.all() else type(self)(self.values[kept], self.rows[kept])

    def spans(self, values: NDArray[np.uint32]) -> tuple[Rows, Rows]:
        """Where the rows that hold each of the values begin in ``rows``, and where they end."""
        starts = np.searchsorted(self.values, values)
        return starts, np.searchsorted(self.values, values, side="right")

    def candidates(self, sketches: Sketches, below: Rows | None = None) -> Pairs:
        """For each sketch (by its place) the rows that share LEAST_SHARED numbers with it.

        Only those ``below`` the row that is given for it, if one is.
        """
        held = np.flatnonzero(sketches.ravel() != EMPTY)
        values = sketches.ravel()[held]
        order = np.argsort(values)  # searched in their order, they are found in half the time
        starts, ends = self.spans(values[order])
        count = np.where(ends - starts > MOST_HOLDERS, 0, ends - starts)
        places, value = runs(starts, count)
        owner, other = held[order][value] // sketches.shape[1], self.rows[places].astype(np.int64)
        if below is not None:
            earlier = other < below[owner]
            owner, other = owner[earlier], other[earlier]
        pairs, times = np.unique(owner << 32 | other, return_counts=True)
        pairs = pairs[times >= LEAST_SHARED]
        return pairs >> 32, pairs & 0xFFFFFFFF


def resembling(one: Sketches, other: Sketches) -> NDArray[np.bool_]:
    """Whether the sketches of each pair say that it is worth comparing."""
    twice, altogether = shared(one, other)
    enough: NDArray[np.bool_] = twice >= LEAST_RESEMBLANCE * altogether
    return enough & (twice >= LEAST_SHARED)


def in_window(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether two moments of publication are near enough, NEVER standing for none."""
    near: NDArray[np.bool_] = np.abs(one - other) <= WINDOW
    near |= (one == NEVER) | (other == NEVER)
    return near


def alike(one: Columns, rows: Rows, other: Columns, postings: Postings, kinds: Kinds) -> Pairs:
    """The rows of ``other`` (with its postings) that are alike to some rows of ``one``.

    Of two rows of the same segment, ``one`` gives the later.
    """
    found: list[Pairs] = []
    comparison = _Comparison(one, other, kinds)
    for start in range(0, len(rows), _ROWS_AT_A_TIME):
        part = rows[start : start + _ROWS_AT_A_TIME]
        places, others = postings.candidates(one["sketch"][part], part if one is other else None)
        mine = part[places]
        for at in range(0, len(mine), _PAIRS_AT_A_TIME):
            cut = slice(at, at + _PAIRS_AT_A_TIME)
            found.append(comparison.alike(mine[cut], others[cut]))
    empty = np.empty(0, np.int64)
    return (
        np.concatenate([empty, *(mine for mine, _ in found)]),
        np.concatenate([empty, *(others for _, others in found)]),
    )


class _Comparison:
    """Tells which rows of two segments are alike, the cheapest question first."""

    def __init__(self, one: Columns, other: Columns, kinds: Kinds) -> None:
        self._one = one
        self._other = other
        self._kinds = kinds
        self._outlines = Outlines(one, kinds)
        self._other_outlines = self._outlines if one is other else Outlines(other, kinds)

    def alike(self, rows: Rows, others: Rows) -> Pairs:
        """Those of the pairs that are alike."""
        for question in (self._near, self._resembling, self._may_agree, self._agree):
            kept = question(rows, others)
            rows, others = rows[kept], others[kept]
        return rows, others

    def _near(self, rows: Rows, others: Rows) -> NDArray[np.bool_]:
        return in_window(self._one["published_at"][rows], self._other["published_at"][others])

    def _resembling(self, rows: Rows, others: Rows) -> NDArray[np.bool_]:
        return resembling(self._one["sketch"][rows], self._other["sketch"][others])

    def _may_agree(self, rows: Rows, others: Rows) -> NDArray[np.bool_]:
        return self._outlines.may_agree(rows, self._other_outlines, others)

    def _agree(self, rows: Rows, others: Rows) -> NDArray[np.bool_]:
        own = Words.of(self._one, rows, self._kinds)
        return confirmed(own, Words.of(self._other, others, self._kinds))


def adjacency(
    pairs: Pairs, told: NDArray[np.bool_], rows: int
) -> tuple[Rows, Rows, NDArray[np.bool_]]:
    """Where each row's partners end, and the partners, ascending, with what is ``told`` of each."""
    one = np.concatenate(pairs)
    other = np.concatenate(pairs[::-1])
    order = np.lexsort((other, one))
    ends = np.cumsum(np.bincount(one, minlength=rows))
    return ends, other[order], np.concatenate((told, told))[order]
