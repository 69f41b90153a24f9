"""The telling words of bodies: how many two of them have in common, and whether that is enough."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import MOST_COUNTED, Array, Columns, Rows, in_field, terms_of
from newsclip.index.strings import Strings

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

_CLASSES = 512  # of terms: of 240,000 pairs that share a passage, an outline leaves 370 to compare
_MOST_OUTLINED = 255
_ROWS_AT_A_TIME = 1_000


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
    enough = _enough(common, one.sizes, other.sizes)
    figures = np.minimum(one.figures, other.figures)
    few = figures <= FEW_FIGURES
    lost = np.where(few, kept == 0, kept <= LEAST_FIGURES_KEPT * figures)
    return enough & ~(lost & (figures >= LEAST_FIGURES))


def _enough(
    common: NDArray[np.integer | np.floating],
    sizes: NDArray[np.float64],
    other_sizes: NDArray[np.float64],
) -> NDArray[np.bool_]:
    shorter, longer = np.minimum(sizes, other_sizes), np.maximum(sizes, other_sizes)
    within: NDArray[np.bool_] = common >= LEAST_CONTAINED * shorter
    return within & (common >= LEAST_COVERED * longer)


class Outlines:
    """How many telling words the bodies of a segment's rows have of each of some classes of terms.

    Two bodies have no more words in common than by their outlines, which are compared in a
    hundredth of the time. They are worked out when they are asked for.
    """

    def __init__(self, columns: Columns, kinds: Kinds) -> None:
        self._columns = columns
        self._kinds = kinds
        self._known = np.zeros(len(columns), np.bool_)
        self._sizes = np.zeros(len(columns))
        self._counts = np.zeros((len(columns), _CLASSES), np.uint8)  # takes memory where written

    def may_agree(self, rows: Rows, other: Self, other_rows: Rows) -> NDArray[np.bool_]:
        """Whether each pair of bodies may have enough words in common to be copies."""
        counts, sizes = self._of(rows)
        other_counts, other_sizes = other._of(other_rows)
        most = np.minimum(counts, other_counts).sum(axis=1, dtype=np.int64)
        return _enough(most, sizes, other_sizes)

    def _of(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        missing = np.unique(rows[~self._known[rows]])
        for start in range(0, len(missing), _ROWS_AT_A_TIME):
            self._learn(missing[start : start + _ROWS_AT_A_TIME])
        return self._counts[rows], self._sizes[rows]

    def _learn(self, rows: Rows) -> None:
        words = Words.of(self._columns, rows, self._kinds)
        places = (words.places >> 32) * _CLASSES + words.places % _CLASSES
        counts = np.bincount(places, words.counts, len(rows) * _CLASSES).reshape(-1, _CLASSES)
        counts[counts.max(axis=1) > _MOST_OUTLINED] = _MOST_OUTLINED  # too long: may agree with any
        self._known[rows], self._sizes[rows], self._counts[rows] = True, words.sizes, counts
