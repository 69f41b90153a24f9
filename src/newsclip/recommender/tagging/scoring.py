"""How well each tag of the vocabulary fits a draft."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.fusion import candidates
from newsclip.recommender.telling import telling_terms, terms_of_draft

NEIGHBOURS = 30
SEMANTIC_WEIGHT = 0.3
_VOTE_POWER = 3.0  # how much more a close neighbour's vote counts than a distant one's
_NAMED = 0.2  # the chance that a tag fits because its name stands in the text, all else equal
_DEPTH = 200  # candidates, since not all of them carry tags


@dataclass(frozen=True)
class Named:
    """Where a tag's name first stands in the draft's text: ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True)
class TagScores:
    """Every tag that anything speaks for, 0 to 1, and the witnesses.

    ``parts`` says what each score is made of. ``neighbours`` are the nearest tagged articles with
    their likeness, 0 to 1, nearest first. ``embedding`` is the draft's, ``(dimension,)``, and
    ``query`` its telling terms.
    """

    scores: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float]]
    neighbours: Mapping[int, float]
    named: Mapping[str, Named]
    embedding: NDArray[np.float32]
    query: TermQuery


def scored(view: View, draft: Draft, where: Filter = Filter()) -> TagScores:
    """All tags that anything speaks for, those that the draft has among them.

    Only articles that pass ``where`` are witnesses.

    Two witnesses speak for a tag: the share of the nearest articles that carry it, weighted by
    their likeness, and its name in the text. Their chances combine as independent ones do,
    ``1 - (1 - vote)(1 - named)``.
    """
    embedding = view.embed_document(draft.text)
    query = telling_terms(view, terms_of_draft(view, draft))
    neighbours = _neighbours(view, query, embedding, where)
    votes = _votes(view, neighbours)
    named = _names_in_text(view, draft.text)
    parts = {
        tag: {"vote": votes.get(tag, 0.0), "name": _NAMED if tag in named else 0.0}
        for tag in votes.keys() | named.keys()
    }
    scores = {tag: _either(part["vote"], part["name"]) for tag, part in parts.items()}
    return TagScores(scores, parts, neighbours, named, embedding, query)


def _either(one: float, other: float) -> float:
    """The chance that at least one of two independent things is so."""
    return one + other - one * other


def _neighbours(
    view: View, query: TermQuery, embedding: NDArray[np.float32], where: Filter
) -> dict[int, float]:
    """The nearest tagged articles with their scores, nearest first."""
    ranked = candidates(view, query, embedding, where, SEMANTIC_WEIGHT, _DEPTH).above(0)
    pairs = zip(ranked.keys.tolist(), ranked.scores.tolist(), strict=True)
    return dict([(key, score) for key, score in pairs if view.tags_of(key)][:NEIGHBOURS])


def _votes(view: View, neighbours: Mapping[int, float]) -> dict[str, float]:
    """Each tag's share of the neighbours' votes, 0 to 1."""
    votes: dict[str, float] = defaultdict(float)
    for key, score in neighbours.items():
        for tag in view.tags_of(key):
            votes[tag] += score**_VOTE_POWER
    total = sum(score**_VOTE_POWER for score in neighbours.values())
    return {tag: vote / total for tag, vote in votes.items()}


def _names_in_text(view: View, text: str) -> dict[str, Named]:
    """The vocabulary's tags whose spelled-out name stands in a text, at its first place."""
    runs = view.tags_named_in(view.terms(text))
    words = view.words(text)
    found: dict[str, Named] = {}
    for tag, start, end in runs:
        place = Named(words[start].start, words[end - 1].end)
        # "WHO" and "US" are words, too; only in capitals are they the names.
        if tag not in found and (not tag.isupper() or text[place.start : place.end].isupper()):
            found[tag] = place
    return found
