"""What a query sees: both indexes at the store's newest revision, as one consistent view."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import ArticleNotFound, StoreMissing
from newsclip.index.article import Article
from newsclip.index.catalog import Catalog
from newsclip.index.encoder import Encoder
from newsclip.index.filters import Filter, seconds
from newsclip.index.lexicon import Lexicon, Word
from newsclip.index.loaded_encoders import LoadedEncoders
from newsclip.index.store import Store
from newsclip.index.vectors import ExactVectorIndex, VectorIndex
from newsclip.index.vocabulary import Vocabulary

_BATCH = 1_000  # rows held in memory at a time while catching up


@dataclass(frozen=True)
class Scored:
    """Keys with their scores, best first; both arrays of shape ``(n,)``."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """No keys at all."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float32))

    def above(self, min_score: float) -> Self:
        """Those that score more than 0 and at least ``min_score``."""
        kept = (self.scores > 0) & (self.scores >= min_score)
        return type(self)(self.keys[kept], self.scores[kept])

    def first(self, count: int, offset: int = 0) -> Self:
        """``count`` of them, those before ``offset`` left out."""
        part = slice(offset, offset + count)
        return type(self)(self.keys[part], self.scores[part])


class LiveView:
    """Follows one store. Threads take turns: each gets a :class:`View` for one request.

    The indexes are built in memory from the store and follow its change log, so that every
    process that opens the store sees each change at its next request.
    """

    def __init__(self, store: Store, encoders: LoadedEncoders) -> None:
        self.store = store
        self._encoders = encoders
        self._lock = threading.Lock()
        self._start_over()

    def _start_over(self) -> None:
        self._revision = 0
        self._encoder_number = 0
        self.catalog = Catalog()
        self.lexicon = Lexicon()
        self.vocabulary = Vocabulary(self.lexicon.terms)

    @contextmanager
    def reading(self, now: datetime | None = None) -> Iterator["View"]:
        """The archive as it is at this moment; ``now`` decides what readers may see."""
        with self._lock, self.store.reading():
            self._catch_up()
            yield View(self, now or datetime.now(UTC))

    def mean_embedding(self) -> NDArray[np.float32]:
        """The mean of all embeddings, ``(dimension,)``; zeros for an empty archive."""
        return (self._total / max(1, len(self.catalog))).astype(np.float32)

    def _catch_up(self) -> None:
        revision = self.store.revision()
        active = self.store.embeddings.active()
        if active is None:
            raise StoreMissing(self.store.directory)
        self._encoders.preload_next()
        if (revision, active.number) == (self._revision, self._encoder_number):
            return
        encoder = self._encoders.get(active)
        added, removed = self.store.keys_since(self._revision)
        try:
            self._forget([key for key in removed if key in self.catalog])
            if active.number != self._encoder_number:
                self._switch(active.number, encoder)
            self._learn(added)
        except BaseException:  # half of a change would stay in the indexes for good
            self._start_over()
            raise
        self._revision = revision

    def _switch(self, number: int, encoder: Encoder) -> None:
        """Another encoder from here on: the embeddings are other ones, the words the same."""
        self.encoder = encoder
        self._encoder_number = number
        self.vectors: VectorIndex = ExactVectorIndex(encoder.dimension)
        self._total = np.zeros(encoder.dimension)  # the sum of all embeddings
        for keys in _batches(list(self.catalog)):
            self._learn_embeddings(keys)

    def _forget(self, keys: Sequence[int]) -> None:
        if not keys:
            return
        for key in keys:
            self.lexicon.remove(key)
            self.vocabulary.remove(self.catalog.tags_of(key))
            self.catalog.remove(key)
        gone = np.array(keys, np.int64)
        self._total -= self.vectors.get(gone).sum(axis=0)
        self.vectors.remove(gone)

    def _learn(self, added: Sequence[int]) -> None:
        for keys in _batches(added):
            self._learn_embeddings(keys)
            for key, article in self.store.articles(keys).items():
                self.lexicon.add(key, article)
                self.catalog.add(key, article)
                self.vocabulary.add(article.tags)
        self.lexicon.commit()

    def _learn_embeddings(self, keys: Sequence[int]) -> None:
        found = self.store.embeddings.of(self._encoder_number, keys)
        embeddings = np.stack([found[key] for key in keys])
        self.vectors.add(np.array(keys, np.int64), embeddings)
        self._total += embeddings.sum(axis=0)


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))


class View:
    """The archive at one moment. Valid only inside the ``with`` block that gave it.

    A *key* is the number of one version of an article; it is meaningless outside the view.
    """

    def __init__(self, live: LiveView, now: datetime) -> None:
        self._live = live
        self.now = now

    def __len__(self) -> int:
        """How many articles the archive holds, visible or not."""
        return len(self._live.catalog)

    def key_of(self, article_id: str) -> int:
        """The key of an article, visible or not. Raises ArticleNotFound."""
        key = self._live.catalog.key_of(article_id)
        if key is None:
            raise ArticleNotFound(article_id)
        return key

    def article(self, article_id: str) -> Article:
        """The article, visible or not. Raises ArticleNotFound."""
        return self._live.store.get(article_id)

    def articles(self, keys: Iterable[int]) -> dict[int, Article]:
        """The articles of some keys."""
        return self._live.store.articles([int(key) for key in keys])

    def tags_of(self, key: int) -> tuple[str, ...]:
        """An article's tags, without a look into the store."""
        return self._live.catalog.tags_of(key)

    def section_counts(self) -> dict[str, int]:
        """Every section of a visible article, with the number of those articles."""
        return self._live.catalog.section_counts(self.now)

    def tags_named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag whose name stands in a text's terms, with the run's start and end."""
        named = list(self._live.vocabulary.named_in(terms))
        carried = self._live.catalog.carried({tag for tag, _, _ in named}, self.now)
        return (run for run in named if run[0] in carried)

    def newest(self, where: Filter, limit: int) -> list[int]:
        """Keys of the newest articles that pass; undated articles come last."""
        return self._live.catalog.newest(self._live.catalog.allowed(where, self.now), limit)

    def embedding(self, key: int) -> NDArray[np.float32]:
        """The embedding of a key, ``(dimension,)``, unit length."""
        embedding: NDArray[np.float32] = self._live.vectors.get(np.array([key], np.int64))[0]
        return embedding

    def nearest(self, embedding: NDArray[np.float32], limit: int, where: Filter) -> Scored:
        """The articles nearest in meaning; scores are cosines, -1 to 1."""
        allowed = self._live.catalog.allowed(where, self.now)
        return Scored(*self._live.vectors.search(embedding, limit, allowed))

    def matching(self, terms: Mapping[str, float], limit: int, where: Filter) -> Scored:
        """The articles with any of the weighted terms; scores are BM25, 0 and up."""
        moment = seconds(self.now, 0)
        return Scored(*self._live.lexicon.search(terms, limit, where, moment))

    def cosines(
        self, embedding: NDArray[np.float32], keys: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """The cosine between an embedding and the article of each key, ``(n,)``."""
        cosines: NDArray[np.float32] = self._live.vectors.get(keys) @ embedding
        return cosines

    def typical_cosine(self, embedding: NDArray[np.float32]) -> float:
        """The mean cosine between an embedding and all of the archive's."""
        return float(embedding @ self._live.mean_embedding())

    def embed_document(self, text: str) -> NDArray[np.float32]:
        """The embedding of a text as an article would have it, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._live.encoder.encode_documents([text])[0]
        return embedding

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The embedding of what somebody looks for, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._live.encoder.encode_queries([text])[0]
        return embedding

    def words(self, text: str) -> list[Word]:
        """The words of a text as they are indexed, in their order, with their places."""
        return self._live.lexicon.words(text)

    def rarity(self, term: str) -> float:
        """How telling a term is in this archive (BM25's idf); 0 for one that it does not know."""
        return self._live.lexicon.rarity(term)

    def containing(self, terms: Sequence[str], keys: Sequence[int]) -> dict[int, list[str]]:
        """For each key, those of the terms (24 at most) that stand in its article's text."""
        return self._live.lexicon.containing(terms, keys)

    def ceiling(self, terms: Mapping[str, float]) -> float:
        """A score that :meth:`matching` cannot exceed for these terms."""
        return self._live.lexicon.ceiling(terms)

    def snippet(
        self, text: str, terms: Iterable[str], characters: int
    ) -> tuple[str, list[tuple[int, int]]]:
        """The passage of a text that holds most of the terms, and the ranges that match."""
        return self._live.lexicon.snippet(text, terms, characters)
