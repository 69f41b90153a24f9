"""How well each tag of the vocabulary fits a draft."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.view import TermCounts, View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.tagging.stack import WITNESSES
from newsclip.recommender.tagging.tagger import Tagger, tagger_of
from newsclip.recommender.tagging.witnesses import Named, Witnesses, witnesses
from newsclip.recommender.telling import telling_terms, terms_of_draft

_NAMED = 0.2  # the chance that a tag fits because its name stands in the text, all else equal
_EXPLAINED = 0.01  # the least score of a tag whose parts are told
_LIKELY = 0.3  # from which score on a tag is to be taken while nothing is learned


@dataclass(frozen=True)
class TagScores:
    """Every tag that anything speaks for, 0 to 1, and the witnesses.

    A learned tagger scores all tags that it knows, and a score is the chance that the tag fits.
    ``parts`` says of those that are not all but impossible what each score is made of: log odds
    of a tagger, chances without one. ``likely`` are the tags to be taken without a look.
    ``neighbours`` are the nearest tagged articles with their likeness, 0 to 1, nearest first.
    ``embedding`` is the draft's, ``(dimension,)``, and ``query`` its telling terms.
    """

    scores: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float]]
    likely: frozenset[str]
    neighbours: Mapping[int, float]
    named: Mapping[str, Named]
    embedding: NDArray[np.float32]
    query: TermQuery


def scored(view: View, draft: Draft, where: Filter = Filter()) -> TagScores:
    """All tags that anything speaks for, those that the draft has among them.

    Only articles that pass ``where`` are witnesses.
    """
    return scored_by(tagger_of(view), view, draft, where)


def scored_by(tagger: Tagger | None, view: View, draft: Draft, where: Filter) -> TagScores:
    """The scores by a tagger; None is for an archive that has too few tags to learn from."""
    embedding = view.embed_document(draft.text)
    terms = terms_of_draft(view, draft, language_of(view, draft))
    query = telling_terms(view, terms)
    found = witnesses(view, draft, query, embedding, where)
    if tagger is None:
        scores, parts = _combined(found)
        likely = frozenset(tag for tag, score in scores.items() if score >= _LIKELY)
    else:
        scores, parts = _weighed(tagger, found, view, terms, embedding)
        likely = frozenset(tag for tag in parts if scores[tag] >= tagger.threshold_of(tag))
    return TagScores(scores, parts, likely, found.neighbours, found.named, embedding, query)


def _combined(found: Witnesses) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Votes and names as independent chances: ``1 - (1 - vote)(1 - named)``."""
    parts = {
        tag: {"votes": found.votes.get(tag, 0.0), "name": _NAMED if tag in found.named else 0.0}
        for tag in found.votes.keys() | found.named.keys()
    }
    scores = {
        tag: part["votes"] + part["name"] - part["votes"] * part["name"]
        for tag, part in parts.items()
    }
    return scores, parts


def _weighed(
    tagger: Tagger,
    found: Witnesses,
    view: View,
    terms: TermCounts,
    embedding: NDArray[np.float32],
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """What the tagger makes of all witnesses."""
    table, more = tagger.table(view, terms, embedding, found)
    tags = [*tagger.tags, *more]
    chances = tagger.chances(table)
    shown = np.flatnonzero(chances >= _EXPLAINED).tolist()
    told = tagger.stack.parts(table.take(shown))
    parts = {
        tags[n]: {name: float(told[name][at]) for name in WITNESSES} for at, n in enumerate(shown)
    }
    return dict(zip(tags, chances.tolist(), strict=True)), parts
