"""What a ranker is learned from and measured on: articles, and what is known to belong to each."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from newsclip.index.article import Article
from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.features import Keys
from newsclip.recommender.source import Source, source_of_key
from newsclip.recommender.telling import terms_of_draft

_T = TypeVar("_T")
_RARE = range(2, 13)  # articles that carry a tag which says that they belong together


@dataclass(frozen=True)
class Pair:
    """That the article ``source`` belongs with ``target``; ``anchor`` is the text of its link."""

    source: int
    target: int
    grade: int = 1
    anchor: str = ""


@dataclass(frozen=True)
class Question:
    """An article, and the grades of those that belong to it, by key."""

    source: Source
    grades: Mapping[int, int]


def linked_pairs(view: View) -> list[Pair]:
    """The links in the bodies of visible articles to visible articles."""
    keys = np.array(view.newest(Filter(), len(view)), np.int64)
    visible = set(keys.tolist())
    pointing = view.links_from(keys)
    return [
        Pair(source, target)
        for source in sorted(pointing)
        for target in pointing[source]
        if source in visible and target in visible
    ]


def questions(view: View, pairs: Iterable[Pair], *, masked: bool = True) -> list[Question]:
    """The pairs by source, in ascending order of keys; pairs of an article with itself are none.

    ``masked`` cuts what gives the answer away out of the source: the anchors and the titles of the
    articles that it belongs with.
    """
    by_source: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.source != pair.target:
            by_source[pair.source].append(pair)
    keys = {key for found in by_source.values() for p in found for key in (p.source, p.target)}
    articles = view.articles(sorted(keys))
    return [
        _question(view, key, by_source[key], articles, masked)
        for key in sorted(by_source)
        if key in articles
    ]


def _question(
    view: View, key: int, pairs: Sequence[Pair], articles: Mapping[int, Article], masked: bool
) -> Question:
    source = source_of_key(view, key, articles[key])
    known = [pair for pair in pairs if pair.target in articles]
    if masked:
        named = [articles[pair.target].title for pair in known]
        source = without(view, source, [*named, *(pair.anchor for pair in known)])
    return Question(source, {pair.target: pair.grade for pair in known})


def without(view: View, source: Source, phrases: Iterable[str]) -> Source:
    """The source with phrases cut out of its summary and body, in any case of letters."""
    given = sorted({p.strip() for p in phrases if len(p.strip()) > 2}, key=lambda p: (-len(p), p))
    if not given:
        return source
    pattern = re.compile("|".join(re.escape(phrase) for phrase in given), re.IGNORECASE)
    draft = source.draft
    cut = replace(draft, summary=pattern.sub(" ", draft.summary), body=pattern.sub(" ", draft.body))
    if cut == draft:
        return source
    return _rewritten(view, source, cut)


def _rewritten(view: View, source: Source, draft: Draft) -> Source:
    text = draft.text.strip()
    embedding = view.embed_document(draft.text) if text else source.embedding
    terms = terms_of_draft(view, draft, source.read_in)
    return replace(source, draft=draft, embedding=embedding, terms=terms, kept_names=None)


def tagged_questions(view: View) -> list[Question]:
    """Articles that share a rare tag belong together; that tag is hidden from the source."""
    keys = sorted(view.newest(Filter(), len(view)))
    holders: dict[str, list[int]] = defaultdict(list)
    for key, tags in zip(keys, view.tags(np.array(keys, np.int64)), strict=True):
        for tag in {fold(tag) for tag in tags}:
            holders[tag].append(key)
    rare = {tag: found for tag, found in holders.items() if len(found) in _RARE}
    grades: dict[int, dict[int, int]] = defaultdict(dict)
    hidden: dict[int, set[str]] = defaultdict(set)
    for tag, found in sorted(rare.items()):
        for key in found:
            grades[key] |= {other: 1 for other in found if other != key}
            hidden[key].add(tag)
    sources = {key: source_of_key(view, key) for key in sorted(grades)}
    return [
        Question(replace(source, tags=source.tags - hidden[key]), grades[key])
        for key, source in sources.items()
    ]


def sampled(values: Sequence[_T], most: int, seed: int) -> list[_T]:
    """At most so many of the values, in random order."""
    order = np.random.default_rng(seed).permutation(len(values))[:most]
    return [values[place] for place in order.tolist()]


class KnownLinks:
    """The links of an archive, but for those of some articles: what a measurement may see."""

    def __init__(self, pointing: Mapping[int, Sequence[int]], hidden: Iterable[int] = ()) -> None:
        kept = pointing.keys() - set(hidden)
        self._pointing = {key: tuple(pointing[key]) for key in sorted(kept)}
        self._counts: dict[int, int] = defaultdict(int)
        for targets in self._pointing.values():
            for target in targets:
                self._counts[target] += 1

    def links_from(self, keys: Keys) -> dict[int, tuple[int, ...]]:
        """See :meth:`newsclip.recommender.features.Links.links_from`."""
        known = self._pointing
        return {key: known[key] for key in keys.tolist() if key in known}

    def link_counts(self, keys: Keys) -> Keys:
        """See :meth:`newsclip.recommender.features.Links.link_counts`."""
        return np.array([self._counts.get(key, 0) for key in keys.tolist()], np.int64)

    def but(self, hidden: Iterable[int]) -> "KnownLinks":
        """These links without those of some more articles."""
        return KnownLinks(self._pointing, hidden)
