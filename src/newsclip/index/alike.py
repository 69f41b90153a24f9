"""Which bodies are alike enough to be copies: found by their sketches, confirmed by their words.

What two articles say decides, and nothing else of the archive, so the answer is the same in every
segment. Whether what they share is a template is for :mod:`newsclip.index.clusters`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import MOST_COUNTED, Array, Columns, Rows, in_field, terms_of
from newsclip.index.filters import NEVER
from newsclip.index.sketch import EMPTY, Sketches, shared
from newsclip.index.strings import Strings

WINDOW = 30 * 86_400
"""Seconds that may lie between a copy and its original; an article without a date fits any."""

MOST_HOLDERS = 64
"""A number that more sketches hold finds no candidates: it is of a boilerplate, and costs most."""

LEAST_SHARED = 3
"""Numbers that the sketches of two copies have in common, at least."""

LEAST_RESEMBLANCE = 0.06
"""Of the Jaccard similarity of the shingles, as the sketches estimate it."""

LEAST_CONTAINED = 0.7
"""The share of the shorter body's telling words, as often as they stand there, that the longer one
has, too: .71 and more in 2,000 copies with 10 to 30 % of the words changed."""

LEAST_COVERED = 0.45
"""The share of the longer body's words: below it, a brief and a long report of the same event."""

LEAST_FIGURES_KEPT = 0.3
"""More than this share of the shorter body's different figures stands in the longer one, too.
Weather and market reports keep their words from day to day, and change their figures."""

LEAST_FIGURES = 3
"""A body with fewer is not judged by them."""

FEW_FIGURES = 3
"""Of so few, one that is kept is enough."""

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
        values = np.asarray(sketches)[held]
        rows = np.flatnonzero(held) // sketches.shape[1]
        order = np.argsort(values, kind="stable")
        return cls(values[order], rows[order].astype(np.int32))

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

    def candidates(self, sketches: Sketches) -> Pairs:
        """For each sketch (by its place) the rows that share LEAST_SHARED numbers with it."""
        held = np.flatnonzero(sketches.ravel() != EMPTY)
        values = sketches.ravel()[held]
        order = np.argsort(values)  # searched in their order, they are found in half the time
        starts, ends = self.spans(values[order])
        count = np.where(ends - starts > MOST_HOLDERS, 0, ends - starts)
        owner = np.repeat(held[order] // sketches.shape[1], count)
        runs = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        other = self.rows[np.repeat(starts, count) + runs].astype(np.int64)
        pairs, times = np.unique(owner << 32 | other, return_counts=True)
        pairs = pairs[times >= LEAST_SHARED]
        return pairs >> 32, pairs & 0xFFFFFFFF


class Kinds:
    """Which terms are telling, and which are figures, by the term's number."""

    def __init__(self, terms: Strings) -> None:
        self._terms = terms
        self._figure = np.empty(0, np.bool_)
        self._telling = np.empty(0, np.bool_)

    def of(self, terms: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For each term, whether it is telling (a figure is), and whether it is a figure."""
        if len(self._terms) > len(self._figure):
            more = np.arange(len(self._figure), len(self._terms))
            telling, figure = self._terms.kinds(more)
            self._figure = np.concatenate((self._figure, figure))
            self._telling = np.concatenate((self._telling, telling))
        return self._telling[terms], self._figure[terms]


@dataclass(frozen=True)
class Words:
    """The telling words of some bodies, each with its count.

    ``places`` (``body << 32 | term``) ascend. ``sizes`` and ``figures`` say of each body how many
    words it has, and how many different figures, be their terms known here or not.
    """

    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    is_figure: NDArray[np.bool_]
    sizes: NDArray[np.float64]
    figures: NDArray[np.float64]

    @classmethod
    def of(cls, columns: Columns, rows: Rows, kinds: Kinds) -> Self:
        """Those of the bodies of some rows, in the order of the rows."""
        entries, ends = columns.joined("term", "entry", rows)
        body = np.repeat(np.arange(len(rows)), np.diff(ends, prepend=0))
        return cls.of_entries(entries, body, len(rows), kinds)

    @classmethod
    def of_entries(
        cls, entries: NDArray[np.integer], body: Rows, bodies: int, kinds: Kinds
    ) -> Self:
        """Those of entries as a segment stores them; ``body`` is the number of each one's body."""
        terms = terms_of(entries)
        telling, figure = kinds.of(terms)
        kept = in_field(entries, "body") & telling
        body, figure = body[kept], figure[kept]
        counts = (entries[kept] & MOST_COUNTED).astype(np.int64)
        return cls(
            places=body << 32 | terms[kept],
            counts=counts,
            is_figure=figure,
            sizes=_sums(body, counts, bodies),
            figures=_sums(body, figure, bodies),
        )

    def common(self, other: Self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many words each pair of bodies has in common, and how many figures."""
        counts = np.zeros(len(self.places), np.int64)
        if len(other.places):
            at = np.minimum(np.searchsorted(other.places, self.places), len(other.places) - 1)
            hit = other.places[at] == self.places
            counts[hit] = np.minimum(self.counts[hit], other.counts[at[hit]])
        body, pairs = self.places >> 32, len(self.sizes)
        figures = (counts > 0) & self.is_figure
        return _sums(body, counts, pairs), _sums(body, figures, pairs)


def _sums(body: Rows, parts: Array, bodies: int) -> NDArray[np.float64]:
    """The sum of each body's parts."""
    return np.bincount(body, parts, bodies).astype(np.float64)


def confirmed(one: Words, other: Words) -> NDArray[np.bool_]:
    """Whether each pair of bodies has enough words in common to be copies."""
    common, kept = one.common(other)
    shorter, longer = np.minimum(one.sizes, other.sizes), np.maximum(one.sizes, other.sizes)
    figures = np.minimum(one.figures, other.figures)
    few = figures <= FEW_FIGURES
    lost = np.where(few, kept == 0, kept <= LEAST_FIGURES_KEPT * figures)
    enough = (common >= LEAST_CONTAINED * shorter) & (common >= LEAST_COVERED * longer)
    return enough & ~(lost & (figures >= LEAST_FIGURES))


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
    for start in range(0, len(rows), _ROWS_AT_A_TIME):
        part = rows[start : start + _ROWS_AT_A_TIME]
        places, others = postings.candidates(one["sketch"][part])
        mine = part[places]
        if one is other:
            earlier = others < mine
            mine, others = mine[earlier], others[earlier]
        near = in_window(one["published_at"][mine], other["published_at"][others])
        mine, others = mine[near], others[near]
        for at in range(0, len(mine), _PAIRS_AT_A_TIME):
            cut = slice(at, at + _PAIRS_AT_A_TIME)
            found.append(_confirmed(one, mine[cut], other, others[cut], kinds))
    empty = np.empty(0, np.int64)
    return (
        np.concatenate([empty, *(mine for mine, _ in found)]),
        np.concatenate([empty, *(others for _, others in found)]),
    )


def _confirmed(one: Columns, rows: Rows, other: Columns, others: Rows, kinds: Kinds) -> Pairs:
    likely = resembling(one["sketch"][rows], other["sketch"][others])
    rows, others = rows[likely], others[likely]
    right = confirmed(Words.of(one, rows, kinds), Words.of(other, others, kinds))
    return rows[right], others[right]


def adjacency(pairs: Pairs, rows: int) -> tuple[Rows, Rows]:
    """Each row's partners, one row after the other and ascending, and where those of each end."""
    one = np.concatenate(pairs)
    other = np.concatenate(pairs[::-1])
    order = np.lexsort((other, one))
    return np.cumsum(np.bincount(one, minlength=rows)), other[order]
