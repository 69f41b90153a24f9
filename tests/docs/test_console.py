"""The checker of the documents, checked: one that never fails would be worth nothing."""

from pathlib import Path

import pytest

from .console import agrees, blocks, check, steps

DOCUMENT = """\
<!-- file: greeting.txt -->
```text
hello
```

```console
$ cat greeting.txt
hello
$ printf 'one\\ntwo\\n' | \\
  head -n 1
one
```

```sh
$ false
```
"""


def test_commands_are_run_in_order_where_the_files_are(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text(DOCUMENT, "utf-8")
    (tmp_path / "empty").mkdir()
    check(document, tmp_path / "empty")


def test_what_differs_is_told_with_its_line(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text(DOCUMENT.replace("\none\n", "\neins\n"), "utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssertionError, match=r"document\.md:9: .*\n.*\n.*\neins\n.*\none\n"):
        check(document, tmp_path / "empty")


def test_a_document_without_commands_is_no_success(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("```sh\n$ true\n```\n", "utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssertionError, match="no commands"):
        check(document, tmp_path / "empty")


def test_only_console_blocks_hold_commands() -> None:
    fences = {block.fence: len(list(steps(block))) for block in blocks(DOCUMENT)}
    assert fences == {"text": 0, "console": 2, "sh": 1}


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one\n...\nfour", "one\ntwo\nthree\nfour\n"),
        ("one\n...", "one\n"),
        ("from ... to", "from here to\n"),
        ('{\n  "a": [1, ...],\n  ...\n  "d": 0.4...\n}', '{"a":[1,2,3],"b":2,"d":0.4144}'),
        ("", ""),
    ],
)
def test_dots_stand_for_what_is_left_out(shown: str, printed: str) -> None:
    assert agrees(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("one", "one\ntwo\n"),
        ("one\n...\nfour", "one\ntwo\n"),
        ("", "a warning\n"),
        ("one", ""),
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": "x y"}', '{"a": "xz"}'),
    ],
)
def test_anything_else_must_be_shown(shown: str, printed: str) -> None:
    assert not agrees(shown, printed)


def test_numbers_vary_only_where_the_document_says_so() -> None:
    shown, printed = "added    3\nseconds  0.1", "added    3\nseconds  12.75"
    assert agrees(shown, printed, ["seconds"])
    assert not agrees(shown, printed, ["added"])
    assert not agrees(shown, printed)
