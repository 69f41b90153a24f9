"""`newsclip tags report` and `backfill`: what people should look through."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import click

from newsclip.api.cli.options import common_options, json_option, limit_option, open_archive
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar
from newsclip.api.cli.source import open_source, reading
from newsclip.api.cli.tags_change_command import named, print_changed
from newsclip.errors import QueryInvalid, SourceUnreadable

_COLUMNS = ("id", "title", "url", "tag", "score")


@click.command("report")
@json_option
@common_options
def report(as_json: bool) -> None:
    """Show near-duplicate, unused and over-broad tags, and such as never have their parent."""
    from newsclip.recommender.tag_report import faults
    from newsclip.recommender.vocabulary import vocabulary

    with open_archive() as archive, archive.reading() as view:
        found = faults(view, vocabulary(view.house(), archive.vocabulary()))
    if as_json:
        print_json({"faults": [asdict(fault) for fault in found]})
    elif found:
        print_facts(
            (
                each.kind,
                f"#{each.tag}",
                f"#{each.other}" if each.other else "",
                f"{each.articles:,}",
            )
            for each in found
        )


@click.command("backfill")
@click.argument("file")
@limit_option(5)
@click.option("--min-score", type=float, default=0.5, show_default=True, help="Only from here on.")
@click.option("--apply", "is_reviewed", is_flag=True, help="Add what FILE says to the articles.")
@click.option("--author", callback=named, help="Who has looked through it; for the log.")
@json_option
@common_options
def backfill(
    file: str, limit: int, min_score: float, is_reviewed: bool, author: str | None, as_json: bool
) -> None:
    """Write tags for the articles that have none to FILE, a table to look through.

    Delete the lines that are wrong, then add the rest with --apply --author NAME.
    """
    if is_reviewed:
        if author is None:
            raise QueryInvalid("author", None, "name who has looked through it", "is missing")
        _apply(file, author, as_json)
        return
    from newsclip.api.cli.query import checked
    from newsclip.api.draft_schemas import SuggestBody
    from newsclip.recommender.tagging.backfill import backfilled

    asked = checked(SuggestBody, limit=limit, min_score=min_score)
    with (
        open_archive() as archive,
        archive.reading() as view,
        reading(file),
        Path(file).open("w", encoding="utf-8", newline="") as out,
        progress_bar(" articles") as show,
    ):
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        rows = 0
        for each in backfilled(view, asked.limit, asked.min_score, show):
            article = each.article
            score = f"{each.score:.3f}"
            writer.writerow([article.id, article.title, article.url or "", each.tag, score])
            rows += 1
    if as_json:
        print_json({"tags": rows})
    else:
        print_facts([("tags to look through", f"{rows:,}")])


def _hashed(tag: str | None) -> str:
    return f"#{tag}" if tag else ""


def _apply(file: str, author: str, as_json: bool) -> None:
    from newsclip.index.tag_changes import add_tags

    with open_source(file) as source, reading(file):
        text = source.stream.read().decode("utf-8-sig", "replace")
    with open_archive() as archive:
        print_changed(add_tags(archive.store, _reviewed(text, file), author), as_json)


def _reviewed(text: str, file: str) -> dict[str, list[str]]:
    """For each article of a table the tags to add."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"id", "tag"} <= set(reader.fieldnames or ()):
        remedy = "use the file that newsclip tags backfill has written"
        raise SourceUnreadable(file, "has no columns id and tag", remedy)
    tags: dict[str, list[str]] = defaultdict(list)
    for row in reader:
        if tag := (row["tag"] or "").strip().lstrip("#").strip():
            tags[row["id"]].append(tag)
    return tags
