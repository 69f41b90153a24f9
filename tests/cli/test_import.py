import bz2
import gzip
import json
import lzma
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Articles = list[dict[str, object]]
Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[str]"]


def lines(articles: Articles) -> str:
    return "".join(json.dumps(article) + "\n" for article in articles)


def facts(output: str) -> dict[str, str]:
    """The summary as printed: label to text."""
    return dict(line.split("  ", 1) for line in output.splitlines() if "  " in line)


def counts(output: str) -> tuple[int, int, int, int]:
    found = {name: text.strip() for name, text in facts(output).items()}
    return tuple(int(found[name]) for name in ("added", "updated", "unchanged", "refused"))  # type: ignore[return-value]


def test_the_summary(run: Run, articles: Articles) -> None:
    result = run("import", "-", stdin=lines(articles))
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "added",
        "updated",
        "unchanged",
        "refused",
        "seconds",
        "articles/s",
    ]
    assert counts(result.stdout) == (3, 0, 0, 0)
    assert result.stderr == ""


def test_importing_again_changes_only_what_differs(run: Run, articles: Articles) -> None:
    run("import", "-", stdin=lines(articles))
    articles[2]["title"] = "Sourdough, revised"
    result = run("import", "-", stdin=lines(articles))
    assert counts(result.stdout) == (0, 1, 2, 0)


def test_repeated_ids_and_ignored_fields_are_counted(run: Run, articles: Articles) -> None:
    articles[0]["id"] = articles[1]["id"]
    for article in articles[:2]:
        article["teaser"] = "…"
    articles[2]["mood"] = "calm"
    result = run("import", "-", stdin=lines(articles))
    found = {name: text.strip() for name, text in facts(result.stdout).items()}
    assert found["repeated ids"] == "1 (the last line with an id counts)"
    assert found["ignored fields"] == "teaser (2), mood (1)"
    kept = json.loads(run("info", "--json").stdout)
    assert kept["articles"] == 2


def test_the_summary_as_json(run: Run, articles: Articles) -> None:
    articles[0]["mood"] = "calm"
    result = run("import", "-", "--json", stdin=lines(articles))
    summary = json.loads(result.stdout)
    assert summary.pop("seconds") >= 0
    assert summary.pop("articles_per_second") >= 0
    assert summary == {
        "added": 3,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "repeated_ids": 0,
        "unknown_fields": {"mood": 1},
    }


def test_a_json_array(run: Run, articles: Articles) -> None:
    Path("articles.json").write_text(json.dumps(articles), encoding="utf-8")
    assert counts(run("import", "articles.json").stdout) == (3, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.jsonl.gz", gzip.compress), ("a.jsonl.xz", lzma.compress), ("a.jsonl.bz2", bz2.compress)],
)
def test_compressed_files(
    name: str, pack: Callable[[bytes], bytes], run: Run, articles: Articles
) -> None:
    Path(name).write_bytes(pack(lines(articles).encode()))
    assert counts(run("import", name).stdout) == (3, 0, 0, 0)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, bytes])
def test_compressed_input_is_told_by_its_first_bytes(
    pack: Callable[[bytes], bytes], run: Run, articles: Articles
) -> None:
    packed = pack(lines(articles).encode())
    assert counts(run("import", "-", stdin=packed).stdout) == (3, 0, 0, 0)
    Path("a.jsonl").write_bytes(packed)
    assert counts(run("import", "a.jsonl").stdout) == (0, 0, 3, 0)


def test_compressed_input_that_is_empty(run: Run) -> None:
    for pack in (gzip.compress, lzma.compress, bz2.compress):
        result = run("import", "-", stdin=pack(b""))
        assert (result.exit_code, result.stderr.splitlines()[0]) == (4, "error: -: is empty")


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.xz", "a.jsonl.bz2"])
@pytest.mark.parametrize("damage", ["cut", "no archive"])
def test_damaged_compressed_files(name: str, damage: str, run: Run, articles: Articles) -> None:
    pack = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress}[name[8:]]
    packed = pack(lines(articles).encode())
    Path(name).write_bytes(packed[:-20] if damage == "cut" else b"plain text")
    result = run("import", name)
    assert result.exit_code == 4
    assert result.stderr.startswith(f"error: {name}: cannot be read: ")
    assert "remedy: " in result.stderr


def test_a_compressed_file_that_is_cut_leaves_what_it_held_and_says_so(run: Run) -> None:
    articles = [{"id": str(n), "title": f"Title {n**9}"} for n in range(600)]
    packed = gzip.compress(lines(articles).encode())
    Path("a.jsonl.gz").write_bytes(packed[:-20])
    result = run("import", "a.jsonl.gz")
    assert result.exit_code == 4
    # Two batches of 256; the third broke off.
    assert result.stderr.startswith(
        "The archive holds 512 articles. Start the same import again to go on: "
        "what is already in is skipped.\nerror: a.jsonl.gz: cannot be read: "
    )
    result = run("import", "a.jsonl.gz", "--strict", "--data", "other")
    assert result.stderr.startswith("error: a.jsonl.gz: cannot be read: ")


def test_a_bar_where_stderr_is_a_terminal(articles: Articles) -> None:
    Path("articles.jsonl").write_text("no JSON\n" + lines(articles), encoding="utf-8")
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 90))
    command = [sys.executable, "-m", "newsclip.api.cli", "import", "articles.jsonl"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, text=True, check=False)
    os.close(theirs)
    drawn = os.read(ours, 100_000).decode()
    os.close(ours)
    assert counts(done.stdout) == (3, 0, 0, 1)
    assert "%|" in drawn
    assert "line 1: is not JSON" in drawn


# What is no source at all


@pytest.mark.parametrize("name", ["missing.jsonl", "folder", "missing.jsonl.gz"])
def test_what_cannot_be_opened(name: str, run: Run) -> None:
    Path("folder").mkdir()
    result = run("import", name)
    assert result.exit_code == 4
    assert result.stderr.startswith(f"error: {name}: cannot be read: ")
    assert not Path("newsclip-data").exists()


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_file(content: str, run: Run) -> None:
    result = run("import", "-", stdin=content)
    assert result.exit_code == 4
    assert result.stderr == (
        "error: -: is empty\nremedy: give it one JSON article a line, or a JSON array\n"
    )
    assert result.stdout == ""


def test_a_broken_array(run: Run) -> None:
    result = run("import", "-", stdin='[{"id": "a", "title": "A"},')
    assert result.exit_code == 4
    assert result.stderr.startswith("error: -: is not JSON")


# Lines that are refused


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"once upon a time", "line 2: is not JSON: Expecting value at character 1"),
        (b'{"id": "x", "title": "\xff"}', "line 2: is not UTF-8 at byte 23"),
        (b'{"title": "No id"}', "line 2: id: is missing, got None"),
        (b'{"id": "x"}', "line 2: title: title and body are both missing or blank, got None"),
        (
            b'{"id": "x", "title": "X", "published_at": "yesterday"}',
            "line 2: published_at: is no ISO 8601 date, got 'yesterday'",
        ),
        (b'{"id": "x", "title": "X", "tags": [7]}', "line 2: tags.0: "),
        (b'["an array"]', "line 2: article: is no JSON object, got ['an array']"),
    ],
)
def test_a_bad_line_is_reported_and_the_good_ones_are_kept(
    line: bytes, message: str, run: Run, articles: Articles
) -> None:
    first, second, third = lines(articles).encode().splitlines(keepends=True)
    result = run("import", "-", stdin=first + line + b"\n" + second + third)
    assert result.exit_code == 1
    assert counts(result.stdout) == (3, 0, 0, 1)
    problem, remedy = result.stderr.splitlines()
    assert problem.startswith(message)
    assert remedy.startswith("  remedy: ")


def test_a_line_of_fifty_megabytes(run: Run, articles: Articles) -> None:
    with Path("articles.jsonl").open("w", encoding="utf-8") as file:
        file.write('{"id": "long", "title": "Long", "body": "' + "x" * 50_000_000 + '"}\n')
        file.write(lines(articles))
    result = run("import", "articles.jsonl")
    assert result.exit_code == 1
    assert counts(result.stdout) == (3, 0, 0, 1)
    assert result.stderr.startswith("line 1: has 50,000,044 bytes, the limit is 16,777,216\n")


def test_the_limit_of_a_line_is_a_setting(
    run: Run, articles: Articles, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles[1]["body"] = "x" * 2_000
    monkeypatch.setenv("NEWSCLIP_MAX_LINE_BYTES", "1 KiB")
    result = run("import", "-", stdin=lines(articles))
    assert counts(result.stdout) == (2, 0, 0, 1)
    assert "the limit is 1,024" in result.stderr


def test_only_the_first_twenty_are_reported_in_full(run: Run, articles: Articles) -> None:
    result = run("import", "-", stdin="no JSON\n" * 25 + lines(articles))
    assert counts(result.stdout) == (3, 0, 0, 25)
    reported = result.stderr.splitlines()
    assert len(reported) == 41
    assert reported[38].startswith("line 20: ")
    assert reported[40] == "5 more lines refused"


def test_strict_stops_at_the_first_and_writes_nothing(run: Run, articles: Articles) -> None:
    del articles[2]["id"]
    result = run("import", "-", "--strict", stdin=lines(articles))
    assert result.exit_code == 4
    assert "id: is missing" in result.stderr
    assert result.stdout == ""
    assert json.loads(run("info", "--json").stdout)["articles"] == 0


def test_strict_without_a_bad_line(run: Run, articles: Articles) -> None:
    assert counts(run("import", "-", "--strict", stdin=lines(articles)).stdout) == (3, 0, 0, 0)


# The archive's directory


def test_a_directory_that_cannot_be_created(run: Run, articles: Articles) -> None:
    Path("file").write_text("in the way", encoding="utf-8")
    result = run("import", "-", "--data", "file/data", stdin=lines(articles))
    assert result.exit_code == 5
    assert result.stderr.startswith("error: the archive in 'file/data' cannot be used: ")
    assert "remedy: " in result.stderr


def test_a_file_in_the_place_of_the_directory(run: Run, articles: Articles) -> None:
    Path("file").write_text("in the way", encoding="utf-8")
    result = run("import", "-", "--data", "file", stdin=lines(articles))
    assert result.exit_code == 5
    assert "remedy: " in result.stderr


def test_a_second_import_at_the_same_time(run: Run, spawn: Spawn, articles: Articles) -> None:
    first = spawn("import", "-")
    assert first.stdin is not None
    # More than one batch: once the bar's first line could be drawn the lock is held for sure.
    first.stdin.write(lines([{"id": str(number), "title": "T"} for number in range(300)]))
    first.stdin.flush()
    wait_for(lambda: json.loads(run("info", "--json").stdout or "{}").get("articles"))

    second = run("import", "-", stdin=lines(articles))
    assert second.exit_code == 6
    assert f"process {first.pid}" in second.stderr
    assert "remedy: wait" in second.stderr

    output, _ = first.communicate(timeout=60)
    assert counts(output) == (300, 0, 0, 0)
    assert counts(run("import", "-", stdin=lines(articles)).stdout) == (3, 0, 0, 0)


def wait_for(condition: Callable[[], object]) -> None:
    """Waits without an opinion on how long it may take; the test's own timeout ends it."""
    while not condition():
        pass
