"""A vocabulary as a table: CSV with a line of column names, as a spreadsheet writes it."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TextIO

from newsclip.errors import SourceUnreadable, TagInvalid
from newsclip.index.house_tags import HouseTag, tag_to_dict

COLUMNS = ("tag", "label", "uri", "aliases", "broader", "group", "status", "replaced_by")

_DELIMITERS = ",;\t"
_NAMES = ("tag", "broader", "replaced_by")  # articles write them without the hash sign
_MOST = 100_000  # tags; a table of more is something else
_ALIAS_ENDS = re.compile(r"\s*\|\s*")


def read_table(data: bytes, name: str, spelled: Callable[[str], str]) -> list[HouseTag]:
    """The entries of a table, in its order.

    Each line has a ``tag``, or a ``label`` of which ``spelled`` makes the tag; all other columns
    may be missing or empty. Several aliases stand between ``|``. Raises SourceUnreadable, or
    TagInvalid, which names the line.
    """
    rows = _rows(data, name)
    entries: dict[str, HouseTag] = {}
    for number, row in rows:
        try:
            entry = _entry(row, spelled)
            if entry.tag in entries:
                raise TagInvalid("tag", entry.tag, "keep one of the lines", "is listed twice")
        except TagInvalid as error:
            error.message = f"{name}, line {number}: {error.message}"
            raise
        entries[entry.tag] = entry
        if len(entries) > _MOST:
            raise SourceUnreadable(name, f"has more than {_MOST:,} tags", "leave out what is none")
    return list(entries.values())


def write_table(entries: Iterable[HouseTag], out: TextIO) -> None:
    """Writes a table that :func:`read_table` reads as the same entries."""
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for entry in entries:
        writer.writerow(tag_to_dict(entry) | {"aliases": "|".join(entry.aliases)})


def _rows(data: bytes, name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 at byte {error.start + 1}"
        raise SourceUnreadable(name, problem, "save it as CSV in UTF-8") from error
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().lower() for column in next(reader, [])]
        _check_columns(columns, name)
        for row in reader:
            if any(cell.strip() for cell in row):
                if len(row) > len(columns):
                    problem = f"line {reader.line_num}: has {len(row)} cells"
                    remedy = f"give {len(columns)}, or put the comma into quotes"
                    raise SourceUnreadable(name, problem, remedy)
                cells = zip(columns, row, strict=False)
                yield reader.line_num, {c: cell.strip() for c, cell in cells if cell.strip()}
    except csv.Error as error:
        problem = f"line {reader.line_num}: {error}"
        raise SourceUnreadable(name, problem, "save it as CSV in UTF-8") from error


def _check_columns(columns: list[str], name: str) -> None:
    if not {"tag", "label"} & set(columns):
        problem = "has no column tag or label in its first line"
        raise SourceUnreadable(name, problem, f"name the columns: {', '.join(COLUMNS)}")
    for column in columns:
        if column not in COLUMNS or columns.count(column) > 1:
            problem = f"has a column {column!r}" + (" twice" if column in COLUMNS else "")
            raise SourceUnreadable(name, problem, f"use only {', '.join(COLUMNS)}")


def _entry(row: Mapping[str, str], spelled: Callable[[str], str]) -> HouseTag:
    values = {n: v.lstrip("#").strip() if n in _NAMES else v for n, v in row.items()}
    label = values.get("label")
    values["tag"] = values.get("tag") or (spelled(label) if label else "")
    aliases = tuple(filter(None, _ALIAS_ENDS.split(values.pop("aliases", ""))))
    if "status" in values:
        values["status"] = values["status"].lower()
    entry = HouseTag(**values, aliases=tuple(dict.fromkeys(aliases)))  # type: ignore[arg-type]  # the status is checked
    return entry.checked()
