"""What a related article is ranked by: some numbers on each candidate, all from the index's rows.

None of them asks the store, so that two hundred candidates cost less than a millisecond.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.columns import TEXT_FIELDS
from newsclip.index.filters import NEVER, fold
from newsclip.index.view import View
from newsclip.recommender.source import Source
from newsclip.recommender.telling import telling_terms

FEATURES = (
    "words",  # root of the share of BM25 in the most that the source's telling terms could give
    "meaning",  # cosine above a random article's, 0-1
    "headline",  # as words, but asked with the terms of the source's title
    "named",  # share of the telling weight of the candidate's title that stands in the source
    "named_weight",  # that telling weight itself, the sum of idf
    "tags",  # sum of ln(articles / articles with the tag) over the shared tags
    "section",  # 1 the same, 0 another, 0.5 where one has none
    "older",  # root of the days by which the candidate is older than the source, negative if newer
    "dated",  # whether both have a date
    "length",  # ln(1 + words of the candidate's body)
    "linked",  # ln(1 + articles that link to the candidate), the source not counted
    "votes",  # links to the candidate from the articles most like the source, by likeness
    "links_here",  # whether the candidate links to the source
    "prior",  # how much more often than others articles of its section are linked to, if learned
)
"""The columns of a feature matrix, in their order; higher is not always better."""

VERSION = 1
"""A ranker learned on another version of the features is not used."""

_VOTERS = 30  # articles whose links vote
_DAY = 86_400

Numbers = NDArray[np.float32]
Keys = NDArray[np.int64]


class Links(Protocol):
    """Which articles link to which; a view is one."""

    def links_from(self, keys: Keys) -> Mapping[int, tuple[int, ...]]:
        """The keys that each one's body points to."""
        ...

    def link_counts(self, keys: Keys) -> NDArray[np.int64]:
        """By how many other articles each is linked to."""
        ...


def features(
    view: View,
    source: Source,
    keys: Keys,
    links: Links,
    priors: Mapping[str, float],
) -> Numbers:
    """What speaks for each candidate, ``(len(keys), len(FEATURES))``.

    The source's own links are never looked at: what a body already points to would give the
    answer away. ``priors`` are by section.
    """
    query = telling_terms(view, source.terms)
    cosines = view.cosines(source.embedding, keys)
    own = frozenset(t for f in links.links_from(np.array(source.keys, np.int64)).values() for t in f) if source.keys else frozenset()
    sections = view.sections(keys)
    table = {
        "words": _share(view, query, keys),
        "meaning": _meaning(view, source, cosines),
        "headline": _share(view, _headline(view, source), keys),
        "tags": _tags(view, source, keys),
        "section": np.array([_same(source.section, section) for section in sections]),
        "length": np.log1p(view.lengths(keys)),
        "prior": np.array([priors.get(fold(section or ""), 0.0) for section in sections]),
    }
    table["named"], table["named_weight"] = _named(view, source, keys)
    table["older"], table["dated"] = _ages(view, source, keys)
    table["linked"] = np.log1p(
        links.link_counts(keys) - np.array([key in own for key in keys.tolist()], np.int64)
    )
    table["votes"], table["links_here"] = _links(source, keys, cosines, links)
    return np.stack([table[name] for name in FEATURES], axis=1).astype(np.float32)


def _share(view: View, query: TermQuery, keys: Keys) -> Numbers:
    shares = view.keyword_scores(query, keys) / max(view.ceiling(query), 1e-9)
    root: Numbers = np.sqrt(np.minimum(shares, 1))
    return root


def _meaning(view: View, source: Source, cosines: Numbers) -> Numbers:
    typical = view.typical_cosine(source.embedding)
    above: Numbers = np.clip((cosines - typical) / max(1 - typical, 1e-6), 0, 1)
    return above


def _headline(view: View, source: Source) -> TermQuery:
    terms = source.terms.terms[source.terms.counts[:, TEXT_FIELDS.index("title")] > 0]
    return TermQuery(terms, np.ones(len(terms)))


def _named(view: View, source: Source, keys: Keys) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much of each candidate's title stands in the source's text."""
    place, term = view.title_terms(keys)
    idf = view.rarities(term)
    text = source.terms.terms[source.terms.counts[:, :3].any(axis=1)]
    stands = np.isin(term, text)
    there = np.bincount(place, idf * stands, len(keys))
    return there / np.maximum(np.bincount(place, idf, len(keys)), 1e-9), there


def _tags(view: View, source: Source, keys: Keys) -> NDArray[np.float64]:
    weight = np.zeros(len(keys))
    for tag in sorted(source.tags):
        holders = view.tagged(tag)
        if len(holders):
            places = np.minimum(np.searchsorted(holders, keys), len(holders) - 1)
            weight += (holders[places] == keys) * np.log(max(len(view), 1) / len(holders))
    return weight


def _same(own: str | None, other: str | None) -> float:
    if own is None or other is None:
        return 0.5
    return float(fold(own) == fold(other))


def _ages(view: View, source: Source, keys: Keys) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    published = view.published_at(keys)
    dated = (published != NEVER) & (source.published_at is not None)
    own = source.published_at.timestamp() if source.published_at else 0
    days = np.where(dated, (own - published) / _DAY, 0)
    return np.sign(days) * np.sqrt(np.abs(days)), dated.astype(np.float64)


def _links(
    source: Source, keys: Keys, cosines: Numbers, links: Links
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    place = {key: i for i, key in enumerate(keys.tolist())}
    likeness = dict(zip(place, cosines.tolist(), strict=True))
    votes, here = np.zeros(len(keys)), np.zeros(len(keys))
    own = set(source.keys)
    pointing = links.links_from(keys)
    for key, targets in pointing.items():
        if own.intersection(targets):
            here[place[key]] = 1
    nearest = keys[np.argsort(-cosines, kind="stable")[:_VOTERS]].tolist()
    for key in nearest:
        for target in pointing.get(key, ()):
            if target in place:
                votes[place[target]] += max(likeness[key], 0.0)
    return votes, here
