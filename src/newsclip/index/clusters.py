"""Which articles are copies of each other: the same text under another headline, or an update.

Two articles are linked if their bodies are alike (index/alike.py) and what they share is not a
template, which the other articles of the archive tell. A cluster are an article's copies, and the
copies of those: further links would lead a live blog that is taken up day by day from one end of
the year to the other. Only articles that exist now count.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsclip.index.alike import LEAST_SHARED, Postings, alike, in_window, resembling
from newsclip.index.columns import Array, Rows, runs, span
from newsclip.index.occurrences import Occurrences
from newsclip.index.segment import Segment
from newsclip.index.sketch import WIDTH, Sketcher, Sketches, is_telling, shared
from newsclip.index.strings import Strings
from newsclip.index.telling_words import Kinds, Words, confirmed

MOST_TELLING = 6
"""A number that more articles' sketches hold tells of a template: captions of a gallery, the lines
at a page's foot."""

LEAST_OWN_RESEMBLANCE = 0.08
"""The Jaccard similarity without the templates' numbers."""

LEAST_OWN_SHARE = 0.5
"""The share of the numbers in common that are no template's."""

SAME = 0.9
"""From this Jaccard similarity on two bodies are copies, however many others are like them."""

_COUNTED = 4_096  # holders of one number that are looked at


class StoredAlike:
    """What a snapshot keeps of its rows: the postings of their sketches, and which are alike."""

    def __init__(self, postings: Postings, ends: Array, rows: Array) -> None:
        self.postings = postings
        self._ends = ends
        self._rows = rows
        self._any: NDArray[np.bool_] = np.diff(ends, prepend=0) > 0

    def any(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether each row is alike to another."""
        return self._any[rows]

    def of(self, row: int) -> Rows:
        """The rows that a row is alike to."""
        return self._rows[span(self._ends, row)].astype(np.int64)


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
        self._linked: dict[int, tuple[int, ...]] = {}  # what has been worked out

    # Changes

    def extend(self) -> None:
        """Takes in the rows that the delta has grown by, and forgets those that are gone."""
        columns, catalog = self._delta.columns, self._delta.catalog
        self._linked.clear()
        self._postings = self._postings.of_rows(catalog.alive_mask())
        if self._seen == len(columns):
            return
        rows = catalog.alive(np.arange(self._seen, len(columns)))
        self._postings = self._postings.grown(columns["sketch"][rows], rows)
        self._seen = len(columns)
        for segment, postings in self._layers():
            mine, others = alike(columns, rows, segment.columns, postings, self._kinds)
            keys, other_keys = columns["key"][mine], segment.columns["key"][others]
            for key, other in zip(keys.tolist(), other_keys.tolist(), strict=True):
                self._alike.setdefault(key, set()).add(other)
                self._alike.setdefault(other, set()).add(key)

    def _layers(self) -> list[tuple[Segment, Postings]]:
        layers = [(self._delta, self._postings)]
        if self._base and self._stored:
            layers.append((self._base, self._stored.postings))
        return layers

    # Questions

    def copies_of(self, keys: NDArray[np.int64]) -> dict[int, tuple[int, ...]]:
        """For each key that has any, all others of its cluster, ascending."""
        alike = keys[self._any_alike(keys)].tolist()
        return {key: cluster for key in alike if (cluster := self._cluster(key))}

    def _any_alike(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        some = np.zeros(len(keys), np.bool_)
        if self._alike:
            some[:] = [key in self._alike for key in keys.tolist()]
        if self._base and self._stored:
            rows, here = self._base.columns.located(keys)
            some[here] |= self._stored.any(rows[here])
        return some

    def _cluster(self, key: int) -> tuple[int, ...]:
        return self._and_theirs(self._links(key), key)

    def _and_theirs(self, copies: Sequence[int], own: int | None = None) -> tuple[int, ...]:
        found = set(copies)
        for copy in copies:
            found.update(self._links(copy))
        return tuple(sorted(found - {own}))

    def _links(self, key: int) -> tuple[int, ...]:
        """The articles that are copies of a key's without others between them."""
        links = self._linked.get(key)
        if links is None:
            others = self._alike_to(key)
            told = np.array([other in self._linked for other in others.tolist()], np.bool_)
            # What was told of one is so of the other.
            found = [other for other in others[told].tolist() if key in self._linked[other]]
            if not told.all():
                own, asked = self._sketches(np.array([key], np.int64)), others[~told]
                found += asked[self._tell(own, self._sketches(asked))].tolist()
            links = self._linked[key] = tuple(found)
        return links

    def _alike_to(self, key: int) -> NDArray[np.int64]:
        """The keys that a key is alike to, of articles that exist, ascending."""
        found = set(self._alike.get(key, ()))
        if self._base and self._stored:
            for row in self._base.columns.rows_of(np.array([key], np.int64)).tolist():
                found.update(self._base.columns["key"][self._stored.of(row)].tolist())
        keys = np.array(sorted(found), np.int64)
        alive = [
            segment.columns["key"][segment.catalog.alive(segment.columns.rows_of(keys))]
            for segment, _ in self._layers()
        ]
        return np.sort(np.concatenate(alive))

    def _sketches(self, keys: NDArray[np.int64]) -> Sketches:
        found = np.empty((len(keys), WIDTH), np.uint32)
        for segment, _ in self._layers():
            here = np.flatnonzero(segment.columns.holds(keys))
            found[here] = segment.columns["sketch"][segment.columns.rows_of(keys[here])]
        return found

    def _tell(self, own: Sketches, others: Sketches, also: int = 0) -> NDArray[np.bool_]:
        """Whether what each of the others shares with a sketch, ``(1, WIDTH)``, is their own."""
        templates = self._templates(np.unique(np.concatenate((own, others))), own, also)
        own = np.repeat(own, len(others), axis=0)
        twice, altogether = shared(own, others)
        twice_own, altogether_own = twice, altogether
        if len(templates):
            twice_own, altogether_own = shared(own, others, templates)
        telling = (
            (twice_own >= LEAST_SHARED)
            & (twice_own >= LEAST_OWN_RESEMBLANCE * altogether_own)
            & (twice_own >= LEAST_OWN_SHARE * twice)
        )
        return telling | (twice >= SAME * altogether)

    def _templates(
        self, values: NDArray[np.uint32], own: Sketches, also: int
    ) -> NDArray[np.uint32]:
        """Those of the values that too many articles hold; ``also`` more hold the ``own``."""
        more = also * np.isin(values, own) if also else np.zeros(len(values), np.int64)
        layers = [
            (segment, postings, *postings.spans(values)) for segment, postings in self._layers()
        ]
        holders = more + sum(ends - starts for *_, starts, ends in layers)
        suspects = np.flatnonzero(holders > MOST_TELLING)
        alive = more[suspects]
        for segment, postings, starts, ends in layers:
            lengths = np.minimum(ends - starts, _COUNTED)[suspects]
            places, suspect = runs(starts[suspects], lengths)
            exists = segment.catalog.alive_mask()[postings.rows[places]]
            alive += np.bincount(suspect[exists], minlength=len(suspects))
        return values[suspects[alive > MOST_TELLING]]

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
        links = keys[self._tell(sketch, self._sketches(keys), also=1)]
        return self._and_theirs(links.tolist())

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
