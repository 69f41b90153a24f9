"""Which of the tags that a draft has already are in doubt, and why."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from newsclip.index.filters import fold
from newsclip.index.view import View
from newsclip.recommender.tagging.proposals import known_as
from newsclip.recommender.tagging.scoring import TagScores

Why = Literal["banned", "replaced", "unknown", "unlikely"]

FITS = 0.02
"""The score from which a tag that an editor chose is confirmed: its prior is far above a random
tag's, so that little must speak for it."""


@dataclass(frozen=True)
class Doubt:
    """Why a tag is in doubt: it is banned, replaced by another, used by nobody, or does not fit.

    ``instead`` is the tag to use in its place, if there is one. Another name of a tag that the
    vocabulary lists is replaced by that tag, unless they differ in letter case alone.
    """

    why: Why
    instead: str | None = None


def doubt_about(view: View, tag: str, score: float, banned: AbstractSet[str]) -> Doubt | None:
    """What speaks against a tag of the draft; None if it fits. ``banned`` are folded."""
    house = view.house()
    name = tag.strip().lstrip("#").strip()
    entry, meant = house.find(name), house.meant_by(name)
    if fold(meant) in banned or (entry and entry.status == "banned"):
        return Doubt("banned")
    is_its_own = entry is None or (meant == entry.tag and fold(name) == fold(meant))
    if not is_its_own and house.current(meant):
        return Doubt("replaced", meant)
    if entry is None and not score and not view.shown_tags({fold(name)}):
        return Doubt("unknown", known_as(view, name))
    return Doubt("unlikely") if score < FITS else None


def of_draft(tags: tuple[str, ...], found: TagScores) -> dict[str, str]:
    """For each tag of a draft, in its order, how the best scored of its spellings is written."""
    own = {fold(tag): tag for tag in reversed(tags) if fold(tag)}
    best: dict[str, str] = {}
    for tag in found.scores if own else ():
        folded = fold(tag)
        if folded in own and found.scores[tag] >= found.scores.get(best.get(folded, ""), 0):
            best[folded] = tag
    return {tag: best.get(folded, tag) for folded, tag in reversed(own.items())}
