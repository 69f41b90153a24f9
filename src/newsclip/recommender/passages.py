"""Sentences that say most: a pair of two texts, or those of one that are nearest to a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.passages import Nearness
from newsclip.index.sentences import sentence_spans
from newsclip.index.view import View

_SENTENCES = 60  # of a text, from its beginning
_PASSAGE = 300  # characters; two sentences that are longer are no passage


@dataclass(frozen=True)
class Sentences:
    """The sentences of a text, with a weight for each term that stands in them.

    ``weights`` is ``(sentences, terms)``, each row divided by the root of its length, so that of
    two sentences that both match as they are the one that says more wins; ``terms`` ascend.
    """

    texts: Sequence[str]
    terms: NDArray[np.int64]
    weights: NDArray[np.float64]


def sentences_of(view: View, text: str, language: str | None = None) -> Sentences:
    """The sentences of a text in a language; a term weighs as it is telling here (idf)."""
    texts = [text[start:end] for start, end in sentence_spans(text, _SENTENCES)]
    words = view.terms_of_each(texts, language)
    numbers = view.term_numbers([*chain.from_iterable(words)])
    terms, places = np.unique(numbers, return_inverse=True)
    unknown = int(np.count_nonzero(terms < 0))
    weights = np.zeros((len(texts), len(terms)))
    lengths = np.array([*map(len, words)], np.int64)
    weights[np.repeat(np.arange(len(texts)), lengths), places] = 1
    terms, weights = terms[unknown:], weights[:, unknown:]
    weights *= view.rarities(terms)
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return Sentences(texts, terms, weights / np.sqrt(np.maximum(lengths, 1e-9)))


def nearest_passages(
    view: View, embedding: NDArray[np.float32] | None, articles: Mapping[int, Article]
) -> dict[int, str]:
    """Of each article's body the sentence, or the two in a row, nearest in meaning to an embedding.

    None of a body without a sentence, and none at all without an embedding.
    """
    if embedding is None:
        return {}
    found = zip(articles.items(), view.nearness(embedding, articles), strict=True)
    return {key: _nearest(article.body, near) for (key, article), near in found if len(near.spans)}


def _nearest(body: str, near: Nearness) -> str:
    """The sentence, or two neighbours if together they are nearer and not too long."""
    starts, ends = near.spans.astype(np.int64).T
    together = (near.cosines[:-1] + near.cosines[1:]) / np.sqrt(
        np.maximum(2 + 2 * near.beside[:-1], 1e-9)
    )
    together[ends[1:] - starts[:-1] > _PASSAGE] = -1
    cosines = np.concatenate((near.cosines, together))
    best = int(np.argmax(cosines))
    first = best % len(starts)
    return body[starts[first] : ends[first + (best >= len(starts))]]


def best_pair(one: Sentences, other: Sentences) -> tuple[str, str] | None:
    """The two sentences that match best, one of each; None if no word is shared.

    How well they match is the cosine of their terms' idf times the geometric mean of the lengths.
    """
    shared, left, right = np.intersect1d(one.terms, other.terms, return_indices=True)
    if not len(shared):
        return None
    matches = one.weights[:, left] @ other.weights[:, right].T
    best = np.unravel_index(int(np.argmax(matches)), matches.shape)
    if matches[best] <= 0:
        return None
    return one.texts[int(best[0])], other.texts[int(best[1])]
