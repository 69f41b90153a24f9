"""`newsclip evaluate tags`."""

from __future__ import annotations

import csv
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsclip.api.cli.options import common_options, json_option, open_archive, seed_option
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.source import open_source, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsclip.index.view import View
    from newsclip.recommender.tagging.evaluation import Split
    from newsclip.recommender.tagging.measures import TagReport, TagRow

_COLUMNS = ("tag", "learned_from", "articles", "taken", "right", "threshold")
_DERIVED = ("precision", "recall", "f1")


@click.command("tags")
@click.option("--newest", type=float, default=0.2, show_default=True, help="The share to test on.")
@click.option("--test", "test", metavar="FILE", help="Test on these: one id a line.")
@click.option("--csv", "table", metavar="FILE", help="Write what became of each tag.")
@seed_option
@json_option
@common_options
def tags(newest: float, test: str | None, table: str | None, seed: int, as_json: bool) -> None:
    """Measure suggested tags on articles that nothing was learned from.

    Learns from the older tagged articles and asks for the tags of the newest, or of those in a
    file. The tagger in use stays as it is.
    """
    from newsclip.recommender.tagging.evaluation import evaluate_tags

    if not 0 < newest < 1:
        raise click.UsageError(f"--newest {newest}: give a share between 0 and 1, such as 0.2")
    with open_archive() as archive, archive.reading() as view:
        report = evaluate_tags(view, _split(view, newest, test), seed)
    if table:
        _write(report.rows, table)
    if as_json:
        print_json(_as_dict(report))
    else:
        _print(report)


def _split(view: View, newest: float, test: str | None) -> Split:
    from newsclip.recommender.tagging.evaluation import given, newest_share

    if test is None:
        return newest_share(view, newest)
    with open_source(test) as source, reading(test):
        lines = source.stream.read().decode("utf-8").splitlines()
    return given(view, [line.strip() for line in lines if line.strip()])


def _write(rows: Sequence[TagRow], file: str) -> None:
    with reading(file), Path(file).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([*_COLUMNS, *_DERIVED])
        for row in rows:
            derived = [f"{getattr(row, name):.4f}" for name in _DERIVED]
            writer.writerow([*(getattr(row, name) for name in _COLUMNS), *derived])


def _as_dict(report: TagReport) -> dict[str, Any]:
    rows = [
        {**asdict(row), **{name: getattr(row, name) for name in _DERIVED}} for row in report.rows
    ]
    return {**asdict(report), "rows": rows}


def _print(report: TagReport) -> None:
    from newsclip.api.cli.tune_command import shown

    click.echo(
        f"{report.articles:,} articles, {report.tags:,} tags;"
        f" learned from {report.learned_from:,}; {report.unknown:,} tags were not known from them"
    )
    facts = [
        (name, "-" if estimate is None else shown(estimate))
        for name, estimate in report.estimates.items()
    ]
    print_facts([*facts, ("calibration error", f"{report.calibration_error:.3f}")])
