"""What is wrong with a vocabulary: tags that mean the same, that nothing has, that say nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from newsclip.index.chunks import spelled_out
from newsclip.index.filters import Filter
from newsclip.index.tag_names import comparable
from newsclip.index.view import View
from newsclip.recommender.tagging.lessons import tagged_keys
from newsclip.recommender.vocabulary import Listed

FaultKind = Literal["near-duplicate", "unused", "over-broad", "never-with-parent"]

_BROAD = 0.2  # of the articles with a tag: one that so many have tells little
_FEW = 20  # articles; of fewer a share says nothing
_SHORTEST = 6  # letters of tags that may differ in one


@dataclass(frozen=True)
class TagFault:
    """What is odd about a tag.

    ``other`` is the tag that a near-duplicate would be merged into, the more used of the two, or
    the parent that its articles never carry. ``articles`` are the visible ones that carry the tag.
    """

    kind: FaultKind
    tag: str
    articles: int
    other: str | None = None


def faults(view: View, listed: Sequence[Listed]) -> list[TagFault]:
    """All that is odd, by kind; in each the most used tags first."""
    standing = [each for each in listed if each.standing in ("active", "unlisted")]
    used = [each for each in standing if each.articles]
    found = [*_near(view, standing), *_unused(standing), *_broad(view, used), *_alone(view, used)]
    order = {kind: place for place, kind in enumerate(("near-duplicate", "unused", "over-broad"))}
    return sorted(found, key=lambda f: (order.get(f.kind, len(order)), -f.articles, f.tag))


def _near(view: View, listed: Sequence[Listed]) -> Iterator[TagFault]:
    """Tags that differ in spelling, in endings, in the order of words, or in one letter."""
    for each in listed:
        for tag, articles in each.spellings:
            yield TagFault("near-duplicate", tag, articles, each.entry.tag)
    alike: dict[object, set[int]] = defaultdict(set)
    for place, each in enumerate(listed):
        for form in _forms(view, each.entry.tag):
            alike[form].add(place)
    pairs = {pair for places in alike.values() for pair in combinations(sorted(places), 2)}
    for one, other in sorted(pairs):  # they are listed by use: the first of two is the more used
        more, less = listed[one], listed[other]
        yield TagFault("near-duplicate", less.entry.tag, less.articles, more.entry.tag)


def _forms(view: View, tag: str) -> Iterator[object]:
    key = comparable(tag)
    yield key
    yield tuple(sorted(view.terms(spelled_out(tag), view.main_language()))) or key
    if len(key) >= _SHORTEST and key.isalpha():  # "Election2024" is not "Election2026"
        yield from {key[:place] + key[place + 1 :] for place in range(len(key))}


def _unused(listed: Sequence[Listed]) -> Iterator[TagFault]:
    return (TagFault("unused", each.entry.tag, 0) for each in listed if not each.articles)


def _broad(view: View, listed: Sequence[Listed]) -> Iterator[TagFault]:
    tagged = len(tagged_keys(view))
    for each in listed:
        if each.articles >= max(_FEW, _BROAD * tagged):
            yield TagFault("over-broad", each.entry.tag, each.articles)


def _alone(view: View, listed: Sequence[Listed]) -> Iterator[TagFault]:
    for each in listed:
        tag, parent = each.entry.tag, each.entry.broader
        if parent and not view.count(Filter(tags=frozenset([tag, parent]))):
            yield TagFault("never-with-parent", tag, each.articles, parent)
