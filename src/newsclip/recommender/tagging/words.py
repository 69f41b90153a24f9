"""Texts as weighted words, by the terms themselves: an index's numbers of terms do not last."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
    from scipy.sparse import diags

    table = counts.astype(np.float32)
    table.data = 1 + np.log(table.data)
    table = table @ diags(words.idf)
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return (diags((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ table).tocsr()
