"""How good related articles are, by what is known to belong together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsclip.errors import TooLittleKnown
from newsclip.index.view import View
from newsclip.recommender.choice import Choice, eligible
from newsclip.recommender.features import Floats, Links
from newsclip.recommender.metrics import MEASURES, interval, measured
from newsclip.recommender.questions import Question
from newsclip.recommender.ranking import Ranker
from newsclip.recommender.relevance import ranked
from newsclip.recommender.similar import distinct
from newsclip.recommender.source import Source
from newsclip.recommender.telling import telling_terms

DEPTH = 20  # as deep as any measure looks
_CHOICE = Choice(limit=DEPTH, fallback="none")


@dataclass(frozen=True)
class Estimate:
    """A mean over questions, and the interval that holds it with a chance of 95 %."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats, seed: int) -> "Estimate":
        """The mean of ``values``, ``(n,)``, with its bootstrap interval."""
        return cls(float(values.mean()), *interval(values, seed))


@dataclass(frozen=True)
class Report:
    """What was measured: each measure's estimate for each ranker, over the same questions.

    ``gains`` are those of the first ranker over each other one, question by question.
    ``left_out`` counts the questions to which no article of the archive belongs.
    """

    questions: int
    left_out: int
    rankers: Mapping[str, Mapping[str, Estimate]]
    gains: Mapping[str, Mapping[str, Estimate]]


def evaluate(
    view: View,
    questions: Sequence[Question],
    rankers: Mapping[str, Ranker],
    links: Links,
    seed: int = 0,
    left_out: int = 0,
) -> Report:
    """Asks each question of each ranker; the first is compared with the others.

    ``left_out`` counts questions that were left out before. Raises TooLittleKnown if none has an
    answer.
    """
    answered = [question for question in questions if any(g > 0 for g in question.grades.values())]
    if not answered:
        remedy = "give articles their links, or judgments by --qrels FILE"
        raise TooLittleKnown("articles to which others are known to belong", 0, 1, remedy)
    tables = {name: measure(view, answered, ranker, links) for name, ranker in rankers.items()}
    first, *others = rankers
    return Report(
        len(answered),
        left_out + len(questions) - len(answered),
        {name: _estimates(table, seed) for name, table in tables.items()},
        {name: _estimates(tables[first] - tables[name], seed) for name in others},
    )


def measure(view: View, questions: Sequence[Question], ranker: Ranker, links: Links) -> Floats:
    """MEASURES of each question, ``(n, len(MEASURES))``."""
    rows = [
        measured(best(view, question.source, ranker, links), question.grades)
        for question in questions
    ]
    return np.array(rows, np.float64).reshape(-1, len(MEASURES))


def best(view: View, source: Source, ranker: Ranker, links: Links) -> list[int]:
    """The keys of the rail that a ranker makes, as the service would; editors' rules aside."""
    where = eligible(view, source, _CHOICE)
    query = telling_terms(view, source.terms)
    found = ranked(view, source, query, _CHOICE, where, ranker, links)
    keys: list[int] = distinct(view, found, DEPTH).keys.tolist()
    return keys


def _estimates(table: Floats, seed: int) -> dict[str, Estimate]:
    return {name: Estimate.of(table[:, column], seed) for column, name in enumerate(MEASURES)}
