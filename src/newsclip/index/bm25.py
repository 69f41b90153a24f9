"""BM25 over all segments of an archive, from the terms that each row is stored with.

The two inverted indexes of a view know only the articles of their own, and count removed ones
until they are merged away. So they find the candidates, and what an article scores is worked out
here from the counts of the whole archive: the same whichever segment it lies in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import (
    BODY,
    COUNT_BITS,
    MOST_COUNTED,
    TEXT_FIELDS,
    Block,
    RowTerms,
    fields_of,
    terms_of,
)

K1, B = 1.2, 0.75
FIELD_WEIGHTS: Mapping[str, float] = {"title": 2.0, "summary": 1.0, "body": 1.0, "tags": 1.0}
"""How much a match in each text field counts (BM25 scores are multiplied by it)."""

_FIELDS = len(TEXT_FIELDS)
_WEIGHTS = np.array([FIELD_WEIGHTS[field] for field in TEXT_FIELDS])
_TITLE = TEXT_FIELDS.index("title")
_SOUGHT = 2**16 - 1  # terms that can be told apart at a time


@dataclass(frozen=True)
class TermQuery:
    """Terms to look for, by number, each with a weight and its text; all are ``n``."""

    terms: NDArray[np.int64]
    weights: NDArray[np.float64]
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.terms)

    def first(self, count: int) -> Self:
        """The first ``count`` terms of it."""
        return type(self)(self.terms[:count], self.weights[:count], self.texts[:count])

    def at(self, places: NDArray[np.int64]) -> Self:
        """The terms at some places of it, in that order."""
        texts = [self.texts[place] for place in places.tolist()]
        return type(self)(self.terms[places], self.weights[places], texts)


@dataclass(frozen=True)
class Places:
    """Where a query's terms stand in some rows: one of each for every field with a term.

    ``row`` and ``term`` are places among the rows and in the query, ``entry`` is what the row says
    of the term, ``worth`` what the query says of it; all are ``(m,)``.
    """

    rows: RowTerms
    row: NDArray[np.int64]
    term: NDArray[np.int64]
    entry: NDArray[np.uint32]
    worth: NDArray[np.float64]


class Statistics:
    """How many articles an archive has, how long their fields are, and which terms they hold."""

    def __init__(
        self, articles: int, totals: NDArray[np.int64], frequencies: NDArray[np.int32]
    ) -> None:
        """``totals`` is the sum of each field's lengths; ``frequencies`` is by code, copied."""
        self.articles = articles
        self.totals = totals.astype(np.int64)
        self._frequencies = frequencies.astype(np.int32)  # a copy, to be changed
        # For a term of the query its place there, from 1; between two questions all zero.
        self._slots = np.zeros(len(frequencies) // _FIELDS, np.uint16)
        self._weighed: tuple[TermQuery, NDArray[np.float64]] | None = None

    @classmethod
    def empty(cls) -> Self:
        """Of no article at all."""
        return cls(0, np.zeros(_FIELDS, np.int64), np.zeros(0, np.int32))

    @property
    def frequencies(self) -> NDArray[np.int32]:
        """By code, the number of articles that have the term in that field."""
        return self._frequencies

    def add(self, block: Block) -> None:
        """Counts articles in."""
        self._count(block, 1)

    def remove(self, block: Block) -> None:
        """Counts articles out."""
        self._count(block, -1)

    def _count(self, block: Block, sign: int) -> None:
        self.articles += sign * len(block)
        self._weighed = None
        self.totals += sign * block.wide["field_length"].astype(np.int64).sum(axis=0)
        codes = block.values["term.entry"] >> COUNT_BITS
        if len(codes):
            self._grow(int(codes.max()) + 1)
            np.add.at(self._frequencies, codes, sign)

    def _grow(self, size: int) -> None:
        have = len(self._frequencies)
        if size > have:
            # Up to the end of the term, and some room, so that not every new word costs a copy.
            room = np.zeros((max(size - have, have // 8) // _FIELDS + 1) * _FIELDS, np.int32)
            self._frequencies = np.concatenate((self._frequencies, room))
            self._slots = np.zeros(len(self._frequencies) // _FIELDS, np.uint16)

    def found(self, terms: NDArray[np.int64]) -> NDArray[np.int32]:
        """In how many articles each term stands, by field; ``(n, fields)``."""
        by_term = self._frequencies.reshape(-1, _FIELDS)
        known = terms < len(by_term)
        if known.all():
            return by_term.take(terms, axis=0)  # of whole rows, in a fifth of the time
        found = np.zeros((len(terms), _FIELDS), np.int32)
        found[known] = by_term[terms[known]]
        return found

    def _idf(self, found: NDArray[np.int32]) -> NDArray[np.float64]:
        """``ln(1 + (N - n + 0.5) / (n + 0.5))``, 0 where n is 0.

        Robertson and Zaragoza (2009), equation 3.3, with the one added that keeps it positive.
        """
        idf = np.log1p((self.articles - found + 0.5) / (found + 0.5))
        return np.where(found > 0, idf, 0.0)

    def rarities(self, terms: NDArray[np.int64], anywhere: bool = False) -> NDArray[np.float64]:
        """The idf of each term over the bodies (or titles, where more have it); 0 if unknown.

        ``anywhere``: over the field where most articles have it.
        """
        found = self.found(terms)
        if anywhere:
            return self._idf(found.max(axis=1))
        return self._idf(np.maximum(found[:, BODY], found[:, _TITLE]))

    def ceiling(self, query: TermQuery) -> float:
        """A score that no article can exceed."""
        return float(self._worth(query).sum()) * (K1 + 1)

    def _worth(self, query: TermQuery) -> NDArray[np.float64]:
        """What each term is worth in each field: its weight times the field's times the idf there.

        ``(len(query), fields)``; that of the last query is remembered.
        """
        if self._weighed is None or self._weighed[0] is not query:
            idf = self._idf(self.found(query.terms))
            self._weighed = query, query.weights[:, None] * _WEIGHTS * idf
        return self._weighed[1]

    def places(self, query: TermQuery, rows: RowTerms) -> Places:
        """Where the terms of a query stand in some rows."""
        hit, term = self.sought(query.terms, rows.entries)
        row, entry = rows.ends.searchsorted(hit, side="right"), rows.entries[hit]
        return Places(rows, row, term, entry, self._worth(query)[term, fields_of(entry)])

    def scores(self, found: Places) -> NDArray[np.float32]:
        """The BM25 score of each row, ``(n,)``, summed over the fields.

        For each term of a field ``weight * field weight * idf * tf (k1 + 1) / (tf + K)`` with
        ``K = k1 (1 - b + b * length / mean length)``.
        """
        tf = (found.entry & MOST_COUNTED).astype(np.float64)
        norms = self._norms(found.rows.lengths)
        norm = norms[found.row, fields_of(found.entry)]
        parts = found.worth * tf * (K1 + 1) / (tf + norm)
        return np.bincount(found.row, parts, len(norms)).astype(np.float32)

    def mean_length(self, which: int | slice) -> float:
        """How many words a field, or some together, has in an article on average."""
        return max(float(self.totals[which].sum()) / max(1, self.articles), 1e-9)

    def sought(
        self, terms: NDArray[np.int64], entries: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of the entries that have one of the terms, and which of them each has."""
        known = np.flatnonzero(terms < len(self._slots))
        found = []
        for start in range(0, max(1, len(known)), _SOUGHT):
            part = known[start : start + _SOUGHT]
            hit, place = self._sought_at_once(terms[part], entries)
            found.append((hit, part[place]))
        if len(found) == 1:  # as a rule
            return found[0]
        hit, place = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return hit, place

    def _sought_at_once(
        self, terms: NDArray[np.int64], entries: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        self._slots[terms] = np.arange(1, len(terms) + 1)
        # Every term has its place: nothing is clipped, but to check it takes as long again.
        slots = self._slots.take(terms_of(entries), mode="clip")
        self._slots[terms] = 0
        hit = np.flatnonzero(slots > 0)  # of truth values: five times as fast
        return hit, slots[hit].astype(np.int64) - 1

    def standing(
        self, terms: NDArray[np.int64], fields: Sequence[str], rows: RowTerms
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the terms stand in some fields of some rows: the row and the term's place, each."""
        hit, place = self.sought(terms, rows.entries)
        counts = np.isin(TEXT_FIELDS, fields)[fields_of(rows.entries[hit])]
        hit, place = hit[counts], place[counts]
        return rows.ends.searchsorted(hit, side="right"), place

    def _norms(self, lengths: NDArray[np.uint32]) -> NDArray[np.float64]:
        mean = np.maximum(self.totals / max(1, self.articles), 1e-9)
        norms: NDArray[np.float64] = K1 * (1 - B + B * lengths / mean)
        return norms
