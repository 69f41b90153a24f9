"""How the words of a search stand in articles: where, how often, how much of the title they are."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import K1, B, Statistics, TermQuery
from newsclip.index.columns import IN_LEAD, MOST_COUNTED, TEXT_FIELDS, RowTerms, in_field, terms_of

_TITLE = TEXT_FIELDS.index("title")


@dataclass(frozen=True)
class Matches:
    """How a query's words stand in some articles; all ``(n,)``, 0 to 1, words by their idf.

    ``text`` is BM25's share in the most that the words could give, with all fields as one text, so
    that a word which stands in the title and in the body is one word; ``title`` the same of titles.
    ``lead`` is the share of the words that stand in the lead of the body, ``present`` of those that
    stand anywhere, and ``covered`` the share of the title that the words are.
    """

    text: NDArray[np.float64]
    title: NDArray[np.float64]
    lead: NDArray[np.float64]
    covered: NDArray[np.float64]
    present: NDArray[np.float64]

    @classmethod
    def none(cls, count: int) -> Self:
        """Of articles in which no word stands."""
        return cls(*(np.zeros(count) for _ in fields(cls)))

    def put(self, places: NDArray[np.int64], part: "Matches") -> None:
        """Fills in some of the articles."""
        for column in fields(self):
            getattr(self, column.name)[places] = getattr(part, column.name)


def matches_in(statistics: Statistics, query: TermQuery, rows: RowTerms) -> Matches:
    """How the words of a query stand in each row; their weights play no part."""
    idf = statistics.rarities(query.terms, anywhere=True)
    entries, ends = rows.entries, rows.ends
    if not idf.any() or not len(ends):
        return Matches.none(len(ends))
    hit, term = statistics.sought(query.terms, entries)
    entry = entries[hit]
    cell = ends.searchsorted(hit, side="right") * len(idf) + term
    in_title = in_field(entry, "title")
    tf = (entry & MOST_COUNTED).astype(np.float64)
    table = _Table(len(ends), len(idf))
    everywhere, title = table.sums(cell, tf), table.sums(cell[in_title], tf[in_title])
    lead = table.sums(cell[entry & IN_LEAD > 0])
    lengths, share = rows.lengths.astype(np.float64), idf / idf.sum()
    return Matches(
        _saturated(everywhere, lengths.sum(axis=1), statistics.mean_length(slice(None))) @ share,
        _saturated(title, lengths[:, _TITLE], statistics.mean_length(_TITLE)) @ share,
        (lead > 0) @ share,
        ((title > 0) @ idf) / np.maximum(_title_worth(statistics, entries, ends), 1e-9),
        (everywhere > 0) @ share,
    )


def _title_worth(
    statistics: Statistics, entries: NDArray[np.uint32], ends: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The summed idf of the words of each row's title, ``(len(ends),)``."""
    titles = np.flatnonzero(in_field(entries, "title"))
    idf = statistics.rarities(terms_of(entries[titles]), anywhere=True)
    row = ends.searchsorted(titles, side="right")
    worth: NDArray[np.float64] = np.bincount(row, idf, len(ends)).astype(np.float64)
    return worth


@dataclass(frozen=True)
class _Table:
    """A cell for each row and each term, numbered row by row."""

    rows: int
    terms: int

    def sums(
        self, cells: NDArray[np.int64], values: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """The sum of the values in each cell, or their number, ``(rows, terms)``."""
        sums: NDArray[np.float64] = np.bincount(cells, values, self.rows * self.terms).astype(float)
        return sums.reshape(self.rows, self.terms)


def _saturated(
    counts: NDArray[np.float64], lengths: NDArray[np.float64], mean: float
) -> NDArray[np.float64]:
    """BM25's ``tf / (tf + K)``, 0 to 1, ``(rows, terms)`` as the counts."""
    norm = K1 * (1 - B + B * lengths / mean)
    saturated: NDArray[np.float64] = counts / (counts + norm[:, None])
    return saturated
