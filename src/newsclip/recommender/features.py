"""What related articles are ranked by: some numbers on each candidate, all from the index's rows.

None of them asks the store for a text, so a hundred candidates cost about a millisecond.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.columns import TEXT_FIELDS
from newsclip.index.filters import NEVER, fold
from newsclip.index.view import View
from newsclip.recommender.fusion import keyword_scores, meaning_scores
from newsclip.recommender.source import Source

FEATURES = (
    "words",  # root of the share of BM25 in the most that the source's telling terms could give
    "meaning",  # cosine above a random article's, 0-1
    "named",  # share of the telling weight of the candidate's title that stands in the source
    "named_weight",  # that weight itself, a sum of idf
    "tags",  # sum of ln(articles / articles with the tag) over the shared tags
    "section",  # 1 the same, 0 another, 0.5 where one has none
    "older",  # root of the days by which the candidate is older, negative if it is newer
    "apart",  # root of the days between the two, whichever is older
    "dated",  # 1 if both have a date, else 0, as are then the two before
    "linked",  # ln(1 + articles that link to the candidate), the source not counted
    "votes",  # links to the candidate from those most like the source, each by its cosine
    "prior",  # what the ranker has learned about the candidate's section, if anything
)
"""The columns of a feature matrix, in their order; what a value is worth is for a ranker to say."""

VERSION = 1
"""Changes with the meaning of a feature: a ranker learned on another version is not used."""

_VOTERS = 30  # candidates, the most like the source, whose links vote
_DAY = 86_400
_TEXT = [TEXT_FIELDS.index(field) for field in ("title", "summary", "body")]

Numbers = NDArray[np.float32]
Floats = NDArray[np.float64]
Keys = NDArray[np.int64]


class Links(Protocol):
    """Which articles link to which; a view is one."""

    def links_from(self, keys: Keys) -> Mapping[int, tuple[int, ...]]:
        """The keys that each one's body points to."""
        ...

    def link_counts(self, keys: Keys) -> Keys:
        """By how many other articles each is linked to."""
        ...


def features(
    view: View,
    source: Source,
    query: TermQuery,
    keys: Keys,
    links: Links,
    priors: Mapping[str, float],
    wanted: Collection[str] = FEATURES,
) -> Numbers:
    """What is known of each candidate, ``(len(keys), len(FEATURES))``.

    ``query`` are the source's telling terms, ``priors`` are by folded section. The source's own
    links are never looked at: they would give away what is asked. Features that are not ``wanted``
    are 0, and cost nothing.
    """
    cosines = view.cosines(source.embedding, keys)
    made: Mapping[tuple[str, ...], Callable[[], Sequence[Numbers | Floats]]] = {
        ("words",): lambda: [keyword_scores(view, query, keys)],
        ("meaning",): lambda: [meaning_scores(view, source.embedding, cosines)],
        ("named", "named_weight"): lambda: _named(view, source, keys),
        ("tags",): lambda: [_tags(view, source, keys)],
        ("section", "prior"): lambda: _sections(view, source, keys, priors),
        ("older", "apart", "dated"): lambda: _ages(view, source, keys),
        ("linked",): lambda: [_linked(source, keys, links)],
        ("votes",): lambda: [_votes(keys, cosines, links)],
    }
    table = np.zeros((len(keys), len(FEATURES)), np.float32)
    for names, make in made.items():
        if not set(wanted).isdisjoint(names):
            for name, column in zip(names, make(), strict=True):
                table[:, FEATURES.index(name)] = column
    return table


def _named(view: View, source: Source, keys: Keys) -> tuple[Floats, Floats]:
    place, term = view.title_terms(keys)
    distinct, which = np.unique(term, return_inverse=True)
    weight = view.rarities(distinct)[which]
    text = source.terms.terms[source.terms.counts[:, _TEXT].any(axis=1)]
    stands = np.isin(distinct, text)[which]
    there: Floats = np.bincount(place, weight * stands, len(keys)).astype(np.float64)
    whole: Floats = np.bincount(place, weight, len(keys)).astype(np.float64)
    return there / np.maximum(whole, 1e-9), there


def _tags(view: View, source: Source, keys: Keys) -> Floats:
    total = np.zeros(len(keys))
    for tag in sorted(source.tags):
        holders = view.tagged(tag)
        if len(holders):
            places = np.minimum(np.searchsorted(holders, keys), len(holders) - 1)
            total += (holders[places] == keys) * np.log(len(view) / len(holders))
    return total


def _sections(
    view: View, source: Source, keys: Keys, priors: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """``section`` and ``prior``."""
    own = fold(source.section or "")
    others = [fold(section or "") for section in view.sections(keys)]
    same = np.array([float(own == other) if own and other else 0.5 for other in others])
    return same, np.array([priors.get(other, 0.0) for other in others])


def _ages(view: View, source: Source, keys: Keys) -> tuple[Floats, Floats, Floats]:
    """``older``, ``apart`` and ``dated``."""
    published = view.published_at(keys)
    if source.published_at is None:
        return np.zeros(len(keys)), np.zeros(len(keys)), np.zeros(len(keys))
    dated = published != NEVER
    days = np.where(dated, source.published_at.timestamp() - published, 0) / _DAY
    apart = np.sqrt(np.abs(days))
    return np.sign(days) * apart, apart, dated.astype(np.float64)


def _linked(source: Source, keys: Keys, links: Links) -> Floats:
    own = links.links_from(np.array(source.keys, np.int64))
    counts = links.link_counts(keys).astype(np.float64)
    for targets in own.values():
        counts -= np.isin(keys, targets)
    return np.log1p(counts)


def _votes(keys: Keys, cosines: Numbers, links: Links) -> Floats:
    nearest = np.argsort(-cosines, kind="stable")[:_VOTERS]
    likeness = dict(zip(keys[nearest].tolist(), cosines[nearest].tolist(), strict=True))
    votes: dict[int, float] = {}
    for key, targets in links.links_from(keys[nearest]).items():
        for target in targets:
            votes[target] = votes.get(target, 0.0) + max(likeness[key], 0.0)
    return np.array([votes.get(key, 0.0) for key in keys.tolist()])
