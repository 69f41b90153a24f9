"""How answers are printed. click drops styles by itself where stdout is no terminal."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click


def print_json(answer: object) -> None:
    """Prints an answer as indented JSON."""
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def print_facts(facts: Iterable[Sequence[str]]) -> None:
    """Prints rows of texts in columns, the first of them being labels."""
    rows = [[plain(text) for text in row] for row in facts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def print_entries(
    answer: Mapping[str, Any],
    name: str,
    row: Callable[[Mapping[str, Any]], Sequence[str]],
    as_json: bool,
) -> None:
    """Prints an answer as JSON, or each of its entries of this name as one ``row``."""
    if as_json:
        print_json(answer)
    elif answer[name]:
        print_facts(row(entry) for entry in answer[name])


def plain(text: Any) -> str:
    """Text on one line, without the control characters that could steer a terminal."""
    return one_line(str(text)).strip()


def one_line(text: str) -> str:
    """Text with one space for each run of blanks and of characters that do not print."""
    printable = (character if character.isprintable() else " " for character in text)
    return re.sub(" +", " ", "".join(printable))
