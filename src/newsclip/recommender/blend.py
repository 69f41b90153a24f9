"""How well articles answer a query: words and meaning, weighed as the query asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.matches import Matches
from newsclip.index.view import Scored, View
from newsclip.recommender.fusion import LOOKED_UP, found, meaning_scores
from newsclip.recommender.query_kind import QueryKind, kind_of

MEANING_FLOOR = 0.3
"""The meaning score from which on an article without any of the words is an answer."""

_ASKED_FLOOR = 0.2  # where somebody asks for the meaning alone

# Learned on ten collections, each measured with the weights of the others (docs/decisions.md).
TITLE, LEAD, COVERED = 1.0, 0.35, 0.2
MEANING: Mapping[QueryKind, float] = {"name": 0.4, "phrase": 0.5, "question": 0.8}

_HARDLY_KNOWN = 0.2
_RARE = 200  # a name is rare if at most one article in so many has it
_FEW = 5  # articles; in a small archive so few are rare in any case
_LOOKED_AT = 100  # words of a query
_SHORT = 2  # words; so short a query with a rare word is a name, however it is written


@dataclass(frozen=True)
class Calibration:
    """Turns a sum of features into a score: the logistic of ``slope * sum + offset``."""

    slope: float
    offset: float

    def scores(self, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """The score of each, ``(n,)``, 0 to 1."""
        scores: NDArray[np.float64] = 1 / (1 + np.exp(-(self.slope * totals + self.offset)))
        return scores


# Platt (1999), on the collections above; a relevant article and one that is not weigh the same.
BOTH = Calibration(5.9, -3.7)
WORDS = Calibration(6.3, -2.9)
MEANS = Calibration(10.7, -3.2)


@dataclass(frozen=True)
class Asked:
    """A query as it is ranked by.

    ``query`` are its words that the archive knows, the most telling first; ``known`` is their share
    in all that was asked for, 0 to 1, by idf. ``embedding`` is None if only words count, and
    ``meaning`` what it weighs; ``by_meaning``, it alone counts. ``floor`` is the meaning score
    that an article without any of the words needs. ``name`` are the words of a rare name, each by
    the numbers of its forms.
    """

    query: TermQuery
    known: float
    embedding: NDArray[np.float32] | None
    meaning: float
    by_meaning: bool
    floor: float
    name: Sequence[NDArray[np.int64]]


@dataclass(frozen=True)
class Candidates:
    """What may answer a question, best first, each scored over 0.

    ``all_by_words``: nothing else has a word of it; ``all_by_meaning``: nothing else is near
    enough. ``wide`` are keys by the words, also of further articles that were not scored.
    """

    ranked: Scored
    wide: NDArray[np.int64]
    all_by_words: bool
    all_by_meaning: bool


def candidates(view: View, asked: Asked, where: Filter, depth: int, wide: int = 0) -> Candidates:
    """The best of both sides, up to ``depth`` of each; by the words ``wide``, unscored."""
    query = asked.query.first(LOOKED_UP)
    sides = found(view, query, asked.embedding, where, depth, wide)
    keys = sides.candidates
    ranked = Scored.ranked(keys, scores(view, asked, keys)).above(0)
    all_by_meaning = len(near_enough(view, asked, sides.near)) < depth
    return Candidates(ranked, sides.wide, len(sides.matched) < depth, all_by_meaning)


def near_enough(view: View, asked: Asked, near: Scored) -> NDArray[np.int64]:
    """The keys of those that are an answer by their meaning alone; scores are cosines."""
    if asked.embedding is None:
        return near.keys[:0]
    return near.keys[meaning_scores(view, asked.embedding, near.scores) >= asked.floor]


def scores(view: View, asked: Asked, keys: NDArray[np.int64]) -> NDArray[np.float32]:
    """How well each key answers, ``(n,)``, 0 to 1; 0 for what is no answer. The keys ascend.

    An article without any of the words is an answer if its meaning is near enough. Of a rare name
    one that has all words scores over a half, and any other at most a half, so that no likeness in
    meaning outranks the name itself.
    """
    matches = view.matches(asked.query, keys)
    meaning = np.zeros(len(keys))
    if asked.embedding is not None:
        cosines = view.cosines(asked.embedding, keys)
        meaning += meaning_scores(view, asked.embedding, cosines)
    means = meaning >= asked.floor
    if asked.by_meaning:
        return np.where(means, MEANS.scores(meaning), 0).astype(np.float32)
    calibration = WORDS if asked.embedding is None else BOTH
    sums = asked.known * _words(matches) + asked.meaning * meaning
    likely = calibration.scores(sums)
    if asked.name:
        held = [view.containing(forms, keys).any(axis=1) for forms in asked.name]
        likely = np.where(np.all(held, axis=0), 0.5 + likely / 2, likely / 2)
    return np.where((matches.present > 0) | means, likely, 0).astype(np.float32)


def _words(matches: Matches) -> NDArray[np.float64]:
    total: NDArray[np.float64] = (
        matches.text + TITLE * matches.title + LEAD * matches.lead + COVERED * matches.covered
    )
    return total


def asked(
    view: View,
    text: str,
    written: Mapping[str, str],
    embedding: NDArray[np.float32] | None,
    by_meaning: bool = False,
) -> Asked:
    """A query as it is ranked by: its text, its terms, each as it was typed, and its embedding.

    Words of the text that no article has make the others, and what they were corrected to, count
    less. Where hardly anything of it is known its meaning alone counts, if there is an embedding;
    so it does where somebody asks for that.
    """
    query = view.query(dict.fromkeys(written, 1.0))
    worth = view.rarities(query.terms, anywhere=True)
    order = np.argsort(-worth, kind="stable")[: np.count_nonzero(worth)]
    query, worth = query.at(order), worth[order]
    unknown = _unknown(view, text)
    unheard = unknown * float(np.log1p((len(view) + 0.5) / 0.5))
    known = float(worth.sum() / max(worth.sum() + unheard, 1e-9))
    if by_meaning:
        return Asked(query.first(0), known, embedding, 1.0, True, _ASKED_FLOOR, ())
    weight = MEANING[kind_of(text)]
    if embedding is not None and known < _HARDLY_KNOWN:
        return Asked(query.first(0), known, embedding, weight, False, MEANING_FLOOR, ())
    whole = not unknown and _is_rare(view, worth)
    name = _name(view, text, query, written) if whole else ()
    return Asked(query, known, embedding, weight, False, MEANING_FLOOR, name)


def _unknown(view: View, text: str) -> int:
    """How many of the first words of a text no article has."""
    typed = {word.term for word in view.query_words(text)[:_LOOKED_AT]}
    return len(typed - view.known(typed))


def _is_rare(view: View, worth: NDArray[np.float64]) -> bool:
    """Whether the first of some words, by their idf, is rare."""
    most = max(_FEW, len(view) / _RARE)
    return len(worth) > 0 and bool(worth[0] >= np.log1p((len(view) - most + 0.5) / (most + 0.5)))


def _name(
    view: View, text: str, query: TermQuery, written: Mapping[str, str]
) -> list[NDArray[np.int64]]:
    """The words of a query that holds a rare one, if it is a name; else none."""
    forms: dict[str, list[int]] = {}
    for number, term in zip(query.terms.tolist(), query.texts, strict=True):
        forms.setdefault(written[term], []).append(number)
    is_name = len(forms) <= _SHORT or kind_of(text) == "name"
    return [np.array(each, np.int64) for each in forms.values()] if is_name else []
