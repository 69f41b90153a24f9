"""Which articles are copies of each other: the same text under another headline, or an update.

Two articles are linked if their bodies are alike (index/alike.py) and what they share is not a
template's (index/templates.py). A cluster are an article's copies, and the copies of those: further
links would lead a live blog that is taken up day by day from one end of the year to the other. Only
articles that exist now count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsclip.index.alike import Postings, alike, in_window, resembling
from newsclip.index.columns import Array, Rows, runs, spans
from newsclip.index.occurrences import Occurrences
from newsclip.index.segment import Segment
from newsclip.index.sketch import EMPTY, WIDTH, Sketcher, Sketches, is_telling
from newsclip.index.strings import Strings
from newsclip.index.telling_words import Kinds, Words, confirmed
from newsclip.index.templates import MOST_LOOKED_AT, Holders, copies_among, share_their_own


class StoredAlike:
    """What a snapshot keeps of its rows: the postings of their sketches, and which are alike.

    It also keeps which of those are copies. Where articles that share a number with one of the two
    came or went since, that is in doubt.
    """

    def __init__(self, postings: Postings, ends: Array, rows: Array, copies: Array) -> None:
        self.postings = postings
        self._ends = ends
        self._rows = rows
        self._copies = copies
        self._doubtful = np.zeros(len(ends), np.bool_)
        self._any = np.zeros(len(ends), np.bool_)
        self._any[np.searchsorted(ends, np.flatnonzero(copies), side="right")] = True

    def any(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether each row may have a copy."""
        return self._any[rows]

    def doubt(self, sketches: Sketches) -> None:
        """Takes note of articles that came or went, by their sketches."""
        values = np.unique(sketches[sketches != EMPTY])
        starts, stops = self.postings.spans(values)
        # Of more holders, one more or less makes no difference to what a template is.
        lengths = np.where(stops - starts > MOST_LOOKED_AT, 0, stops - starts)
        rows = self.postings.rows[runs(starts, lengths)[0]].astype(np.int64)
        others, owner, _ = self._partners(rows)
        for doubtful in (rows[owner], others):
            self._doubtful[doubtful] = self._any[doubtful] = True

    def of(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The pairs of rows, ``(n, 2)``: each of some rows with its copies, and with its doubts."""
        others, owner, copies = self._partners(rows)
        pairs = np.stack((rows[owner], others), axis=1)
        doubtful = self._doubtful[pairs[:, 0]]
        return pairs[copies & ~doubtful], pairs[doubtful]

    def _partners(self, rows: Rows) -> tuple[Rows, Rows, NDArray[np.bool_]]:
        """The rows that some are alike to, for each the place in ``rows``, and if it is a copy."""
        starts, stops = spans(self._ends, rows)
        places, owner = runs(starts, stops - starts)
        return self._rows[places].astype(np.int64), owner, self._copies[places]


class Clusters:
    """The copies among the articles of a snapshot (or none) and of the delta above it."""

    def __init__(
        self,
        terms: Strings,
        delta: Segment,
        base: Segment | None = None,
        stored: StoredAlike | None = None,
    ) -> None:
        self._kinds = Kinds(terms)
        self._terms = terms
        self._sketcher = Sketcher()
        self._delta = delta
        self._base = base
        self._stored = stored
        self._postings = Postings.of(delta.columns["sketch"])
        self._seen = 0  # rows of the delta
        self._alike: dict[int, set[int]] = {}  # by key, where the delta is on either side
        self._linked: dict[int, set[int]] = {}  # what has been worked out

    # Changes

    def follow(self, removed: Sequence[int]) -> None:
        """Takes in the rows that the delta has grown by, and forgets the keys that are gone."""
        columns, catalog = self._delta.columns, self._delta.catalog
        self._linked.clear()
        self._postings = self._postings.of_rows(catalog.alive_mask())
        if self._stored and removed:
            self._stored.doubt(self._sketches(np.array(removed, np.int64)))
        if self._seen == len(columns):
            return
        rows = catalog.alive(np.arange(self._seen, len(columns)))
        sketches = columns["sketch"][rows]
        self._postings = self._postings.grown(sketches, rows)
        self._seen = len(columns)
        if self._stored:
            self._stored.doubt(sketches)
        for segment, postings in self._layers():
            mine, others = alike(columns, rows, segment.columns, postings, self._kinds)
            keys, other_keys = columns["key"][mine], segment.columns["key"][others]
            for key, other in zip(keys.tolist(), other_keys.tolist(), strict=True):
                self._alike.setdefault(key, set()).add(other)
                self._alike.setdefault(other, set()).add(key)

    def _layers(self) -> list[tuple[Segment, Postings]]:
        """Each layer with its postings, but for an empty delta above a snapshot."""
        base = [(self._base, self._stored.postings)] if self._base and self._stored else []
        return [(self._delta, self._postings), *base] if self._seen or not base else base

    def _holders(self) -> Holders:
        return [(postings, segment.catalog.alive_mask()) for segment, postings in self._layers()]

    # Questions

    def copies_of(self, keys: NDArray[np.int64]) -> dict[int, tuple[int, ...]]:
        """For each key that has any, all others of its cluster, ascending."""
        alike = keys[self._any_alike(keys)].tolist()
        if not alike:  # as a rule
            return {}
        self._link(alike)
        self._link({copy for key in alike for copy in self._linked[key]})
        return {key: found for key in alike if (found := self._cluster(self._linked[key], key))}

    def _any_alike(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        some = np.zeros(len(keys), np.bool_)
        if self._alike:
            some[:] = [key in self._alike for key in keys.tolist()]
        if self._base and self._stored:
            rows, here = self._base.columns.located(keys)
            some[here] |= self._stored.any(rows[here])
        return some

    def _cluster(self, copies: Iterable[int], own: int | None = None) -> tuple[int, ...]:
        """Some copies and theirs, whose links are known; ascending."""
        found = set(copies).union(*(self._linked[copy] for copy in copies))
        return tuple(sorted(found - {own}))

    def _link(self, keys: Iterable[int]) -> None:
        """Tells which articles are copies of each key's without others between them.

        Of all keys in one go: one by one, a list with large clusters waited two milliseconds.
        """
        new = {key: set[int]() for key in keys if key not in self._linked}
        if not new:
            return
        known, doubtful = self._alike_to([*new])
        copies = copies_among(doubtful, self._sketches, self._holders())
        for key, other in known.tolist() + doubtful[copies].tolist():
            new[key].add(other)
        self._linked |= new

    def _alike_to(self, keys: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Each key with those that are known for its copies, and with those that may be.

        Both ``(n, 2)``, of articles that exist: where one has gone, the pair is in doubt.
        """
        pairs = [(key, other) for key in keys for other in self._alike.get(key, ())]
        doubtful = np.array(pairs, np.int64).reshape(-1, 2)
        known = doubtful[:0]
        if self._base and self._stored:
            key_of, rows_of = self._base.columns["key"], self._base.columns.rows_of
            known, stored = (key_of[rows] for rows in self._stored.of(rows_of(np.array(keys))))
            doubtful = np.concatenate((doubtful, stored))
        return known, doubtful[self._exist(doubtful[:, 1])]

    def _exist(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        exist = np.zeros(len(keys), np.bool_)
        for segment, _ in self._layers():
            rows, here = segment.columns.located(keys)
            exist[here] = segment.catalog.alive_mask()[rows[here]]
        return exist

    def _sketches(self, keys: NDArray[np.int64]) -> Sketches:
        found = np.full((len(keys), WIDTH), EMPTY)
        for segment, _ in self._layers():
            rows, here = segment.columns.located(keys)
            found[here] = segment.columns["sketch"][rows[here]]
        return found

    def copies_of_text(self, terms: Sequence[str], published_at: int) -> tuple[int, ...]:
        """The copies of a body, given by its terms in order, and the copies of those.

        ``published_at`` is in seconds since 1970, NEVER for unknown.
        """
        occurrences = Occurrences.of([[(), (), terms, ()]])
        sketch = self._sketcher.sketches(occurrences.terms, *occurrences.bodies(), 1)
        found = [
            self._alike_to_text(occurrences, sketch, published_at, segment, postings)
            for segment, postings in self._layers()
        ]
        keys = np.sort(np.concatenate(found))
        if not len(keys):
            return ()
        own = np.repeat(sketch, len(keys), axis=0)
        told = share_their_own(own, self._sketches(keys), self._holders(), also=1)
        links = keys[told].tolist()
        self._link(links)
        return self._cluster(links)

    def _alike_to_text(
        self,
        text: Occurrences,
        sketch: Sketches,
        published_at: int,
        segment: Segment,
        postings: Postings,
    ) -> NDArray[np.int64]:
        columns = segment.columns
        rows = segment.catalog.alive(postings.candidates(sketch)[1])
        moment = np.full(len(rows), published_at, np.int64)
        rows = rows[in_window(moment, columns["published_at"][rows])]
        rows = rows[resembling(np.repeat(sketch, len(rows), axis=0), columns["sketch"][rows])]
        own = self._words(text, len(rows))
        right = confirmed(own, Words.of(columns, rows, self._kinds))
        keys: NDArray[np.int64] = columns["key"][rows[right]].astype(np.int64)
        return keys

    def _words(self, text: Occurrences, times: int) -> Words:
        """The words of a body that may have some that the archive does not know, repeated."""
        entries = text.counted(self._terms.numbers).entries
        body = np.repeat(np.arange(times), len(entries))
        known = Words.of_entries(np.tile(entries, times), body, times, self._kinds)
        telling = np.array([is_telling(term) for term in text.terms], np.bool_)
        figures = sum(term[0] in "0123456789" for term in text.terms)
        return replace(
            known,
            sizes=np.full(times, float(np.count_nonzero(telling[text.places]))),
            figures=np.full(times, float(figures)),
        )
