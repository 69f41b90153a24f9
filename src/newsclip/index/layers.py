"""A snapshot and what has changed since, as one index at one revision of the store."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.bm25 import Statistics
from newsclip.index.clusters import Clusters
from newsclip.index.columns import Rows
from newsclip.index.completions import Completions
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.held import HeldTerms
from newsclip.index.segment import Delta, Segment
from newsclip.index.snapshot import Snapshot
from newsclip.index.store import Store
from newsclip.index.strings import Strings
from newsclip.index.vocabulary import Vocabulary
from newsclip.index.wordlist import WordList

_BATCH = 1_000  # rows held in memory at a time while catching up


class Layers:
    """The newest snapshot (or none) and the delta above it; follows the store by :meth:`follow`.

    Keys of the snapshot are lower than those of the delta, since a changed article gets a new
    one: an article lies in the layer of its present version, and its old one is removed.
    """

    def __init__(self, analyzer: Analyzer, encoder: KnownEncoder, base: Snapshot | None) -> None:
        self.encoder = encoder
        self.snapshot = base
        self.revision = base.revision if base else 0
        self.terms = base.strings("terms") if base else Strings()
        self.names = base.strings("names") if base else Strings()
        self.statistics = base.statistics() if base else Statistics.empty()
        self._embedding_total = base.embedding_total() if base else np.zeros(encoder.dimension)
        self.delta = Delta(encoder.dimension, analyzer, self.terms, self.names)
        self.vocabulary = Vocabulary(analyzer.terms)
        self.words = base.word_list("words") if base else WordList.empty()
        self.completions = Completions(
            self.names,
            analyzer,
            base.word_list("completions") if base else WordList.empty(),
            base.derived("completions.counts") if base else np.zeros(0, np.int32),
        )
        self.held = HeldTerms.none()
        self._segments: tuple[Segment, ...] = (self.delta,)
        self.clusters = Clusters(self.terms, self.delta)
        if base:
            segment = base.segment(analyzer, self.names)
            self._segments = (segment, self.delta)
            self.clusters = Clusters(self.terms, self.delta, segment, base.alike())
            self.vocabulary.count(base.tag_counts(self.names))

    def __len__(self) -> int:
        return self.statistics.articles

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments, without a delta above a snapshot that is still empty: it knows nothing."""
        return self._segments if len(self.delta.columns) else self._segments[:1]

    def mean_embedding(self) -> NDArray[np.float64]:
        """The mean of all embeddings, ``(dimension,)``; zeros for an empty archive."""
        mean: NDArray[np.float64] = self._embedding_total / max(1, len(self))
        return mean

    def follow(self, store: Store, revision: int) -> None:
        """Takes over what has changed up to ``revision``, the one that the store is read at.

        Raises StoreError or MemoryError; these layers are then to be thrown away.
        """
        added, removed = store.keys_since(self.revision)
        if removed:
            self._forget(np.array(removed, np.int64))
        for keys in _batches(added):
            self._learn(store, keys)
        if added:
            self.delta.commit()
        self.clusters.follow(removed)
        self.revision = revision

    def _forget(self, keys: NDArray[np.int64]) -> None:
        for segment in self.segments:
            self._count(segment, segment.catalog.alive(segment.columns.rows_of(keys)), -1)

    def _learn(self, store: Store, keys: Sequence[int]) -> None:
        embeddings = store.embeddings.of(self.encoder.number, keys)
        articles = store.articles(keys)
        rows = self.delta.add(
            {key: articles[key] for key in keys}, np.stack([embeddings[key] for key in keys])
        )
        self._count(self.delta, rows, 1)

    def _count(self, segment: Segment, rows: Rows, sign: int) -> None:
        """Counts rows of a segment in (1) or out (-1)."""
        if not len(rows):
            return
        block = segment.columns.take(rows)
        self._embedding_total += sign * block.wide["embedding"].sum(axis=0, dtype=np.float64)
        tags = _tags(self.names, block.values["tag.written"])
        if sign > 0:
            self.statistics.add(block)
            self.vocabulary.add(tags)
        else:
            self.statistics.remove(block)
            self.vocabulary.remove(tags)
            segment.catalog.remove(rows)


def _tags(names: Strings, written: Iterable[int]) -> list[str]:
    return [name.split("=", 1)[1] for name in names.texts(int(number) for number in written)]


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
