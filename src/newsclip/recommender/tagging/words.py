"""Texts as weighted words, by the terms themselves: an index's numbers of terms do not last."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

_LEAST_ARTICLES = 2  # that a word must stand in: one that stands once tells nothing of others

Sparse = Any  # a scipy.sparse.csr_matrix; scipy is needed for learning only
Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Words:
    """The words that a tagger knows, ``terms`` ascending, with the ``idf`` of each, ``(n,)``."""

    terms: Sequence[str]
    idf: Floats

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def vector(self, terms: Sequence[str], frequencies: Places) -> tuple[Places, Floats]:
        """A text's tf-idf vector of unit length: the places of the known terms, and their weights.

        ``frequencies`` says how often each of the different ``terms`` counts, 1 and up.
        """
        places = np.array([self._places.get(term, -1) for term in terms], np.int64)
        known = places >= 0
        places, tf = places[known], frequencies[known]
        weights = (1 + np.log(tf)) * self.idf[places]
        return places, (weights / max(float(np.linalg.norm(weights)), 1e-9)).astype(np.float32)


def learned_words(terms: Sequence[str], counts: Sparse) -> tuple[Words, Places]:
    """The words of some texts that tell anything of others, and their columns in ``counts``.

    ``counts`` is ``(texts, terms)``: how often each term counts in each text. The idf is
    ``ln(N / n) + 1``, so that a word of every text still counts (Salton and Buckley, 1988).
    """
    found = np.bincount(counts.indices, minlength=len(terms))
    columns = np.flatnonzero(found >= min(_LEAST_ARTICLES, counts.shape[0]))
    columns = columns[np.argsort(np.array([terms[place] for place in columns.tolist()], object))]
    idf = np.log(counts.shape[0] / found[columns]) + 1
    return Words([terms[place] for place in columns.tolist()], idf.astype(np.float32)), columns


def weighted(words: Words, counts: Sparse) -> Sparse:
    """The vectors of texts whose ``counts`` are by the places of ``words``; as Words.vector."""
    # In place: of fifty thousand articles each copy takes a hundred megabytes.
    table = counts.astype(np.float32)
    np.log(table.data, out=table.data)
    table.data += 1
    table.data *= words.idf[table.indices]
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    scales = (1 / np.maximum(lengths, 1e-9)).astype(np.float32)
    table.data *= np.repeat(scales, np.diff(table.indptr))
    return table


@dataclass(frozen=True)
class ByWord:
    """Weights of pairs of a word and one of ``t`` tags.

    Those of the word at place ``p`` are ``weights[starts[p]:starts[p + 1]]``, each for the tag of
    the same place in ``tags``.
    """

    starts: Places
    tags: NDArray[np.int32]
    weights: Floats
    count: int

    @classmethod
    def of(cls, columns: Sequence[tuple[Places, Floats]], width: int) -> Self:
        """From the weighted places of each tag's words, among ``width`` words."""
        places = np.concatenate([np.empty(0, np.int64), *(places for places, _ in columns)])
        weights = np.concatenate([np.empty(0, np.float32), *(weights for _, weights in columns)])
        lengths = [len(places) for places, _ in columns]
        tags = np.repeat(np.arange(len(columns), dtype=np.int32), lengths)
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], np.arange(width + 1))
        return cls(starts, tags[order], weights[order].astype(np.float32), len(columns))

    def products(self, places: Places, values: Floats) -> Floats:
        """A text's weighted words times those of each tag, ``(t,)``."""
        starts, ends = self.starts[places], self.starts[places + 1]
        some = starts < ends
        runs = [slice(*run) for run in zip(starts[some].tolist(), ends[some].tolist(), strict=True)]
        tags = np.concatenate([self.tags[:0], *(self.tags[run] for run in runs)])
        weights = np.concatenate([self.weights[:0], *(self.weights[run] for run in runs)])
        parts = weights * np.repeat(values[some], (ends - starts)[some])
        return np.bincount(tags, parts, self.count).astype(np.float32)

    def table(self, words: Sparse) -> Floats:
        """The products of many texts, ``(n, t)``; ``words`` is sparse, ``(n, width)``."""
        from scipy.sparse import csr_matrix

        weights = csr_matrix((self.weights, self.tags, self.starts), (words.shape[1], self.count))
        products: Floats = (words @ weights).toarray()
        return products
