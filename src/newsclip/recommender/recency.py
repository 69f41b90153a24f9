"""What an article's date is worth beside the source's: factors from 0 to 1, pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import NEVER, fold

Time = Literal["any", "background", "latest", "around", "evergreen"]

HALF_LIFE = 360.0
"""Days after which what decays is worth half."""

HALF_WEIGHT = 0.5
"""The share of a score that decays where nobody set a half-life (docs/decisions.md)."""

_OFFSET = 1 / 12  # of a half-life in which nothing is lost: 30 of 360 days
_LATEST = 30.0
_AROUND, _AROUND_OFFSET = 14.0, 7.0
_FRESH_SCALE, _FRESH_OFFSET, _FRESH_DECAY = 14.0, 7.0, 0.25
_DAY = 86_400
_Floats = NDArray[np.float64]

Ageing = tuple[_Floats, _Floats]
"""The half-life of each article, in days, and the share of its score that decays."""


@dataclass(frozen=True)
class HalfLives:
    """How fast articles age, in days; ``inf`` means never.

    ``by_section`` names sections, folded. All of such a section's score decays, of others half.
    """

    days: float = HALF_LIFE
    by_section: Mapping[str, float] = field(default_factory=dict)

    def of(self, sections: Sequence[str | None]) -> Ageing:
        """How articles of each section age."""
        if not self.by_section:
            return np.full(len(sections), self.days), np.full(len(sections), HALF_WEIGHT)
        own = [self.by_section.get(fold(section or "")) for section in sections]
        days = [self.days if each is None else each for each in own]
        weights = [HALF_WEIGHT if each is None else 1.0 for each in own]
        return np.array(days, np.float64), np.array(weights, np.float64)


def time_factors(
    time: Time,
    published_at: NDArray[np.int64],
    source: int,
    now: int,
    ageing: Ageing,
) -> NDArray[np.float32]:
    """What to multiply each score by, ``(n,)``, above 0 and at most 1.

    Moments are seconds since 1970, NEVER for an unknown one; ``ageing`` is what
    :meth:`HalfLives.of` gives. With ``d`` the days between article and source and ``h`` a
    half-life, what decays is multiplied by ``1 / (1 + max(0, d - offset) / h)``, so it is worth
    half at ``offset + h``, as in the decay functions of Elasticsearch's function_score; a
    hyperbola in place of the exponential leaves old articles in their order and above 0.

    - ``any``, ``background``: ``h`` by section and an offset of ``h / 12``; only a share decays;
    - ``around``: ``h`` 14 days, offset 7;
    - ``latest``: ``d`` is the age at ``now``, ``h`` 30 days, no offset;
    - ``evergreen``: 1.

    An undated article is worth as much as one at its half-life, or as the middle one of those with
    a date if that is less: among old articles it must not seem new. Beside an undated source the
    date counts only for ``latest``.
    """
    if time == "evergreen" or (source == NEVER and time != "latest"):
        return np.ones(len(published_at), np.float32)
    days = np.abs(now - published_at if time == "latest" else source - published_at) / _DAY
    if time == "latest":
        decay, weights = _decay(days / _LATEST, 0), np.ones(len(days))
    elif time == "around":
        decay, weights = _decay(days / _AROUND, _AROUND_OFFSET / _AROUND), np.ones(len(days))
    else:
        half_lives, weights = ageing
        decay = _decay(days / half_lives, _OFFSET)
    dated = published_at != NEVER
    if not dated.all():
        decay[~dated] = min(0.5, _middle(decay[dated])) if dated.any() else 0.5
    factors: NDArray[np.float32] = (1 - weights + weights * decay).astype(np.float32)
    return factors


def freshness(published_at: NDArray[np.int64], now: int) -> NDArray[np.float64]:
    """What the age of each article is worth in a search, ``(n,)``, 0 to 1.

    With ``d`` the days since it appeared, ``0.25 ** (max(0, d - 7) / 14)``: all of it in the first
    week, a quarter after three (the exponential decay of Elasticsearch's function_score). An
    undated article is worth nothing: it must not seem new.
    """
    days = (now - published_at) / _DAY
    worth = _FRESH_DECAY ** (np.maximum(0, days - _FRESH_OFFSET) / _FRESH_SCALE)
    return np.where(published_at == NEVER, 0.0, worth)


def timely(
    scores: NDArray[np.float32], factors: NDArray[np.float32] | NDArray[np.float64]
) -> NDArray[np.float32]:
    """Scores whose odds are multiplied by a factor each, ``(n,)``.

    Where many are all but certain, a plain product would put them in order of their dates.
    """
    certain = scores.astype(np.float64)
    worth = certain * factors
    timed: NDArray[np.float32] = (worth / (1 - certain + worth + 1e-12)).astype(np.float32)
    return timed


def _middle(values: _Floats) -> float:
    """The median of some values; of so few numpy's own takes ten times as long."""
    ordered = np.sort(values)
    return float(ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2


def _decay(half_lives: _Floats, offset: float) -> _Floats:
    """1 up to the offset, a half one half-life behind it."""
    decay: _Floats = 1 / (1 + np.maximum(0, half_lives - offset))
    return decay
