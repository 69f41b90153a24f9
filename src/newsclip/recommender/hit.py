"""The answer's smallest part: an article, how well it fits, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from newsclip.index.article import Article

ReasonKind = Literal[
    "pinned",
    "story",
    "tags",
    "names",
    "words",
    "section",
    "meaning",
    "age",
    "passages",
    "newest",
]


class Reason(NamedTuple):
    """Why an article is an answer.

    ``pinned``: an editor put it there · ``story``: part of the same running story · ``tags``:
    tags that both carry · ``names``: names that stand in both · ``words``: telling words that
    both use · ``section``: the section that both are in · ``meaning``: no tag, name or word in
    common weighs, the texts are about the same · ``age``: how long before or after the source it
    appeared · ``passages``: a sentence of the source and one of the article that match best ·
    ``newest``: fills the slot because it is recent.
    """

    kind: ReasonKind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snippet:
    """A passage of the article; ``marks`` are the character ranges in it that match."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """How a score came about: ``relevance * time``; ``parts`` are what the relevance is made of."""

    relevance: float
    time: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Hit:
    """One article of an answer.

    ``score`` is 0 to 1; 0 for a fallback, which fills the slot, and for one that an editor pinned.
    ``snippet`` is where the words of a query stand, ``passage`` the sentence or two nearest to it
    in meaning. ``duplicates`` are the same text again, which the article stands for.
    """

    article: Article
    score: float
    reasons: tuple[Reason, ...] = ()
    fallback: bool = False
    pinned: bool = False
    snippet: Snippet | None = None
    passage: str | None = None
    duplicates: Sequence[Article] = ()
    explanation: Explanation | None = None
