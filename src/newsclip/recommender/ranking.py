"""The learned ranker of related articles: one curve for each feature, added up.

A generalised additive model (Hastie and Tibshirani, 1986) of whether an editor would link to a
candidate. Its curves are piecewise linear, so that a score costs one interpolation a feature, and
what each feature gave explains it.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self

import numpy as np

from newsclip.errors import RankerInvalid
from newsclip.index.bm25 import TermQuery
from newsclip.index.view import View
from newsclip.recommender.features import (
    FEATURES,
    VERSION,
    Floats,
    Keys,
    Links,
    Numbers,
    features,
)
from newsclip.recommender.source import Source

_ALIKE = ("words", "meaning", "tags", "votes")
_ALIKE_COLUMNS = [FEATURES.index(name) for name in _ALIKE]

log = logging.getLogger(__name__)

Scale = Literal["logistic", "plain"]
RankerChoice = Literal["learned", "general", "fixed"]


@dataclass(frozen=True)
class Curve:
    """What a feature adds, by its value: linear between the knots, constant beyond them."""

    knots: Sequence[float]
    values: Sequence[float]

    def at(self, numbers: Numbers) -> Floats:
        """What each value adds, ``(n,)``."""
        return np.interp(numbers, self.knots, self.values)


@dataclass(frozen=True)
class Ranker:
    """Scores candidates from their features.

    The sum of ``offset`` and the curves is a score as it is (``scale="plain"``) or the log odds of
    one (``"logistic"``). ``sections`` are the learned priors of sections, by folded name.
    ``learned_on`` says, for readers, where it comes from.
    """

    curves: Mapping[str, Curve]
    offset: float = 0.0
    scale: Scale = "logistic"
    sections: Mapping[str, float] = field(default_factory=dict)
    learned_on: str = ""

    def features(
        self,
        view: View,
        source: Source,
        query: TermQuery,
        keys: Keys,
        links: Links | None = None,
    ) -> Numbers:
        """The features that it scores by, ``(len(keys), len(FEATURES))``.

        ``query`` are the source's telling terms; ``links`` the view's, if none are given.
        """
        wanted = self.curves.keys() | (_ALIKE if self.scale == "logistic" else ())
        return features(view, source, query, keys, links or view, self.sections, wanted)

    @property
    def follows_links(self) -> bool:
        """Whether it makes a difference to it what other articles link to."""
        return "votes" in self.curves

    def parts(self, table: Numbers) -> Numbers:
        """What each feature adds, ``(n, len(FEATURES))``; log odds where the scale is logistic."""
        parts = np.zeros(table.shape, np.float32)
        for column, name in enumerate(FEATURES):
            if name in self.curves:
                parts[:, column] = self.curves[name].at(table[:, column])
        return parts

    def totals(self, table: Numbers) -> Floats:
        """The sum that each score is made of, ``(n,)``; log odds where the scale is logistic."""
        totals = np.full(len(table), self.offset)
        for name, curve in self.curves.items():
            totals += curve.at(table[:, FEATURES.index(name)])
        return totals

    def scores(self, table: Numbers) -> Numbers:
        """The score of each candidate, ``(n,)``, 0-1; 0 where nothing at all is alike."""
        total = self.totals(table)
        if self.scale == "logistic":
            total = 1 / (1 + np.exp(-total.clip(-30, 30)))
        alike = table[:, _ALIKE_COLUMNS].any(axis=1)
        scores: Numbers = np.where(alike, total.clip(0, 1), 0).astype(np.float32)
        return scores

    def timed(self, relevance: Numbers, time: Numbers) -> Numbers:
        """Scores times what the date is worth, ``(n,)``; of log odds the odds are multiplied.

        Where many are all but certain, a plain product would put them in order of their dates.
        """
        timely = relevance.astype(np.float64) * time
        if self.scale == "logistic":
            timely /= 1 - relevance.astype(np.float64) + timely
        scores: Numbers = timely.astype(np.float32)
        return scores

    def to_json(self) -> str:
        """Readable JSON, from which :meth:`from_json` makes the same ranker."""
        return json.dumps({"features_version": VERSION, **asdict(self)}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises RankerInvalid if the text holds none, or one of other features."""
        try:
            raw = json.loads(text)
            version = raw.pop("features_version")
            raw["curves"] = {name: Curve(**curve) for name, curve in raw["curves"].items()}
            ranker = cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RankerInvalid(f"is damaged: {error}") from None
        if version != VERSION or not ranker.curves.keys() <= set(FEATURES):
            raise RankerInvalid(f"was learned on features of version {version}, not {VERSION}")
        return ranker


FIXED = Ranker(
    {"words": Curve((0, 1), (0, 0.85)), "meaning": Curve((0, 1), (0, 0.15))},
    scale="plain",
    learned_on="nothing: the blend of words and meaning of decision 53",
)
"""The fallback, and the mark that a learned ranker has to beat."""


@lru_cache(maxsize=1)
def general() -> Ranker:
    """The ranker that ships with the package."""
    return Ranker.from_json(files(__package__).joinpath("general_ranker.json").read_text("utf-8"))


def ranker_of(view: View, choice: RankerChoice = "learned") -> Ranker:
    """``learned``: the archive's own, by ``newsclip tune``; until there is one, the fixed blend.

    ``general`` and ``fixed`` ask for those. A stored ranker that cannot be used is passed over,
    with a warning.
    """
    if choice == "general":
        return general()
    stored = view.tuned_ranker() if choice == "learned" else None
    return (_read(stored) if stored else None) or FIXED


@lru_cache(maxsize=4)
def _read(text: str) -> Ranker | None:
    try:
        return Ranker.from_json(text)
    except RankerInvalid as error:
        log.warning("%s; %s", error.message, error.remedy)
        return None
