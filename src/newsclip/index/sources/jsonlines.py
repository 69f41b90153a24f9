"""JSON Lines, or one JSON array, of articles."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from newsclip.errors import ArticleInvalid, NewsclipError, SourceUnreadable
from newsclip.index.article import Article
from newsclip.index.incoming import parse_article, unknown_fields

MAX_LINE_BYTES = 16 * 2**20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One article of a source, or the reason why it is none.

    ``number`` counts lines from 1, in a JSON array its elements from 1.
    """

    number: int
    article: Article | None = None
    error: NewsclipError | None = None
    unknown: tuple[str, ...] = ()


def read_articles(
    stream: BinaryIO, name: str = "-", max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[Line]:
    """Yields each article of ``stream``, and each line that is none with its error.

    Memory stays bounded by ``max_line_bytes`` for JSON Lines; a JSON array is read whole.
    Raises SourceUnreadable if the stream is empty or an array does not parse.
    """
    number, first = _first_line(stream, name, max_line_bytes)
    if first.lstrip().startswith(b"["):
        yield from _array(first + stream.read(), name)
    else:
        yield from _lines(number, first, stream, max_line_bytes)


def parse_json(data: bytes) -> Any:
    """The JSON value in UTF-8 ``data``; NaN and infinities are refused, as JSON has none.

    Raises ValueError with a message that names the position.
    """
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"is not JSON: {name} is no JSON number")


def _first_line(stream: BinaryIO, name: str, max_line_bytes: int) -> tuple[int, bytes]:
    """The first line that is not blank, with its number."""
    number = 0
    while line := stream.readline(max_line_bytes + 1):
        number += 1
        line = line.removeprefix(_BOM)
        if line.strip():
            return number, line
    raise SourceUnreadable(name, "is empty", "give it one JSON article a line, or a JSON array")


def _array(data: bytes, name: str) -> Iterator[Line]:
    try:
        rows = parse_json(data)
    except ValueError as error:
        remedy = "mend the array, or write one JSON article a line so that a fault costs one only"
        raise SourceUnreadable(name, str(error), remedy) from None
    for number, raw in enumerate(rows, start=1):
        yield _parsed(number, raw)


def _lines(number: int, line: bytes, stream: BinaryIO, max_line_bytes: int) -> Iterator[Line]:
    while line:
        if len(line) > max_line_bytes:
            size = len(line) + _skip_line(line, stream)
            problem = f"has {size:,} bytes, the limit is {max_line_bytes:,}"
            yield _refused(number, problem, "shorten the article, or raise max_line_bytes")
        elif line.strip():
            yield _line(number, line)
        number, line = number + 1, stream.readline(max_line_bytes + 1)


def _skip_line(line: bytes, stream: BinaryIO) -> int:
    """Reads on to the end of a line that is too long; its further bytes."""
    skipped = 0
    while not line.endswith(b"\n") and (line := stream.readline(2**20)):
        skipped += len(line)
    return skipped


def _line(number: int, line: bytes) -> Line:
    try:
        raw = parse_json(line)
    except ValueError as error:
        return _refused(number, str(error), "write one JSON object a line, in UTF-8")
    return _parsed(number, raw)


def _parsed(number: int, raw: object) -> Line:
    try:
        return Line(number, parse_article(raw), unknown=unknown_fields(raw))
    except ArticleInvalid as error:
        return Line(number, error=error)


def _refused(number: int, problem: str, remedy: str) -> Line:
    return Line(number, error=SourceUnreadable(f"line {number}", problem, remedy))
