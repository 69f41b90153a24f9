"""Judgments are read in the forms that they come in."""

from pathlib import Path

import pytest

from newsclip.errors import SourceUnreadable
from newsclip.recommender.qrels import Judgment, read_qrels


@pytest.mark.parametrize(
    ("text", "judgments"),
    [
        ("a 0 b 2\na 0 c 0\n", [Judgment("a", "b", 2), Judgment("a", "c", 0)]),
        ("query-id\tcorpus-id\tscore\na b\tc\t1\n", [Judgment("a b", "c")]),
        ("a\tb\n\nb\tc\n", [Judgment("a", "b"), Judgment("b", "c")]),
        ('{"src": "a", "dst": "b", "anchor": "x"}', [Judgment("a", "b", 1, "x")]),
        ('{"source": "a", "target": "b", "grade": 3}', [Judgment("a", "b", 3)]),
        ("", []),
    ],
)
def test_each_form(tmp_path: Path, text: str, judgments: list[Judgment]) -> None:
    file = tmp_path / "qrels"
    file.write_text(text, "utf-8")
    assert read_qrels(file) == judgments


@pytest.mark.parametrize("line", ["a", "a 0 b x", '{"source": "a"}', '{"source": 1, "target": 2}'])
def test_a_line_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "qrels"
    file.write_text("a 0 b 1\n" + line, "utf-8")
    with pytest.raises(SourceUnreadable, match="line 2"):
        read_qrels(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="cannot be read"):
        read_qrels(tmp_path / "qrels")
