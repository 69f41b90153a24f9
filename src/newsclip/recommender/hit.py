"""The answer's smallest part: an article, how well it fits, and why."""

from dataclasses import dataclass
from typing import Literal

from newsclip.index.article import Article

ReasonKind = Literal["tags", "words", "section", "meaning", "newest", "pinned"]


@dataclass(frozen=True)
class Reason:
    """Why an article is an answer.

    ``tags``: tags that both carry · ``words``: telling words that both use · ``section``: the
    section that both are in · ``meaning``: no word in common weighs, the texts are about the
    same · ``newest``: fills the slot because it is recent · ``pinned``: an editor put it there.
    """

    kind: ReasonKind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snippet:
    """A passage of the article; ``marks`` are the character ranges in it that match."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Hit:
    """One article of an answer.

    ``score`` is 0 to 1; 0 for a fallback, which fills the slot, and for one that an editor pinned.
    """

    article: Article
    score: float
    reasons: tuple[Reason, ...] = ()
    fallback: bool = False
    pinned: bool = False
    snippet: Snippet | None = None
