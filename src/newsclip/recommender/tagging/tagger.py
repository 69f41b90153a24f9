"""The learned tagger: scores every tag of a draft from all that speaks for it."""

import io
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import TaggerInvalid
from newsclip.index.filters import fold
from newsclip.index.view import TermCounts, View
from newsclip.recommender.tagging.likeness import Names
from newsclip.recommender.tagging.linear import Linear
from newsclip.recommender.tagging.stack import FEATURES, Stack, Table
from newsclip.recommender.tagging.witnesses import Witnesses
from newsclip.recommender.tagging.words import ByWord, Floats, Words
from newsclip.recommender.telling import counted

VERSION = 2
"""Changes with what the numbers of a stored tagger mean."""

_DAMAGED = (ValueError, KeyError, OSError, TypeError, EOFError, IndexError, BadZipFile)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tagger:
    """Classifiers of ``t`` tags, and what weighs them against votes and names.

    ``articles`` ``(t,)`` says of how many texts each tag was learned, ``thresholds`` ``(t,)`` from
    which score on it is to be taken, ``threshold`` the same for any other tag. ``learned_from`` is
    the number of texts, ``calibration_error`` the expected one on texts not learned from.
    """

    tags: Sequence[str]
    articles: NDArray[np.int64]
    words: Words
    linear: Linear
    names: Names
    stack: Stack
    thresholds: Floats
    threshold: float
    learned_from: int
    calibration_error: float

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {fold(tag): number for number, tag in enumerate(self.tags)}

    def table(
        self, view: View, terms: TermCounts, embedding: Floats, found: Witnesses
    ) -> tuple[Table, list[str]]:
        """The witnesses of every tag: of its own, then of those that only votes or names know.

        ``(t + more,)``, with the names of the further ones; what is learned of these is 0.
        """
        own_terms, often = counted(terms)
        vector = self.words.vector(view.term_texts(own_terms), often)
        decisions = self.linear.decisions(*vector, embedding)
        worded, meant = self.names.likeness(*vector, embedding)
        known = self._numbers
        unseen = {fold(tag): tag for tag in sorted(found.tags) if fold(tag) not in known}
        more = list(unseen.values())  # one of several spellings
        numbers = {**known, **{folded: len(known) + n for n, folded in enumerate(unseen)}}
        columns = np.zeros((4, len(numbers)), np.float32)
        times = {tag: place.times for tag, place in found.named.items()}
        titled = dict.fromkeys(found.titled, 1.0)
        spoken: list[Mapping[str, float]] = [found.votes, found.more_votes, titled, times]
        for column, values in zip(columns, spoken, strict=True):
            for tag, value in values.items():
                column[numbers[fold(tag)]] += value
        none = np.zeros(len(more), np.float32)
        decisions, worded, meant = (np.append(each, none) for each in (decisions, worded, meant))
        votes, more_votes, title, often_named = columns
        return Table(decisions, votes, more_votes, title, often_named, worded, meant), more

    def chances(self, table: Table) -> Floats:
        """The chance of each tag of :meth:`table`, 0 to 1."""
        count = len(self.tags)
        chances = self.stack.probabilities(table)
        if len(chances) > count:
            chances[count:] = self.stack.probabilities(table, seen=False)[count:]
        return chances

    def threshold_of(self, tag: str) -> float:
        """The score from which a tag is to be taken without a look."""
        number = self._numbers.get(fold(tag))
        return self.threshold if number is None else float(self.thresholds[number])

    def to_bytes(self) -> bytes:
        """Arrays in numpy's own format; weights in half precision."""
        file = io.BytesIO()
        arrays: dict[str, NDArray[Any]] = {
            "tags": _packed(self.tags),
            "terms": _packed(self.words.terms),
            "articles": self.articles,
            "idf": self.words.idf,
            **_arrays_of("word", self.linear.words),
            **_arrays_of("name", self.names.words),
            "name_embedding": self.names.embedding.astype(np.float16),
            "embedding": self.linear.embedding.astype(np.float16),
            "offset": self.linear.offset,
            "stack": self.stack.weights,
            "unseen": self.stack.unseen,
            "thresholds": self.thresholds,
            "facts": _packed([json.dumps(self._facts)]),
        }
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()

    @property
    def _facts(self) -> dict[str, float]:
        return {
            "version": VERSION,
            "offset": self.stack.offset,
            "unseen_offset": self.stack.unseen_offset,
            "threshold": self.threshold,
            "learned_from": self.learned_from,
            "calibration_error": self.calibration_error,
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The tagger of :meth:`to_bytes`. Raises TaggerInvalid."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                arrays = dict(file)
            facts = json.loads(_unpacked(arrays["facts"])[0])
            if facts["version"] != VERSION or arrays["stack"].shape != (len(FEATURES),):
                raise TaggerInvalid(f"is of version {facts['version']}, not {VERSION}")
            return cls(
                tags=_unpacked(arrays["tags"]),
                articles=arrays["articles"],
                words=Words(_unpacked(arrays["terms"]), arrays["idf"]),
                linear=Linear(
                    _by_word("word", arrays),
                    arrays["embedding"].astype(np.float32),
                    arrays["offset"],
                ),
                names=Names(_by_word("name", arrays), arrays["name_embedding"].astype(np.float32)),
                stack=Stack(
                    arrays["stack"], facts["offset"], arrays["unseen"], facts["unseen_offset"]
                ),
                thresholds=arrays["thresholds"],
                threshold=facts["threshold"],
                learned_from=facts["learned_from"],
                calibration_error=facts["calibration_error"],
            )
        except _DAMAGED as error:
            raise TaggerInvalid(f"is damaged: {error}") from None


def _arrays_of(kind: str, table: ByWord) -> dict[str, NDArray[Any]]:
    return {
        f"{kind}_starts": table.starts,
        f"{kind}_tags": table.tags,
        f"{kind}_weights": table.weights.astype(np.float16),
    }


def _by_word(kind: str, arrays: Mapping[str, NDArray[Any]]) -> ByWord:
    starts, tags = arrays[f"{kind}_starts"], arrays[f"{kind}_tags"]
    weights = arrays[f"{kind}_weights"].astype(np.float32)
    return ByWord(starts, tags, weights, len(arrays["offset"]))


def _packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Texts without line breaks as the bytes of one."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> list[str]:
    text = packed.tobytes().decode()
    return text.split("\n") if text else []


def tagger_of(view: View) -> Tagger | None:
    """What was learned last with the archive's encoder; None if nothing was, or nothing usable."""
    version = view.tagger_version()
    if version is None:
        return None
    known = _kept.get(version)
    if known is None:
        _kept.clear()  # one a process: the one before is no more
        known = _kept[version] = _read(view)
    return known[0]


_kept: dict[tuple[str, str, int], tuple[Tagger | None]] = {}


def _read(view: View) -> tuple[Tagger | None]:
    stored = view.stored_tagger()
    try:
        return (Tagger.from_bytes(stored.weights) if stored else None,)
    except TaggerInvalid as error:
        log.warning("%s; %s", error.message, error.remedy)
        return (None,)
