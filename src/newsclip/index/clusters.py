"""Which articles are copies of each other: the same text under another headline, or an update.

Two articles are linked if their bodies are alike (index/alike.py) and what they share is not a
template, which the other articles of the archive tell. A cluster are an article's copies, and the
copies of those: further links would lead a live blog that is taken up day by day from one end of
the year to the other. Only articles that exist now count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsclip.index.alike import LEAST_SHARED, Postings, alike, in_window, resembling
from newsclip.index.columns import Array, Rows, runs, spans
from newsclip.index.occurrences import Occurrences
from newsclip.index.segment import Segment
from newsclip.index.sketch import WIDTH, Sketcher, Sketches, in_common, is_telling, shared
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
_PAIRS_AT_A_TIME = 2_000


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

    def of(self, rows: Rows) -> tuple[Rows, Rows]:
        """The rows that some rows are alike to, and for each the place in ``rows``."""
        starts, stops = spans(self._ends, rows)
        places, owner = runs(starts, stops - starts)
        return self._rows[places].astype(np.int64), owner


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
        """Each layer with its postings, but for an empty delta above a snapshot."""
        base = [(self._base, self._stored.postings)] if self._base and self._stored else []
        return [(self._delta, self._postings), *base] if self._seen or not base else base

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
        pairs = self._alike_to([*new])
        told = np.array([other in self._linked for other in pairs[:, 1].tolist()], np.bool_)
        # What was told of one is so of the other.
        found = [(key, other) for key, other in pairs[told].tolist() if key in self._linked[other]]
        for key, other in found + self._copies(pairs[~told]):
            new[key].add(other)
        self._linked |= new

    def _copies(self, pairs: NDArray[np.int64]) -> list[tuple[int, int]]:
        """Those of the pairs of keys, ``(n, 2)``, that are copies of each other."""
        found: list[tuple[int, int]] = []
        for start in range(0, len(pairs), _PAIRS_AT_A_TIME):
            part = pairs[start : start + _PAIRS_AT_A_TIME]
            one, other = (self._sketches(keys) for keys in part.T)
            found += map(tuple, part[self._tell(one, other)].tolist())
        return found

    def _alike_to(self, keys: Sequence[int]) -> NDArray[np.int64]:
        """Each key with each that it is alike to, of articles that exist, ``(n, 2)``."""
        pairs = [(key, other) for key in keys for other in self._alike.get(key, ())]
        found = [np.array(pairs, np.int64).reshape(-1, 2)]
        if self._base and self._stored:
            key_of = self._base.columns["key"]
            rows = self._base.columns.rows_of(np.array(keys, np.int64))
            others, owner = self._stored.of(rows)
            found.append(key_of[np.stack((rows[owner], others), axis=1)])
        every = np.concatenate(found)
        return every[self._exist(every[:, 1])]

    def _exist(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        exist = np.zeros(len(keys), np.bool_)
        for segment, _ in self._layers():
            rows, here = segment.columns.located(keys)
            exist[here] = segment.catalog.alive_mask()[rows[here]]
        return exist

    def _sketches(self, keys: NDArray[np.int64]) -> Sketches:
        found = np.empty((len(keys), WIDTH), np.uint32)
        for segment, _ in self._layers():
            rows, here = segment.columns.located(keys)
            found[here] = segment.columns["sketch"][rows[here]]
        return found

    def _tell(self, own: Sketches, others: Sketches, also: int = 0) -> NDArray[np.bool_]:
        """Whether what the sketches of each pair share is their own, whichever stands first."""
        twice, altogether = shared(own, others)
        telling = twice >= SAME * altogether
        if not telling.all():
            left = np.flatnonzero(~telling)
            telling[left] = self._is_own(own[left], others[left], twice[left], also)
        return telling

    def _is_own(self, own: Sketches, others: Sketches, twice: Rows, also: int) -> NDArray[np.bool_]:
        """The same of pairs with ``twice`` numbers in common that are not all but equal."""
        # What the two do not share is counted only where that decides: it is most, and to look a
        # number up in the postings of a million articles takes two microseconds.
        templates = self._templates(in_common(own, others), own, also)
        twice_own, at_most = shared(own, others, templates)
        is_own = (twice_own >= LEAST_SHARED) & (twice_own >= LEAST_OWN_SHARE * twice)
        doubtful = np.flatnonzero(is_own & (twice_own < LEAST_OWN_RESEMBLANCE * at_most))
        if len(doubtful):
            own, others = own[doubtful], others[doubtful]
            templates = self._templates(np.unique(np.concatenate((own, others))), own, also)
            twice_own, altogether_own = shared(own, others, templates)
            is_own[doubtful] = twice_own >= LEAST_OWN_RESEMBLANCE * altogether_own
        return is_own

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
        own = np.repeat(sketch, len(keys), axis=0)
        links = keys[self._tell(own, self._sketches(keys), also=1)].tolist()
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
