"""`newsclip evaluate search`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    from newsclip.recommender.evaluate_search import Estimates, SearchReport
    from newsclip.recommender.search_questions import Kind, SearchQuestion


@click.command("search")
@click.option(
    "--queries", metavar="FILE", help="Queries: id and text, with a tab or as JSON Lines."
)
@click.option("--qrels", metavar="FILE", help="Judgments: TREC, tab-separated or JSON Lines.")
@click.option(
    "--by",
    type=click.Choice(["titles", "leads", "copies"]),
    default="titles",
    show_default=True,
    help="Without files: what of the archive is asked with.",
)
@sample_option(300)
@seed_option
@json_option
@common_options
def search(
    queries: str | None, qrels: str | None, by: Kind, sample: int, seed: int, as_json: bool
) -> None:
    """Measure search by judged queries, or by the archive alone.

    By "titles" an article is looked for with its title, by "leads" with its first sentence; both
    stand in it, so they say whether it is found at all. By "copies" the title of an article looks
    for the same story under other headlines, itself left out.
    """
    from newsclip.recommender.evaluate_search import evaluate_search

    if bool(queries) != bool(qrels):
        raise click.UsageError("--queries and --qrels go together")
    with open_archive() as archive, archive.reading() as view:
        report = evaluate_search(view, _questions(view, queries, qrels, by, sample, seed), seed)
    if as_json:
        print_json(asdict(report))
    else:
        _print(report)


def _questions(
    view: View, queries: str | None, qrels: str | None, by: Kind, sample: int, seed: int
) -> list[SearchQuestion]:
    from newsclip.recommender.qrels import read_qrels
    from newsclip.recommender.questions import sampled
    from newsclip.recommender.search_questions import (
        archive_questions,
        judged_questions,
        read_queries,
    )

    if not (queries and qrels):
        return archive_questions(view, by, sample, seed)
    known = judged_questions(view, read_queries(Path(queries)), read_qrels(Path(qrels)))
    return sampled(known, sample, seed)


def _print(report: SearchReport) -> None:
    from newsclip.recommender.evaluate_search import MEASURES

    click.echo(f"{report.queries:,} queries")
    rows: list[tuple[str, ...]] = [("", *MEASURES)]
    rows += [(mode, *_shown(estimates)) for mode, estimates in report.modes.items()]
    rows += [(f"gain over {mode}", *_shown(each)) for mode, each in report.gains.items()]
    for kind, (count, estimates) in report.kinds.items():
        rows.append((f"{kind} ({count:,})", *_shown(estimates)))
    print_facts(rows)


def _shown(estimates: Estimates) -> list[str]:
    from newsclip.api.cli.tune_command import shown
    from newsclip.recommender.evaluate_search import MEASURES

    return [shown(estimates[measure]) for measure in MEASURES]
