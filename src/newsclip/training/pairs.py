"""The pairs that a model learns from: two texts of one article that should embed alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

_LEAST_WORDS = 40  # in a body; a shorter one teaches little beside its title
_LEAST_TITLE = 3
_MOST_WORDS = 600  # of a body; what comes later repeats, and memory is finite
_QUERY_WORDS = (10, 120)
_DOCUMENT_WORDS = (50, 450)
LEAD_WORDS = 60


class TrainingArticle(NamedTuple):
    """A title, and the head of a body that does not start with the title again."""

    title: str
    body: str
    """Words with one blank between; a list of words would take ten times the memory."""

    @property
    def lead(self) -> str:
        """The body's first words."""
        return " ".join(self.body.split(" ", LEAD_WORDS)[:LEAD_WORDS])


@dataclass(frozen=True)
class Pair:
    """Two texts of the article at position ``article``."""

    article: int
    anchor: str
    positive: str


def usable(articles: Iterable[tuple[str, str]]) -> list[TrainingArticle]:
    """Keep each (title, body) once, and only those long enough to teach something."""
    kept: dict[tuple[str, str], TrainingArticle] = {}
    for title, body in articles:
        title, body = title.strip(), body.strip()
        if body.lower().startswith(title.lower()):
            body = body[len(title) :]  # else the title would only have to find itself
        words = body.split()[:_MOST_WORDS]
        if len(words) >= _LEAST_WORDS and len(title.split()) >= _LEAST_TITLE:
            key = " ".join(re.findall(r"\w+", title.lower())), " ".join(words[:12])
            kept.setdefault(key, TrainingArticle(title, " ".join(words)))
    return list(kept.values())


def sample_pairs(
    articles: Sequence[TrainingArticle], passage_share: float, rng: Generator
) -> Iterator[Pair]:
    """Yield pairs without end, each article once before any comes again.

    The positive is a stretch of the body of random length. The anchor is the title or, for
    ``passage_share`` of the pairs, another stretch of the same body, so that the model learns
    what "related" means beside what "found" means.
    """
    while True:
        for article in rng.permutation(len(articles)):
            anchor, words = articles[article].title, articles[article].body.split()
            if rng.random() < passage_share and len(words) > 2 * _QUERY_WORDS[0]:
                anchor, words = _cut_out(words, rng)
            yield Pair(int(article), anchor, _stretch(words, rng))


def _cut_out(words: list[str], rng: Generator) -> tuple[str, list[str]]:
    """Take a passage out of the body; return it and the words that are left."""
    length = min(_length(_QUERY_WORDS, rng), len(words) // 2)
    start = int(rng.integers(0, len(words) - length + 1))
    end = start + length
    return " ".join(words[start:end]), [*words[:start], *words[end:]]


def _stretch(words: list[str], rng: Generator) -> str:
    """A part of the body; every other one is its head, where news says what matters."""
    length = _length(_DOCUMENT_WORDS, rng)
    room = len(words) - length
    start = 0 if room <= 0 or rng.random() < 0.5 else int(rng.integers(0, room + 1))
    return " ".join(words[start : start + length])


def _length(bounds: tuple[int, int], rng: Generator) -> int:
    """Short lengths as often as long ones: uniform in the logarithm."""
    return round(float(np.exp(rng.uniform(*np.log(bounds)))))
