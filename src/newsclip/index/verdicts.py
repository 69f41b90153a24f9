"""Editors' feedback as it counts at once: in memory, beside the embeddings of the drafts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import fold
from newsclip.index.house_tags import HouseTags
from newsclip.index.recipe import ArticleEncoder, draft_text
from newsclip.index.tag_feedback import TagFeedback

MOST = 10_000
"""Entries that count at once, the newest: older ones have been learned from long since."""


@dataclass(frozen=True)
class Verdicts:
    """What was said of which drafts.

    ``embeddings`` is ``(drafts, dimension)``, float32, of unit length. ``said`` tells of each
    draft's folded tags whether they were accepted; ``written`` how an accepted one is written.
    The tags are those that the editors' words stand for now.
    """

    embeddings: NDArray[np.float32]
    said: Sequence[Mapping[str, bool]]
    written: Mapping[str, str]


@dataclass(frozen=True)
class _Said:
    """An entry without its text; ``draft`` is the same for what was said of the same draft."""

    draft: str | int
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]


class JudgedDrafts:
    """Follows the feedback of one store; to be asked inside a read transaction."""

    def __init__(self, feedback: TagFeedback) -> None:
        self._feedback = feedback
        self._known: tuple[tuple[int, int, tuple[int, int]], Verdicts] | None = None
        self._said: dict[int, _Said] = {}
        self._encoder = 0
        self._embeddings: dict[int, NDArray[np.float32]] = {}

    def of(self, number: int, encoder: ArticleEncoder, house: HouseTags) -> Verdicts:
        """The verdicts that stand, with the embeddings of the encoder with this number.

        Looked up anew only after feedback was given or undone or the vocabulary has changed, and
        then only what is new.
        """
        version = number, house.revision, self._feedback.version()
        if self._known is None or self._known[0] != version:
            said = self._standing()
            self._embed(list(said), number, encoder)
            rows = [self._embeddings[entry] for entry in said]
            embeddings = np.array(rows, np.float32).reshape(-1, encoder.model.dimension)
            self._known = version, _verdicts(said.values(), embeddings, house)
        return self._known[1]

    def _standing(self) -> dict[int, _Said]:
        """The newest entries that are not undone, the oldest of them first."""
        for entry in self._feedback.standing(after=max(self._said, default=0)):
            draft = entry.article or hash(draft_text(entry.draft))
            self._said[entry.number] = _Said(draft, entry.accepted, entry.rejected)
        for number in self._feedback.undone():
            self._said.pop(number, None)
        return dict([*self._said.items()][-MOST:])

    def _embed(self, entries: Sequence[int], number: int, encoder: ArticleEncoder) -> None:
        """Sees to an embedding for each entry; those that the store lacks are made here."""
        if self._encoder != number:
            self._encoder, self._embeddings = number, {}
        self._embeddings |= self._feedback.embeddings(number, max(self._embeddings, default=0))
        missing = [entry for entry in entries if entry not in self._embeddings]
        if missing:
            texts = [draft_text(self._feedback.get(entry).draft) for entry in missing]
            self._embeddings |= zip(missing, encoder.embed(texts), strict=True)


def _verdicts(
    entries: Iterable[_Said], embeddings: NDArray[np.float32], house: HouseTags
) -> Verdicts:
    """Of what was said of one tag for one draft, the last counts; the oldest entry comes first.

    Who took one name of a tag and left another has taken the tag.
    """
    meant = cache(house.meant_by)  # editors say few names, over and over
    said: list[dict[str, bool]] = []
    latest: dict[tuple[str | int, str], dict[str, bool]] = {}
    written: dict[str, str] = {}
    for entry in entries:
        accepted = {fold(tag): tag for tag in map(meant, entry.accepted)}
        written |= accepted
        here = dict.fromkeys(map(fold, map(meant, entry.rejected)), False)
        here |= dict.fromkeys(accepted, True)
        for tag in here:
            latest.get((entry.draft, tag), {}).pop(tag, None)
            latest[entry.draft, tag] = here
        said.append(here)
    return Verdicts(embeddings, said, written)
