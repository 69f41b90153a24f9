"""`newsclip evaluate`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.evaluate_search_command import search
from newsclip.api.cli.evaluate_tags_command import tags
from newsclip.api.cli.options import (
    common_options,
    json_option,
    open_archive,
    sample_option,
    seed_option,
)
from newsclip.api.cli.output import print_facts, print_json

if TYPE_CHECKING:
    from newsclip.index.view import View
    from newsclip.recommender.evaluate import Report
    from newsclip.recommender.questions import Question

_RANKERS = click.Choice(["own", "general", "fixed"])


@click.group("evaluate")
@common_options
def evaluate() -> None:
    """Measure how good the answers are on your own archive."""


@evaluate.command("similar")
@click.option("--qrels", metavar="FILE", help="Judgments: TREC, tab-separated or JSON Lines.")
@click.option("--by-tags", is_flag=True, help="By shared rare tags, each hidden from its source.")
@click.option("--unmasked", is_flag=True, help="Leave titles of targets in the source's text.")
@click.option("--ranker", type=_RANKERS, default="own", show_default=True, help="To measure.")
@click.option("--compare", type=_RANKERS, help="With this one, article by article.")
@sample_option(1000)
@seed_option
@json_option
@common_options
def similar(
    qrels: str | None,
    by_tags: bool,
    unmasked: bool,
    ranker: str,
    compare: str | None,
    sample: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure related articles by links, judgments or tags.

    Without --qrels and --by-tags the articles' own links say what belongs together. What gives
    the answer away is cut out of each source, and its own links are hidden. "own" is the ranker
    in use; one that `newsclip tune` learned from the same links has seen them, so its figure is
    the one that `newsclip tune` prints.
    """
    from newsclip.recommender import evaluate as measuring
    from newsclip.recommender.ranking import FIXED, general, ranker_of

    if qrels and by_tags:
        raise click.UsageError("--qrels and --by-tags exclude each other")
    with open_archive() as archive, archive.reading() as view:
        questions, left_out = _questions(view, qrels, by_tags, not unmasked, sample, seed)
        known = {"own": ranker_of(view), "general": general(), "fixed": FIXED}
        chosen = {name: known[name] for name in dict.fromkeys((ranker, compare)) if name}
        report = measuring.evaluate(view, questions, chosen, view, seed, left_out)
    if as_json:
        print_json(asdict(report))
    else:
        _print(report)


def _questions(
    view: View, qrels: str | None, by_tags: bool, masked: bool, sample: int, seed: int
) -> tuple[list[Question], int]:
    from newsclip.api.cli.judgments import pairs_of
    from newsclip.recommender.questions import questions, sampled, tagged_questions

    if by_tags:
        return sampled(tagged_questions(view), sample, seed), 0
    pairs, left_out = pairs_of(view, qrels)
    sources = set(sampled(sorted({pair.source for pair in pairs}), sample, seed))
    chosen = [pair for pair in pairs if pair.source in sources]
    return questions(view, chosen, masked=masked), left_out


def _print(report: Report) -> None:
    from newsclip.api.cli.tune_command import shown
    from newsclip.recommender.metrics import MEASURES

    click.echo(f"{report.questions:,} articles; {report.left_out:,} left out, without an answer")
    rows: list[tuple[str, ...]] = [("", *MEASURES)]
    for name, estimates in report.rankers.items():
        rows.append((name, *(shown(estimates[measure]) for measure in MEASURES)))
    for name, estimates in report.gains.items():
        rows.append((f"gain over {name}", *(shown(estimates[measure]) for measure in MEASURES)))
    print_facts(rows)


evaluate.add_command(search)
evaluate.add_command(tags)
