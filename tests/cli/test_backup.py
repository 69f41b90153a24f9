import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from newsclip.index.store import FILE_NAME

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[str]"]

FORMAT_1 = Path(__file__).parents[1] / "data" / "archive-format-1.sqlite3"
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from newsclip.api.cli import main
main(sys.argv[2:])
"""


def limited(size: int, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs ``newsclip *arguments`` where no file may have more than ``size`` bytes."""
    command = [sys.executable, "-c", LIMITED, str(size), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def facts(output: str) -> dict[str, str]:
    return {line[:10].strip(): line[10:].strip() for line in output.splitlines()}


def names(directory: str) -> set[str]:
    return {file.name for file in Path(directory).iterdir()}


def articles(run: Run, directory: Path | str) -> int:
    return int(json.loads(run("info", "--json", "--data", directory).stdout)["articles"])


def test_there_and_back(run: Run, archive: Path) -> None:
    result = run("backup", "backup.sqlite3")
    assert (result.exit_code, result.stderr) == (0, "")
    found = facts(result.stdout)
    size = f"{Path('backup.sqlite3').stat().st_size / 2**20:.1f} MiB"
    assert found == {"file": "backup.sqlite3", "articles": "3", "revision": "1", "size": size}

    result = run("restore", "backup.sqlite3", "--data", "new")
    assert (result.exit_code, result.stderr) == (0, "")
    assert facts(result.stdout) == {
        "archive": "new",
        "articles": "3",
        "revision": "1",
        "size": size,
    }
    for question in (["search", "dockers"], ["similar", "politics/2026/harbour-law"]):
        before, after = run(*question, "--json"), run(*question, "--json", "--data", "new")
        assert before.exit_code == 0
        assert after.stdout == before.stdout


def test_as_json(run: Run, archive: Path) -> None:
    made = json.loads(run("backup", "backup.sqlite3", "--json").stdout)
    size = Path("backup.sqlite3").stat().st_size
    assert made == {"file": "backup.sqlite3", "articles": 3, "revision": 1, "size_bytes": size}
    made = json.loads(run("restore", "backup.sqlite3", "--json", "--data", "new").stdout)
    assert made == {
        "archive": "new",
        "articles": 3,
        "revision": 1,
        "size_bytes": (Path("new") / FILE_NAME).stat().st_size,
        "replaced": None,
    }


def test_the_archive_before_is_kept(run: Run, archive: Path) -> None:
    run("backup", "backup.sqlite3")
    run("import", "-", stdin='{"id": "later", "title": "Later"}')
    refused = run("restore", "backup.sqlite3")
    assert refused.exit_code == 5
    assert refused.stderr == (
        "error: the backup 'backup.sqlite3' is not restored: there is an archive in"
        " 'newsclip-data' already\n"
        "remedy: name another directory with --data, or add --replace\n"
    )
    assert articles(run, archive) == 4

    result = run("restore", "backup.sqlite3", "--replace")
    assert articles(run, archive) == 3
    kept = facts(result.stdout)["replaced"].removeprefix("kept as ")
    assert run("restore", kept, "--replace").exit_code == 0
    assert articles(run, archive) == 4


def test_a_backup_while_articles_come_in(run: Run, spawn: Spawn) -> None:
    importing = spawn("import", "-")
    assert importing.stdin is not None
    for number in range(300):
        importing.stdin.write(json.dumps({"id": str(number), "title": "T"}) + "\n")
    importing.stdin.flush()
    while not json.loads(run("info", "--json").stdout or "{}").get("articles"):
        pass
    made = json.loads(run("backup", "backup.sqlite3", "--json").stdout)
    refused = run("restore", "backup.sqlite3", "--replace")
    assert refused.exit_code == 6
    assert refused.stderr == (
        "error: the archive is busy: a service or a command has it open\n"
        "remedy: stop the service, then restore\n"
    )
    importing.communicate(timeout=60)
    assert made["articles"] == 256, "the batches that were in"
    assert articles(run, "newsclip-data") == 300
    run("restore", "backup.sqlite3", "--replace")
    assert articles(run, "newsclip-data") == 256


def test_an_archive_of_the_first_release(run: Run) -> None:
    assert run("restore", FORMAT_1).exit_code == 0
    assert articles(run, "newsclip-data") == 20
    assert run("search", "marathon").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["backup", "backup.sqlite3", "--data", "nowhere"], "there is no archive in 'nowhere'"),
        (["backup", "there.sqlite3"], "the backup 'there.sqlite3' exists already"),
        (["backup", "."], "the backup '.' is no regular file"),
        (["backup", "missing/b"], "the backup 'missing/b' cannot be written: No such file"),
        (["restore", "missing"], "the backup 'missing' cannot be read: No such file"),
        (["restore", "there.sqlite3"], "the backup 'there.sqlite3' is no archive of Newsclip"),
    ],
)
def test_what_is_refused(run: Run, archive: Path, arguments: list[str], problem: str) -> None:
    Path("there.sqlite3").write_text("something else")
    before = names(".")
    result = run(*arguments)
    assert result.exit_code == 5
    assert result.stdout == ""
    error, remedy = result.stderr.splitlines()
    assert error.startswith(f"error: {problem}")
    assert remedy.startswith("remedy: ")
    assert names(".") == before
    assert articles(run, archive) == 3


# A full disk, or a limit on how large a file may become


@pytest.mark.parametrize("replace", [[], ["--replace"]])
def test_a_backup_that_does_not_fit(run: Run, replace: list[str]) -> None:
    run("restore", FORMAT_1)
    if replace:
        run("backup", "backup.sqlite3")
    before = {file: Path(file).read_bytes() for file in names(".") if Path(file).is_file()}
    done = limited(100_000, "backup", "backup.sqlite3", *replace)
    assert (done.returncode, done.stdout) == (5, "")
    error, remedy = done.stderr.splitlines()
    assert error.startswith("error: the backup 'backup.sqlite3' cannot be written: ")
    assert "room" in remedy
    assert names(".") == {"newsclip-data", *before}
    assert all(Path(file).read_bytes() == content for file, content in before.items())
    assert articles(run, "newsclip-data") == 20


@pytest.mark.parametrize("size", [0, 100_000])
def test_an_archive_that_does_not_fit(run: Run, archive: Path, size: int) -> None:
    before = names("newsclip-data")
    done = limited(size, "restore", str(FORMAT_1), "--replace")
    assert (done.returncode, done.stdout) == (5, "")
    error, remedy = done.stderr.splitlines()
    assert error.startswith("error: the archive in 'newsclip-data' cannot be used: ")
    assert "room" in remedy
    assert names("newsclip-data") == before
    assert articles(run, archive) == 3
    done = limited(size, "restore", str(FORMAT_1), "--data", "new")
    assert done.returncode == 5
    assert names("new") == {"archive.lock"}


def test_with_room_enough_it_fits() -> None:
    """The tests above would say nothing if this one were refused."""
    assert limited(1_000_000, "restore", str(FORMAT_1)).returncode == 0
    assert limited(1_000_000, "backup", "backup.sqlite3").returncode == 0
