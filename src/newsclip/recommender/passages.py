"""Sentences that say most: a pair of two texts, or those of one that are nearest to a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from newsclip.index.view import View

_CLOSING, _OPENING = r"[\"”’»')\]]*", r"[\"“‘«'(\[]*"
SENTENCE = re.compile(
    rf"""
    [^\s.!?][^.!?\n]*
    (?:  # no end: behind an initial or a title, within a number, before a small letter
        (?:
            (?<=\b[A-Z])\. | (?<=\b(?:Mr|Ms|Dr|St|Jr|Sr|vs))\. | (?<=\b(?:Mrs|Sen|Rep|Gov|Gen))\.
            | [.!?]+{_CLOSING}(?!{_CLOSING}(?:\s+{_OPENING}[^\Wa-z_]|\s*(?:\n|\Z)))
        )
        [^.!?\n]*
    )*
    (?:[.!?]+{_CLOSING})?
    """,
    re.VERBOSE,
)
"""A sentence, perhaps with blanks at its end; a line break always ends one."""

_SENTENCES = 60  # of a text, from its beginning
_LOOKED_AT = 24  # of a hit, for the one that is nearest in meaning
_PASSAGE = 300  # characters; two sentences that are longer are no passage
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
    texts = [text[start:end] for start, end in _sentence_spans(text, _SENTENCES)]
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
    view: View, embedding: NDArray[np.float32] | None, bodies: Sequence[str]
) -> list[str | None]:
    """Of each body the sentence, or the two in a row, nearest in meaning to an embedding.

    None without an embedding, and for a body without a sentence.
    """
    if embedding is None:
        return [None] * len(bodies)
    spans = [_sentence_spans(body, _LOOKED_AT) for body in bodies]
    texts = [body[a:b] for body, of_body in zip(bodies, spans, strict=True) for a, b in of_body]
    if not texts:
        return [None] * len(bodies)
    embeddings = view.embed_passages(texts)
    nearest: list[str | None] = []
    done = 0
    for body, of_body in zip(bodies, spans, strict=True):
        mine = embeddings[done : done + len(of_body)]
        done += len(of_body)
        nearest.append(_nearest(body, of_body, mine, embedding) if of_body else None)
    return nearest


def _sentence_spans(text: str, most: int) -> list[tuple[int, int]]:
    """Where the first sentences of a text begin and end."""
    spans: list[tuple[int, int]] = []
    for match in SENTENCE.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        if _SHORTEST <= end - start <= _LONGEST:
            spans.append((start, end))
        if len(spans) == most:
            break
    return spans


def _nearest(
    body: str,
    spans: Sequence[tuple[int, int]],
    embeddings: NDArray[np.float32],
    embedding: NDArray[np.float32],
) -> str:
    """The sentence, or two neighbours if together they are nearer and not too long."""
    pairs = embeddings[:-1] + embeddings[1:]
    pairs /= np.maximum(np.linalg.norm(pairs, axis=1, keepdims=True), 1e-9)
    room = [b - a <= _PASSAGE for (a, _), (_, b) in pairwise(spans)]
    cosines = np.concatenate((embeddings @ embedding, np.where(room, pairs @ embedding, -1)))
    best = int(np.argmax(cosines))
    first, last = (best, best) if best < len(spans) else (best - len(spans), best - len(spans) + 1)
    return body[spans[first][0] : spans[last][1]]


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
