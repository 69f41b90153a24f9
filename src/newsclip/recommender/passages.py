"""The pair of sentences, one of each text, that have most to say to each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.view import View

SENTENCE = re.compile(r"[^.!?\n]+[.!?]*[\"”’')]*")
_SENTENCES = 60  # of a text, from its beginning
_SHORTEST, _LONGEST = 20, 400  # characters; what is shorter is a byline or a subhead


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
    found = (match.group().strip() for match in SENTENCE.finditer(text))
    texts = [text for text in found if _SHORTEST <= len(text) <= _LONGEST][:_SENTENCES]
    numbered = [view.query(dict.fromkeys(view.terms(text, language), 1.0)).terms for text in texts]
    terms = np.unique(np.concatenate([np.empty(0, np.int64), *numbered]))
    weights = np.zeros((len(texts), len(terms)))
    for row, numbers in enumerate(numbered):
        weights[row, np.searchsorted(terms, numbers)] = 1
    weights *= view.rarities(terms)
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return Sentences(texts, terms, weights / np.sqrt(np.maximum(lengths, 1e-9)))


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
