"""Some of an archive's articles, indexed: by meaning, by words and by attributes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.catalog import Catalog, Holders, ScannedHolders
from newsclip.index.columns import Columns, GrowingColumns, Rows
from newsclip.index.digest import Digester, article_terms
from newsclip.index.filters import Filter, Wording
from newsclip.index.lexicon import FieldTerm, Lexicon
from newsclip.index.strings import Strings
from newsclip.index.vectors import ExactVectorIndex, VectorIndex

_NARROW = 0.2  # a filter that lets less through is asked of the lexicon, too
_WORDINGS_KEPT = 8  # masks, each takes a byte a row
_TITLES_KEPT = 1_000  # answers about titles, each takes two kilobytes at the most
_SPARE = 10  # keys more than are wanted, some of which may not be allowed
_MORE = 4  # how many times as many keys are asked for if too few of them were allowed


class Segment:
    """Rows of articles that are never changed; some may be removed, and then count no more.

    What may be an answer is a mask over the rows, which the catalog gives.
    """

    def __init__(
        self,
        columns: Columns,
        lexicon: Lexicon,
        vectors: VectorIndex,
        names: Strings,
        holders: Holders,
    ) -> None:
        self.columns = columns
        self.lexicon = lexicon
        self.vectors = vectors
        self.catalog = Catalog(columns, names, holders)
        self._worded: dict[frozenset[Wording], NDArray[np.bool_]] = {}
        # Of a word in two hundred thousand titles the newest take two milliseconds and more, and
        # who types on asks for them again with each letter.
        self.titled = lru_cache(_TITLES_KEPT)(lexicon.titled)

    def nearest(
        self, embedding: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys and cosines of the allowed articles nearest in meaning, best first."""
        rows, scores = self.vectors.search(embedding, limit, allowed, self.catalog.passing(allowed))
        return self.columns["key"][rows].astype(np.int64), scores

    def matching(
        self, terms: Sequence[FieldTerm], limit: int, allowed: NDArray[np.bool_], where: Filter
    ) -> NDArray[np.int64]:
        """Keys of the allowed articles with any of the terms that BM25 ranks first.

        Fewer than ``limit`` come back only if no more have a term and are allowed.
        """
        passing = self.catalog.passing(allowed)
        if not passing:
            return np.empty(0, np.int64)
        share, spare = passing / len(allowed), min(_SPARE, len(allowed) - passing)
        narrowing = where if share < _NARROW else None
        asked = (int(limit / share) if narrowing is None else limit) + spare
        while True:
            keys = self.lexicon.search(terms, asked, narrowing)
            kept = keys if share == 1 else keys[allowed[self.columns.rows_of(keys)]]
            if len(kept) >= limit or len(keys) < asked:
                return kept[:limit]
            asked *= _MORE

    def allowed(
        self, where: Filter, now: datetime, excluded: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """For each row, whether it may be an answer; ``excluded`` are keys."""
        mask = self.catalog.allowed(where, now, self.columns.rows_of(excluded))
        if where.wordings or where.exclude_wordings:
            mask = mask.copy()
            if where.wordings:
                mask &= self._with_wordings(where.wordings)
            for wording in where.exclude_wordings:
                mask &= ~self._with_wordings(frozenset([wording]))
        return mask

    def _with_wordings(self, wordings: frozenset[Wording]) -> NDArray[np.bool_]:
        """Which rows have all of them, alive or not; the last few answers are kept."""
        if wordings not in self._worded:
            mask = np.zeros(len(self.columns), np.bool_)
            mask[self.columns.rows_of(self.lexicon.keys_with(wordings))] = True
            if len(self._worded) >= _WORDINGS_KEPT:
                self._worded.pop(next(iter(self._worded)))
            self._worded[wordings] = mask
        return self._worded[wordings]


class Delta(Segment):
    """The segment of the changes since a snapshot: in memory, and it grows."""

    def __init__(self, dimension: int, analyzer: Analyzer, terms: Strings, names: Strings) -> None:
        self._columns = GrowingColumns(dimension)
        self._terms_of = analyzer.terms
        self._digester = Digester(analyzer.terms, terms, names)
        self._exact = ExactVectorIndex(self._columns["embedding"])
        lexicon = Lexicon(analyzer)
        super().__init__(self._columns, lexicon, self._exact, names, ScannedHolders(self._columns))

    def add(self, articles: Mapping[int, Article], embeddings: NDArray[np.float32]) -> Rows:
        """Adds articles by ascending key, all higher than those before; the rows they got.

        They are found after :meth:`commit`.
        """
        before = len(self.columns)
        terms = []
        for key, article in articles.items():  # tantivy indexes one in its own thread meanwhile
            terms.append(article_terms(article, self._terms_of))
            self.lexicon.add(key, article, terms[-1])
        self._columns.append(self._digester.block(articles, embeddings, terms))
        self._exact.add(self.columns["embedding"][before:])
        return np.arange(before, len(self.columns))

    def commit(self) -> None:
        """Makes what was added visible."""
        self.lexicon.commit()
        self.catalog.extend()
        self._worded.clear()
        self.titled.cache_clear()
