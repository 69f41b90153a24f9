"""`newsclip tags merge`, `undo` and `log`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from newsclip.api.cli.audit_log import log_options, print_log
from newsclip.api.cli.options import common_options, json_option, open_store
from newsclip.api.cli.output import print_facts, print_json
from newsclip.errors import QueryInvalid

if TYPE_CHECKING:
    from newsclip.index.tag_changes import Changed


def named(ctx: click.Context, option: click.Parameter, author: str | None) -> str | None:
    """The author as given; a blank one would leave the log without a name."""
    if author is not None and not author.strip():
        raise QueryInvalid("author", author, "give the name of who changes this", "is blank")
    return author


author_option = click.option(
    "--author", required=True, callback=named, help="Who changes this; for the log."
)


@click.command("merge")
@click.argument("tag")
@click.argument("into")
@author_option
@json_option
@common_options
def merge(tag: str, into: str, author: str, as_json: bool) -> None:
    """Let INTO stand for TAG: on all articles, on those that come, and in texts."""
    from newsclip.index import tag_changes

    tag, into = (name.strip().lstrip("#").strip() for name in (tag, into))
    with open_store() as store:
        changed = tag_changes.merge(store, tag, into, author)
    print_changed(changed, as_json)


@click.command("undo")
@click.argument("number", type=int)
@author_option
@json_option
@common_options
def undo(number: int, author: str, as_json: bool) -> None:
    """Bring back what change NUMBER found; that can be undone, too.

    The log has the numbers: newsclip tags log. Articles whose tags have changed again stay.
    """
    from newsclip.index import tag_changes

    with open_store() as store:
        changed = tag_changes.undo(store, number, author)
    print_changed(changed, as_json)


@click.command("log")
@log_options("TAG")
@json_option
@common_options
def log(as_json: bool, **parameters: Any) -> None:
    """Show who has changed the vocabulary or merged tags, the newest change first."""
    from newsclip.index.stored_vocabulary import AUDIT_KIND

    print_log(AUDIT_KIND, _change, as_json, **parameters)


def print_changed(changed: Changed, as_json: bool) -> None:
    """Prints what a change came to."""
    if as_json:
        print_json(asdict(changed))
    elif changed.number is None:
        click.echo("Nothing to change.")
    else:
        facts = [("change", str(changed.number)), ("entries", f"{changed.entries:,}")]
        facts.append(("articles", f"{changed.articles:,}"))
        if changed.kept:
            facts.append(("left alone", f"{changed.kept:,} articles, changed again since"))
        print_facts(facts)


def _change(entry: Mapping[str, Any]) -> tuple[str, ...]:
    told = entry["after"]
    what = f"{told['done']} into #{told['into']}" if "into" in told else told["done"]
    much = f"{told['entries']:,} entries, {told['articles']:,} articles"
    return str(entry["number"]), entry["at"], entry["actor"], entry["subject"], what, much
