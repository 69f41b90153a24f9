"""Which terms some articles hold, kept for those that are asked about time and again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import Columns, Rows, terms_of


@dataclass(frozen=True)
class HeldTerms:
    """The terms of ``n`` articles: ``terms`` ascend, each with a place in ``keys``, both ``(m,)``.

    Of an article a term comes once for each field that it stands in.
    """

    keys: NDArray[np.int64]
    terms: NDArray[np.int64]
    places: NDArray[np.int64]

    @classmethod
    def none(cls) -> Self:
        """Of no article."""
        return cls(*(np.empty(0, np.int64) for _ in range(3)))

    @classmethod
    def of(cls, keys: Rows, parts: Iterable[tuple[Columns, Rows, Rows]]) -> Self:
        """Read from columns, each with the places in ``keys`` that lie there, and their rows."""
        terms, places = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for columns, here, rows in parts:
            entries, ends = columns.joined("term", "entry", rows)
            terms.append(terms_of(entries))
            places.append(np.repeat(here, np.diff(ends, prepend=0)))
        joined = np.concatenate(terms)
        order = np.argsort(joined, kind="stable")
        return cls(keys, joined[order], np.concatenate(places)[order])

    def count(self, run: NDArray[np.int64]) -> int:
        """How many of the articles have all terms of a run; none of an empty one."""
        starts, ends = (self.terms.searchsorted(run, side) for side in ("left", "right"))
        spans = zip(starts.tolist(), ends.tolist(), strict=True)
        holding = [set(self.places[start:end].tolist()) for start, end in spans]
        return len(set.intersection(*holding)) if holding else 0
