"""What is common to the commands that show who has changed something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from newsclip.api.cli.options import limit_option, open_store
from newsclip.api.cli.output import print_entries

_Command = TypeVar("_Command", bound=Callable[..., Any])


def log_options(subject: str) -> Callable[[_Command], _Command]:
    """``--subject``, of such a name, ``--actor``, ``--before`` and ``--limit``."""

    def decorated(command: _Command) -> _Command:
        for option in (
            limit_option(50),
            click.option(
                "--before", type=int, metavar="N", help="Only entries with a lower number."
            ),
            click.option("--actor", metavar="WHO", help="Only what they did."),
            click.option("--subject", metavar=subject, help=f"Only about this {subject.lower()}."),
        ):
            command = option(command)
        return command

    return decorated


def print_log(
    kind: str,
    row: Callable[[Mapping[str, Any]], tuple[str, ...]],
    as_json: bool,
    **parameters: Any,
) -> None:
    """Prints the entries of a kind that are asked for, each as one ``row``."""
    from newsclip.api.cli.query import checked
    from newsclip.api.curation_answers import audit_answer
    from newsclip.api.curation_schemas import AuditQuery

    asked = checked(AuditQuery, kind=kind, **parameters)
    with open_store() as store:
        answer = audit_answer(store, asked)
    print_entries(answer, "entries", row, as_json)
