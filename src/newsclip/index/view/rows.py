"""What an archive is at one moment, and which of its rows may be an answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.bm25 import Places, TermQuery
from newsclip.index.chunks import Word
from newsclip.index.columns import RowTerms
from newsclip.index.filters import Filter
from newsclip.index.layers import Layers
from newsclip.index.recipe import ArticleEncoder
from newsclip.index.segment import Segment
from newsclip.index.store import Store
from newsclip.index.view.scored import Keys, Scored

_NONE = np.empty(0, np.int64)
Place = tuple[Segment, Keys, Keys]  # of keys that lie in a layer: their places, their rows


class RowView:
    """The archive at one moment. Valid only inside the ``with`` block that gave it.

    A *key* is the number of one version of an article; it is meaningless outside the view, as is
    the number of a term.
    """

    def __init__(
        self,
        store: Store,
        layers: Layers,
        encoder: ArticleEncoder,
        analyzer: Analyzer,
        now: datetime,
    ) -> None:
        self._store = store
        self._layers = layers
        self._encoder = encoder
        self._analyzer = analyzer
        self.now = now
        self._filter: Filter | None = None  # the last one asked for, and its masks
        self._masks: list[NDArray[np.bool_]] = []
        self._located: tuple[Keys, Sequence[Place]] = (_NONE, [])
        self._near: tuple[NDArray[np.float32] | None, Scored] = None, Scored.none()
        self._copies: dict[int, tuple[int, ...]] = {}
        self._query_words: dict[tuple[str, frozenset[str]], Sequence[Word]] = {}
        self._found: tuple[TermQuery | None, Keys, Sequence[tuple[Keys, Places]]] = None, _NONE, []
        self._read: tuple[Keys, Sequence[tuple[Keys, RowTerms]]] = (_NONE, [])

    def __len__(self) -> int:
        """How many articles the archive holds, visible or not."""
        return len(self._layers)

    def every(self, where: Filter) -> Keys:
        """The keys of all articles that pass, ascending."""
        found = [segment.columns["key"][allowed] for segment, allowed in self._allowed(where)]
        return np.sort(np.concatenate(found).astype(np.int64))

    @property
    def encoder_identity(self) -> str:
        """Which encoder the embeddings are by: its id and the recipe of the text."""
        return self._layers.encoder.identity

    def prepare(self, where: Filter) -> None:
        """Works out who passes a filter, once for all questions; two threads may then ask with it.

        Any other question belongs to the thread that has the view.
        """
        if where != self._filter:
            keys = where.exclude_keys.union(self._store.keys_of([*where.exclude_ids]).values())
            excluded = np.array([*keys], np.int64)
            segments = self._layers.segments
            self._masks = [segment.allowed(where, self.now, excluded) for segment in segments]
            self._filter = where

    def passing(self, keys: Keys, where: Filter) -> NDArray[np.bool_]:
        """Which of the keys readers may see and the filter lets through, ``(n,)``."""
        passing = np.zeros(len(keys), np.bool_)
        self.prepare(where)
        masks = dict(zip(map(id, self._layers.segments), self._masks, strict=True))
        for segment, places, rows in self._rows(keys):
            passing[places] = masks[id(segment)][rows]
        return passing

    def count(self, where: Filter) -> int:
        """How many articles pass."""
        return sum(s.catalog.passing(allowed) for s, allowed in self._allowed(where))

    def _allowed(self, where: Filter) -> list[tuple[Segment, NDArray[np.bool_]]]:
        """Each layer, with which of its rows may be an answer."""
        self.prepare(where)
        return list(zip(self._layers.segments, self._masks, strict=True))

    def _rows(self, keys: Keys) -> Sequence[Place]:
        """For each layer the places in ``keys`` that lie in it, and their rows."""
        if keys is not self._located[0]:  # a question asks much of the same candidates
            self._located = keys, [*self._locate(keys)]
        return self._located[1]

    def _terms(self, keys: Keys) -> Sequence[tuple[Keys, RowTerms]]:
        """For each layer the places in ``keys`` that lie in it, and the terms of their rows."""
        if keys is not self._read[0]:
            rows = self._rows(keys)
            self._read = keys, [(places, s.columns.terms(own)) for s, places, own in rows]
        return self._read[1]

    def _locate(self, keys: Keys) -> Iterator[Place]:
        for segment in self._layers.segments:
            places, here = segment.columns.located(keys)
            if here.any():
                yield segment, np.flatnonzero(here), places[here]

    def _place(self, key: int) -> tuple[Segment, int]:
        for segment in self._layers.segments:
            if (row := segment.columns.row_of(key)) is not None:
                return segment, row
        raise KeyError(key)
