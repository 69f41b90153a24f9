"""Reading articles from JSON Lines or one JSON array: what comes out, line by line."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from newsclip.errors import ArticleInvalid, SourceUnreadable
from newsclip.index.sources.jsonlines import Line, parse_json, read_articles

BOM = b"\xef\xbb\xbf"


def raw(article_id: str) -> bytes:
    return json.dumps({"id": article_id, "title": "T"}).encode()


def read(data: bytes, **options: Any) -> list[Line]:
    return list(read_articles(io.BytesIO(data), **options))


def told(lines: list[Line]) -> list[tuple[int, str | None]]:
    """Each line's number and its article's id, None for one that holds none."""
    return [(line.number, line.article.id if line.article else None) for line in lines]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (raw("a") + b"\n" + raw("b") + b"\n", [(1, "a"), (2, "b")]),
        (raw("a") + b"\n" + raw("b"), [(1, "a"), (2, "b")]),
        (raw("a") + b"\r\n" + raw("b") + b"\r\n", [(1, "a"), (2, "b")]),
        (BOM + raw("a"), [(1, "a")]),
        (BOM + b"\n\n" + raw("a"), [(3, "a")]),
        (b"\n  \n" + raw("a") + b"\n\n\t\n" + raw("b"), [(3, "a"), (6, "b")]),
        (b"   " + raw("a"), [(1, "a")]),
        (raw("a") + b"\nno JSON\n" + raw("b"), [(1, "a"), (2, None), (3, "b")]),
        (raw("a") + b"\n[]\n" + raw("b"), [(1, "a"), (2, None), (3, "b")]),
        # an array: its elements are counted, not its lines
        (b"[" + raw("a") + b",\n\n\n" + raw("b") + b"]", [(1, "a"), (2, "b")]),
        (
            b" \n[" + raw("a") + b",7,{}," + raw("b") + b"]\n",
            [(1, "a"), (2, None), (3, None), (4, "b")],
        ),
        (BOM + b"[" + raw("a") + b"]", [(1, "a")]),
        (b"[]", []),
    ],
)
def test_what_is_found_and_where(data: bytes, expected: list[tuple[int, str | None]]) -> None:
    assert told(read(data)) == expected


def test_unknown_fields_are_named_line_by_line() -> None:
    first = b'{"id": "a", "title": "T", "mood": "calm", "teaser": 1}\n'
    assert [line.unknown for line in read(first + raw("b"))] == [("mood", "teaser"), ()]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"once upon a time", "is not JSON: Expecting value at character 1"),
        (b'{"id": "a",}', "is not JSON: "),
        (b'{"id": "a"} {"id": "b"}', "is not JSON: Extra data at character 13"),
        (b'{"id": "a", "title": "\xff"}', "is not UTF-8 at byte 23"),
        ('{"id": "a", "title": "é"}'.encode("latin-1"), "is not UTF-8 at byte 23"),
        (b'{"id": "a", "score": NaN}', "is not JSON: NaN is no JSON number"),
        (b'{"id": "a", "score": -Infinity}', "is not JSON: -Infinity is no JSON number"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "is nested too deeply"),
        (b'{"id": ' + b"1" * 5_000 + b"}", "4300"),
    ],
)
def test_a_line_that_is_no_json(line: bytes, problem: str) -> None:
    lines = read(raw("a") + b"\n" + line + b"\n" + raw("b"))
    assert told(lines) == [(1, "a"), (2, None), (3, "b")]
    error = lines[1].error
    assert isinstance(error, SourceUnreadable)
    assert error.where == "line 2"
    assert problem in error.problem
    assert error.remedy


def test_a_line_that_breaks_a_rule_keeps_the_rules_own_error() -> None:
    (line,) = read(b'{"id": "a", "title": "T", "tags": [7]}')
    assert isinstance(line.error, ArticleInvalid)
    assert (line.error.field, line.error.value) == ("tags.0", 7)


@pytest.mark.parametrize(
    "text", ['{"id": "\\ud83d", "title": "T"}', '{"id": "a", "title": "\\udc00"}']
)
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    (line,) = read(text.encode())
    assert isinstance(line.error, ArticleInvalid)


# Lines over the limit


def padded(article_id: str, size: int) -> bytes:
    """A line of exactly ``size`` bytes, its newline included."""
    line = raw(article_id)[:-1] + b', "body": ""}\n'
    return line.replace(b'""}', b'"' + b"x" * (size - len(line)) + b'"}')


@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_line_over_the_limit_costs_that_line_only(where: int) -> None:
    lines = [padded("a", 100), padded("b", 100), padded("c", 100)]
    lines[where] = padded("long", 101)
    found = read(b"".join(lines), max_line_bytes=100)
    assert [number for number, _ in told(found)] == [1, 2, 3]
    assert [article_id is None for _, article_id in told(found)] == [n == where for n in range(3)]
    error = found[where].error
    assert isinstance(error, SourceUnreadable)
    assert error.message == f"line {where + 1}: has 101 bytes, the limit is 100"


@pytest.mark.parametrize("size", [2 * 2**20, 2 * 2**20 + 1, 3_000_001])
def test_a_line_far_over_the_limit_is_skipped_to_its_end(size: int) -> None:
    found = read(padded("long", size) + raw("b"), max_line_bytes=100)
    assert told(found) == [(1, None), (2, "b")]
    assert f"has {size:,} bytes" in str(found[0].error)


def test_a_last_line_over_the_limit_without_a_newline() -> None:
    found = read(raw("a") + b"\n" + padded("long", 300).rstrip(b"\n"), max_line_bytes=100)
    assert told(found) == [(1, "a"), (2, None)]
    assert "has 299 bytes" in str(found[1].error)


class Counting(io.BytesIO):
    """Remembers the longest piece that was asked for."""

    longest = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.longest = max(self.longest, len(line))
        return line

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("JSON Lines are never read whole")


def test_memory_is_bounded_by_the_limit() -> None:
    stream = Counting(padded("long", 5 * 2**20) + raw("b"))
    assert told(list(read_articles(stream, max_line_bytes=100))) == [(1, None), (2, "b")]
    assert stream.longest <= 2**20


def test_lines_are_read_one_at_a_time() -> None:
    stream = io.BytesIO(raw("a") + b"\n" + raw("b") + b"\n" + raw("c"))
    lines: Iterator[Line] = read_articles(stream)
    assert stream.tell() == 0, "nothing is read before it is asked for"
    next(lines)
    assert stream.tell() <= 2 * (len(raw("a")) + 1)


# What is no source at all


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\t\n", BOM, BOM + b"\n"])
def test_an_empty_source(data: bytes) -> None:
    with pytest.raises(SourceUnreadable) as caught:
        read(data, name="news.jsonl")
    assert caught.value.message == "news.jsonl: is empty"
    assert "JSON array" in caught.value.remedy


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[" + raw("a") + b",", "is not JSON"),
        (b"[" + raw("a") + b"] trailing", "is not JSON: Extra data"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'["\xff"]', "is not UTF-8 at byte 3"),
    ],
)
def test_a_broken_array_costs_the_whole_source(data: bytes, problem: str) -> None:
    with pytest.raises(SourceUnreadable) as caught:
        read(data, name="news.json")
    assert caught.value.where == "news.json"
    assert problem in caught.value.problem
    assert "a line" in caught.value.remedy


def test_parse_json() -> None:
    assert parse_json('{"é": [1, null, true]}'.encode()) == {"é": [1, None, True]}
    with pytest.raises(ValueError, match="is not UTF-8 at byte 2"):
        parse_json(b'"\xff"')
