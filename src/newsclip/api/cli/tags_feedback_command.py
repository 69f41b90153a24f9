"""`newsclip tags feedback`: what editors made of suggested tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    open_archive,
    open_store,
)
from newsclip.api.cli.output import print_entries, print_facts, print_json
from newsclip.api.cli.source import open_source, reading

_author_option = click.option("--author", required=True, help="Who judges; for the log.")


@click.group("feedback")
@common_options
def feedback() -> None:
    """Say which suggested tags fit and which do not; see and undo what was said.

    It counts at once for drafts that are alike, and is learned from.
    """


@feedback.command("give")
@click.argument("file", required=False)
@click.option("--article", metavar="ID", help="The article; without FILE, its stored text.")
@click.option("--accept", "accepted", multiple=True, metavar="TAG", help="Fits; may repeat.")
@click.option("--reject", "rejected", multiple=True, metavar="TAG", help="Does not; may repeat.")
@_author_option
@json_option
@common_options
def give(file: str | None, article: str | None, as_json: bool, **said: Any) -> None:
    """Accept and reject tags for a draft.

    FILE ("-" reads standard input) holds an article as JSON, or plain text whose first line is
    the title.
    """
    from newsclip.api.cli.query import checked
    from newsclip.api.feedback_answers import give_feedback
    from newsclip.api.feedback_schemas import FeedbackBody

    texts = _texts(file) if file else {}
    said = {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
    }
    body = checked(FeedbackBody, **(texts | ({"article": article} if article else {})), **said)
    with open_archive() as archive:
        answer = give_feedback(archive, body)
    if as_json:
        print_json(answer)
    else:
        print_facts([_row(answer)])


def _texts(file: str) -> dict[str, str | None]:
    from newsclip.api.cli.draft import read_draft

    with open_source(file) as source, reading(file):
        draft, article = read_draft(source.stream.read(), file)
    texts = {"title": draft.title, "summary": draft.summary, "body": draft.body}
    return {**texts, "article": article}


@feedback.command("list")
@click.option("--author", metavar="WHO", help="Only theirs.")
@click.option("--article", metavar="ID", help="Only on this article.")
@click.option("--before", type=int, metavar="N", help="Only entries with a lower number.")
@limit_option(50)
@json_option
@common_options
def list_(as_json: bool, **parameters: Any) -> None:
    """List the feedback, the newest first, with what is undone."""
    from newsclip.api.cli.query import checked
    from newsclip.api.feedback_answers import feedback_list
    from newsclip.api.feedback_schemas import FeedbackQuery

    asked = checked(FeedbackQuery, **parameters)
    with open_store() as store:
        answer = feedback_list(store, asked)
    print_entries(answer, "feedback", _row, as_json)


@feedback.command("undo")
@click.argument("number")
@_author_option
@common_options
def undo(number: str, author: str) -> None:
    """Take feedback back: it counts no more, and stays in the list and in the log."""
    from newsclip.api.cli.query import checked
    from newsclip.api.feedback_answers import undo_feedback
    from newsclip.api.feedback_schemas import UndoFeedbackQuery

    asked = checked(UndoFeedbackQuery, author=author)
    with open_store() as store:
        undo_feedback(store, number, asked.author)


def _row(entry: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [f"+{tag}" for tag in entry["accepted"]] + [f"-{tag}" for tag in entry["rejected"]]
    stands = "undone" if entry["undone_at"] else "counts"
    draft = entry["article"] or entry["title"]
    return str(entry["number"]), entry["at"], entry["author"], stands, " ".join(tags), draft
