"""The terms of texts, each with the places where it stands; counted as a segment stores them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import (
    BODY,
    COUNT_BITS,
    IN_LEAD,
    LEAD,
    MOST_COUNTED,
    MOST_TERMS,
    TEXT_FIELDS,
    Rows,
    RowTerms,
    first_of_each,
)

FieldTerms = Sequence[Sequence[str]]
"""The terms of a text, by field, in the order of TEXT_FIELDS."""


@dataclass(frozen=True)
class Occurrences:
    """Every occurrence of a term in some texts.

    ``terms`` has each term once, and ``places`` the place there of each occurrence, text after
    text and field after field; ``lengths``, ``(texts, fields)``, says how many a field has.
    """

    terms: list[str]
    places: Rows
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[FieldTerms]) -> Self:
        """Those of some texts."""
        fields = [*chain.from_iterable(texts)]
        lengths = np.array([len(terms) for terms in fields], np.int64)
        known: defaultdict[str, int] = defaultdict(count().__next__)
        found = map(known.__getitem__, chain.from_iterable(fields))
        places = np.fromiter(found, np.int64, int(lengths.sum()))
        return cls([*known], places, lengths.reshape(-1, len(TEXT_FIELDS)))

    def bodies(self) -> tuple[Rows, Rows]:
        """The occurrences in bodies: the text and the place in ``terms`` of each."""
        text, field, _ = self._where
        within = field == BODY
        return text[within], self.places[within]

    def counted(self, number_of: Callable[[list[str]], NDArray[np.int64]]) -> RowTerms:
        """The terms of each text with their counts; those of a body tell if they are in its lead.

        The entries of a text ascend. Terms that ``number_of`` answers with a negative number are
        left out.
        """
        numbers = number_of(self.terms)[self.places]
        text, field, within = self._where
        beyond = (field != BODY) | (within >= LEAD)
        # Sorted by text, code, and the lead first.
        found = text << 32 | (numbers * len(TEXT_FIELDS) + field) << 1 | beyond
        found = found[(numbers >= 0) & (numbers < MOST_TERMS)]
        found.sort()
        places = found >> 1
        first = np.flatnonzero(first_of_each(places))
        counts = np.minimum(np.diff(first, append=len(places)), MOST_COUNTED)
        found = found[first]
        codes = (found & 0xFFFFFFFF) >> 1
        return RowTerms(
            (codes << COUNT_BITS | np.where(found & 1, 0, IN_LEAD) | counts).astype(np.uint32),
            np.searchsorted(found >> 32, np.arange(len(self.lengths)), side="right"),
            self.lengths.astype(np.uint32),
        )

    @cached_property
    def _where(self) -> tuple[Rows, Rows, Rows]:
        """The text, the field and the place within it of each occurrence."""
        lengths = self.lengths.ravel()
        text, field = np.divmod(np.repeat(np.arange(len(lengths)), lengths), len(TEXT_FIELDS))
        starts = np.cumsum(lengths) - lengths
        return text, field, np.arange(len(text)) - np.repeat(starts, lengths)
