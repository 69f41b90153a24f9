"""`newsclip tags`: the vocabulary."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from newsclip.api.cli.options import common_options, json_option, limit_option, open_archive
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.source import open_source, reading
from newsclip.api.cli.tags_change_command import author_option, log, merge, print_changed, undo
from newsclip.api.cli.tags_feedback_command import feedback
from newsclip.api.cli.tags_review_command import backfill, report
from newsclip.api.cli.tags_train_command import train

if TYPE_CHECKING:
    from newsclip.index.archive import Archive
    from newsclip.index.house_tags import HouseTag
    from newsclip.recommender.vocabulary import Listed


@click.group("tags")
@common_options
def tags() -> None:
    """Keep the vocabulary: list, import, check, merge, undo; give feedback; learn."""


for command in (merge, undo, log, report, backfill, feedback, train):
    tags.add_command(command)


@tags.command("list")
@click.option("--text", "q", metavar="TEXT", help="In the tag, its label or an alias.")
@click.option("--status", help="Only active, deprecated, banned or unlisted ones.")
@click.option("--group", help="Only of this group.")
@click.option("--branch", metavar="TAG", help="Only this tag and those beneath it.")
@limit_option(100)
@click.option("--offset", type=int, default=0, show_default=True, help="Skip so many.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all as a table that import reads.")
@json_option
@common_options
def list_(as_csv: bool, as_json: bool, **parameters: Any) -> None:
    """List the tags of the house and of the archive, the most used first."""
    from newsclip.api.cli.query import checked
    from newsclip.api.vocabulary_answers import VocabularyQuery, listed_tags, vocabulary_answer
    from newsclip.index.sources.tag_table import write_table

    asked = checked(VocabularyQuery, **parameters)
    with open_archive() as archive:
        if as_json:
            print_json(vocabulary_answer(archive, asked))
            return
        found, _ = listed_tags(archive, asked)
    if as_csv:
        write_table((listed.entry for listed in found), sys.stdout)
    else:
        print_facts(_row(listed) for listed in found[asked.offset : asked.offset + asked.limit])
    if not found:
        click.echo("No tag to list.", err=True)


@tags.command("import")
@click.argument("file")
@click.option("--open", "is_open", is_flag=True, help="The archive's other tags stay in use, too.")
@click.option("--language", default="en", show_default=True, help="Of a thesaurus: which labels.")
@click.option("--dry-run", is_flag=True, help="Say what the file holds; change nothing.")
@author_option
@json_option
@common_options
def import_(
    file: str, is_open: bool, language: str, dry_run: bool, author: str, as_json: bool
) -> None:
    """Take the vocabulary from a file, in the place of the one before.

    FILE is a CSV table, or a SKOS thesaurus in Turtle if it ends in .ttl. Tags that are not in it
    are suggested no more, unless --open. Articles get the tags that replace theirs.
    """
    from newsclip.index.tag_changes import import_vocabulary

    with open_source(file) as source, reading(file):
        data = source.stream.read()
    with open_archive() as archive:
        entries = _entries(archive, data, file, language)
        if dry_run:
            _print_contents(archive, entries, is_open, as_json)
        else:
            changed = import_vocabulary(archive.store, entries, not is_open, author)
            print_changed(changed, as_json)


def _entries(archive: Archive, data: bytes, file: str, language: str) -> list[HouseTag]:
    from newsclip.index.sources.skos import read_skos
    from newsclip.index.sources.tag_table import read_table
    from newsclip.recommender.vocabulary import spelled

    with archive.reading() as view:
        if file.lower().endswith(".ttl"):
            return read_skos(data, file, partial(spelled, view), language)
        return read_table(data, file, partial(spelled, view))


def _print_contents(
    archive: Archive, entries: list[HouseTag], is_open: bool, as_json: bool
) -> None:
    """Prints how many tags of each standing there would be, and how many articles have one."""
    from newsclip.index.house_tags import HouseTags
    from newsclip.recommender.vocabulary import STANDINGS, vocabulary

    house = HouseTags(0, entries, closed=not is_open)
    found = vocabulary(house, archive.vocabulary())
    tags = {
        standing: [each for each in found if each.standing == standing] for standing in STANDINGS
    }
    counts = {
        standing: {"tags": len(of), "used": sum(each.articles > 0 for each in of)}
        for standing, of in tags.items()
    }
    if as_json:
        print_json(counts)
    else:
        print_facts(
            (standing, f"{count['tags']:,}", f"{count['used']:,} on articles")
            for standing, count in counts.items()
        )


def _row(listed: Listed) -> tuple[str, ...]:
    entry = listed.entry
    notes: list[str] = [listed.standing] if listed.standing != "active" else []
    notes += [f"-> #{entry.replaced_by}"] if entry.replaced_by else []
    notes += [f"below #{entry.broader}"] if entry.broader else []
    notes += [entry.group] if entry.group else []
    notes += [f"also {', '.join(entry.aliases)}"] if entry.aliases else []
    return f"{listed.articles:,}", f"#{entry.tag}", "; ".join(notes)
