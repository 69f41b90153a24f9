"""What editors accepted and rejected, at work at once on drafts like theirs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import fold
from newsclip.index.view import View
from newsclip.recommender.fusion import meaning_scores
from newsclip.recommender.tagging.scoring import TagScores

STRENGTH = 0.2
"""How much the score from the archive weighs beside one verdict on the very same text."""

_NEARNESS = 8.0  # the power of a likeness: verdicts on texts that are only somewhat alike are many
_LEAST = 1e-3  # a verdict that weighs less changes no digit that is shown
_SAME = 1 - 1e-5  # a cosine above is that of one text, whatever is typical of the archive


@dataclass(frozen=True)
class Said:
    """The weight of all that was accepted, and of all that was rejected, by folded tag.

    ``written`` is how an accepted one is written.
    """

    accepted: Mapping[str, float]
    rejected: Mapping[str, float]
    written: Mapping[str, str]

    @property
    def refused(self) -> frozenset[str]:
        """The folded tags that were rejected more than accepted."""
        return frozenset(t for t, no in self.rejected.items() if no > self.accepted.get(t, 0.0))


def judged(found: TagScores, said: Said) -> TagScores:
    """The scores, and what editors said of these tags for like drafts.

    Seen as a chance that verdicts like these confirm or refute, the score ``p`` of a tag becomes
    ``(c p + a) / (c + a + r)``: the mean of the Beta distribution after ``a`` accepts and ``r``
    rejects, each weighing its draft's likeness to the power of eight, when ``c`` such verdicts'
    worth was known before. An accepted tag that nothing else speaks for begins at 0.
    """
    if not (said.accepted or said.rejected):
        return found
    spellings = defaultdict[str, list[str]](list)
    for tag in found.scores:
        spellings[fold(tag)].append(tag)
    scores = dict(found.scores)
    parts = dict(found.parts)
    for folded in said.accepted.keys() | said.rejected.keys():
        yes, no = said.accepted.get(folded, 0.0), said.rejected.get(folded, 0.0)
        for tag in spellings[folded] or ([said.written[folded]] if yes else []):
            scores[tag] = (STRENGTH * scores.get(tag, 0.0) + yes) / (STRENGTH + yes + no)
            parts[tag] = {**parts.get(tag, {}), "accepted": yes, "rejected": no}
    return replace(found, scores=scores, parts=parts)


def said_of_like_drafts(view: View, embedding: NDArray[np.float32]) -> Said:
    """What editors said of drafts like the one with this embedding, ``(dimension,)``."""
    verdicts = view.verdicts()
    weights = _weights(view, embedding, verdicts.embeddings)
    accepted: dict[str, float] = defaultdict(float)
    rejected: dict[str, float] = defaultdict(float)
    for row in np.flatnonzero(weights > _LEAST).tolist():
        for tag, was_accepted in verdicts.said[row].items():
            (accepted if was_accepted else rejected)[tag] += float(weights[row])
    return Said(accepted, rejected, verdicts.written)


def _weights(
    view: View, embedding: NDArray[np.float32], others: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How much a verdict on each of the other drafts counts for this one, 0 to 1."""
    cosines = others @ embedding
    likeness = meaning_scores(view, embedding, cosines)
    likeness[cosines > _SAME] = 1
    weights: NDArray[np.float32] = likeness**_NEARNESS
    return weights
