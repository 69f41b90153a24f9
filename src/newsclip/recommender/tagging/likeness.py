"""How much a text is like a tag's name: in its words, one by one, and in its meaning.

What a classifier has learned of a tag grows old; its name says what it is for. Of a house whose
tags drift (digital.gov) this is what suggestions gained most by (docs/decisions.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from newsclip.index.chunks import spelled_out
from newsclip.index.view import View
from newsclip.recommender.tagging.words import ByWord, Floats, Places, Sparse, Words


@dataclass(frozen=True)
class NameTexts:
    """The names of ``t`` tags as texts: the terms of each, and ``embeddings``, ``(t, d)``."""

    terms: Sequence[Sequence[str]]
    embeddings: Floats

    @classmethod
    def of(cls, view: View, tags: Sequence[str]) -> Self:
        """The tags' names spelled out, in the language of most articles."""
        texts = [spelled_out(tag) for tag in tags]
        language = view.main_language()
        return cls(view.terms_of_each(texts, language), view.embed_passages(texts))


@dataclass(frozen=True)
class Names:
    """The names of ``t`` tags, all of unit length; ``embedding`` is ``(dimension, t)``."""

    words: ByWord
    embedding: Floats

    @classmethod
    def of(cls, texts: NameTexts, words: Words) -> Self:
        """Names among the words that a tagger knows."""
        vectors = [words.vector(terms, np.ones(len(terms), np.int64)) for terms in texts.terms]
        return cls(ByWord.of(vectors, len(words.terms)), texts.embeddings.T.astype(np.float32))

    def likeness(self, places: Places, values: Floats, embedding: Floats) -> tuple[Floats, Floats]:
        """The cosines of a text's weighted words, and of its embedding; both ``(t,)``."""
        return self.words.products(places, values), embedding @ self.embedding

    def table(self, words: Sparse, embeddings: Floats) -> tuple[Floats, Floats]:
        """The same of many texts, both ``(n, t)``."""
        return self.words.table(words), embeddings @ self.embedding
