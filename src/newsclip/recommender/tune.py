"""Learns the archive's own ranker of related articles, and what it gains."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsclip.errors import TooLittleKnown, shown
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.evaluate import Report, evaluate
from newsclip.recommender.learning import calibration_error, examples, learn
from newsclip.recommender.questions import (
    KnownLinks,
    Pair,
    Question,
    questions,
    sampled,
    tagged_questions,
)
from newsclip.recommender.ranking import FIXED, Ranker, general

MOST_SOURCES = 3_000  # that are learned from: more gain little, and each costs 20 ms
LEAST_SOURCES = 60
_HELD_OUT = 1 / 3


@dataclass(frozen=True)
class Tuning:
    """A ranker learned from the archive, and what it would have gained.

    ``report`` compares, on sources that it was not learned from, a ranker learned from the rest
    with the general one and the fixed blend, and ``calibration_error`` is its expected error of
    calibration there, 0-1; ``ranker`` is then learned from all of them.
    """

    taught_by: str
    sources: int
    held_out: int
    report: Report
    calibration_error: float
    ranker: Ranker

    @property
    def gained(self) -> bool:
        """Whether nDCG@10 rose over the fixed blend by more than chance would explain."""
        return self.report.gains["fixed"]["ndcg@10"].low > 0


def tune(view: View, pairs: Sequence[Pair], seed: int = 0, qrels: str | None = None) -> Tuning:
    """Learns from pairs that belong together, and from shared rare tags where links are few.

    Sources are masked, and a source's own links hidden from its features. When the held-out
    sources are asked, none of their links is known at all. ``qrels`` names the file of the pairs,
    if they are judgments and not the archive's links; nothing else is then learned from. Raises
    TooLittleKnown.
    """
    asked = _asked(view, pairs, seed)
    known, taught_by = (_judged(asked, qrels), "judgments") if qrels else _linked(view, asked)
    known = sampled(known, MOST_SOURCES, seed)
    pointing = _pointing(view)
    held_out = known[: int(len(known) * _HELD_OUT)]
    rest = known[len(held_out) :]
    hidden = [key for question in held_out for key in question.source.keys]
    links = KnownLinks(pointing, hidden)
    trial = learn(examples(view, rest, [links], seed), seed, "")
    rankers = {"own": trial, "general": general(), "fixed": FIXED}
    report = evaluate(view, held_out, rankers, links, seed)
    error = calibration_error(trial, examples(view, held_out, [links], seed))
    learned_on = f"{len(known)} articles of this archive, by {taught_by}"
    ranker = learn(examples(view, known, [KnownLinks(pointing)], seed), seed, learned_on)
    return Tuning(taught_by, len(known), len(held_out), report, error, ranker)


def _asked(view: View, pairs: Sequence[Pair], seed: int) -> list[Question]:
    sources = sorted({pair.source for pair in pairs if pair.source != pair.target})
    chosen = set(sampled(sources, MOST_SOURCES, seed))
    return questions(view, [pair for pair in pairs if pair.source in chosen])


def _judged(known: list[Question], qrels: str) -> list[Question]:
    """The questions that judgments make, if there are enough: who gives a file means it."""
    if len(known) < LEAST_SOURCES:
        remedy = (
            "judge what belongs to more articles of the archive, or leave --qrels out to learn"
            " from links; until then the plain blend serves"
        )
        what = f"articles of the archive with a judgment in {shown(qrels)}"
        raise TooLittleKnown(what, len(known), LEAST_SOURCES, remedy)
    return known


def _linked(view: View, known: list[Question]) -> tuple[list[Question], str]:
    """The questions that links make, with those of rare tags where they are few; and which."""
    taught_by = "links"
    if len(known) < LEAST_SOURCES:
        have = {question.source.key for question in known}
        known = known + [q for q in tagged_questions(view) if q.source.key not in have]
        taught_by = "links and rare tags" if have else "rare tags"
    if len(known) < LEAST_SOURCES:
        remedy = (
            "import articles with links or HTML bodies, or with tags that few share; until then"
            " the plain blend serves"
        )
        what = "articles that link to others of the archive, or share a rare tag with some"
        raise TooLittleKnown(what, len(known), LEAST_SOURCES, remedy)
    return known, taught_by


def _pointing(view: View) -> dict[int, tuple[int, ...]]:
    everything = np.array(view.newest(Filter(), len(view)), np.int64)
    return dict(view.links_from(everything))
