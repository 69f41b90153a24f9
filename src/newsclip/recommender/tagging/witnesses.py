"""What speaks for a tag without any learning: the nearest articles that carry it, and its name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.chunks import Words
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.fusion import candidates

NEIGHBOURS = 30
MORE_NEIGHBOURS = 100
SEMANTIC_WEIGHT = 0.3
_VOTE_POWER = 3.0  # how much more a close neighbour's vote counts than a distant one's
_DEPTH = 200  # candidates, since not all of them carry tags


@dataclass(frozen=True)
class Named:
    """Where a tag's name first stands in the draft's text: ``text[start:end]``.

    It stands there ``times`` times in all.
    """

    start: int
    end: int
    times: int = 1


@dataclass(frozen=True)
class Witnesses:
    """What speaks for the tags of one draft; tags that nothing speaks for are left out.

    ``neighbours`` are the nearest tagged articles with their likeness, 0 to 1, nearest first.
    ``votes`` is each tag's share of the likeness of the NEIGHBOURS nearest, 0 to 1, and
    ``more_votes`` of the MORE_NEIGHBOURS nearest. ``titled`` are the tags named in the title.
    """

    neighbours: Mapping[int, float]
    votes: Mapping[str, float]
    more_votes: Mapping[str, float]
    named: Mapping[str, Named]
    titled: frozenset[str]

    @property
    def tags(self) -> set[str]:
        """All tags that anything speaks for."""
        return self.more_votes.keys() | self.named.keys()


def witnesses(
    view: View,
    draft: Draft,
    query: TermQuery,
    embedding: NDArray[np.float32],
    where: Filter = Filter(),
) -> Witnesses:
    """What the articles that pass ``where`` and the draft's text say.

    ``query`` are the draft's telling terms, ``embedding`` is its own.
    """
    ranked = candidates(view, query, embedding, where, SEMANTIC_WEIGHT, _DEPTH).above(0)
    found = zip(ranked.keys.tolist(), ranked.scores.tolist(), view.tags(ranked.keys), strict=True)
    near = [each for each in found if each[2]][:MORE_NEIGHBOURS]
    named = names_in_text(view, draft.text)
    return Witnesses(
        {key: score for key, score, _ in near[:NEIGHBOURS]},
        _votes(view, near[:NEIGHBOURS]),
        _votes(view, near),
        named,
        frozenset(tag for tag, place in named.items() if place.end <= len(draft.title)),
    )


def _votes(view: View, near: Sequence[tuple[int, float, tuple[str, ...]]]) -> dict[str, float]:
    """Each tag's share of the neighbours' votes, 0 to 1; tags that are not in use have none."""
    house = view.house()
    current = {tag: house.current(tag) for tag in {tag for _, _, tags in near for tag in tags}}
    votes: dict[str, float] = defaultdict(float)
    for _, score, tags in near:
        for tag in {current[tag] for tag in tags}:
            if tag is not None:
                votes[tag] += score**_VOTE_POWER
    total = sum(score**_VOTE_POWER for _, score, _ in near)
    return {tag: vote / total for tag, vote in votes.items()}


def names_in_text(view: View, text: str) -> dict[str, Named]:
    """The vocabulary's tags whose spelled-out name stands in a text, at its first place."""
    words = view.words(text)
    runs: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tag, start, end in view.tags_named_in(words.terms):
        runs[tag].append((start, end))
    found: dict[str, Named] = {}
    for tag, places in runs.items():
        # "WHO" and "US" are words, too; only in capitals are they the names.
        named = [run for run in places if not tag.isupper() or _written(text, words, run).isupper()]
        if named:
            start, end = named[0]
            found[tag] = Named(words[start].start, words[end - 1].end, len(named))
    return found


def _written(text: str, words: Words, run: tuple[int, int]) -> str:
    start, end = run
    return text[words[start].start : words[end - 1].end]
