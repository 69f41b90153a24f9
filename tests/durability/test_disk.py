"""A disk without room, and one that may not be written: a clear error, and nothing is lost."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate, repeat
from pathlib import Path

import pytest

from newsclip.index.store import Store

from .disks import Commands, Disk, Done
from .histories import HISTORY
from .stories import Contents, contents_of

ROOMS = [0, *accumulate(repeat(4_096, 14), lambda room, _: 2 * room)]
"""Bytes: from none to 32 MiB, so that a command gets further each time."""


def contents(directory: Path) -> Contents:
    """What an archive that nobody has open holds."""
    with tempfile.TemporaryDirectory() as copy:  # SQLite finds no file by way of /proc
        for file in directory.glob("archive.sqlite3*"):
            shutil.copy(file, copy)
        with closing(Store.open(Path(copy))) as store:
            return contents_of(store.articles(store.keys_since(0)[0]).values())


def names(folder: Path) -> set[str]:
    """All files, but for the locks and the log of the database."""
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    return {name for name in files if not name.endswith((".lock", "-wal", "-shm"))}


def assert_refused(done: Done, part: str) -> None:
    """A message with a remedy, and no more."""
    assert done.code == 5, done
    assert done.stdout == ""
    error, remedy = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert part in error
    assert remedy.startswith("remedy: ")
    assert "room" in remedy


def assert_sound(disk: Disk, archive: Path) -> None:
    done = disk.run("verify", "--json", "--data", archive)
    assert done.code == 0, done
    assert json.loads(done.stdout)["faults"] == []


def refused_until_there_is_room(disk: Disk, *command: str | Path, part: str) -> Iterator[None]:
    """Runs a command with more and more room; yields after each refusal, and ends with success."""
    for room in ROOMS:
        done = disk.run(*command, room=room)
        if done.code == 0:
            assert room > 0
            return
        assert_refused(done, part)
        yield
    raise AssertionError(f"never enough room: {done}")


def test_an_import(disk: Disk, archive: Path, material: Path) -> None:
    command = ["import", material / "later.jsonl", "--data", archive]
    for _ in refused_until_there_is_room(disk, *command, part=str(archive)):
        assert contents(disk.seen / "archive") in HISTORY[:-1], "whole batches"
        assert_sound(disk, archive)
    assert contents(disk.seen / "archive") == HISTORY[-1]
    assert_sound(disk, archive)


@pytest.mark.parametrize("command", ["snapshot", "rebuild"])
def test_a_snapshot(disk: Disk, archive: Path, material: Path, command: str) -> None:
    disk.run("import", material / "later.jsonl", "--data", archive)
    before = names(disk.seen)
    for _ in refused_until_there_is_room(disk, command, "--data", archive, part=str(archive)):
        assert names(disk.seen) == before
        assert contents(disk.seen / "archive") == HISTORY[-1]
        assert_sound(disk, archive)
    assert_sound(disk, archive)
    assert "archive/snapshots/000002/manifest.json" in names(disk.seen)


def test_a_first_import(disk: Disk, material: Path) -> None:
    new = disk.folder / "new"
    command = ["import", material / "first.jsonl", "--data", new]
    for _ in refused_until_there_is_room(disk, *command, part=str(new)):
        pass
    assert contents(disk.seen / "new") == HISTORY[0]
    assert_sound(disk, new)
    shutil.rmtree(disk.seen / "new")


def test_a_backup(disk: Disk, archive: Path, material: Path) -> None:
    file = disk.folder / "copy.sqlite3"
    shutil.copy(material / "backup.sqlite3", disk.seen / file.name)
    disk.run("import", material / "later.jsonl", "--data", archive)
    before = names(disk.seen)
    command = ["backup", file, "--replace", "--data", archive]
    for _ in refused_until_there_is_room(disk, *command, part="cannot be"):
        assert names(disk.seen) == before
        assert restored(disk, file) == HISTORY[0], "the backup before"
    assert restored(disk, file) == HISTORY[-1]


def restored(disk: Disk, file: Path) -> Contents:
    new = disk.folder / "restored"
    assert disk.run("restore", file, "--data", new).code == 0
    found = contents(disk.seen / "restored")
    shutil.rmtree(disk.seen / "restored")
    return found


def test_a_restored_archive(disk: Disk, archive: Path, material: Path) -> None:
    disk.run("import", material / "later.jsonl", "--data", archive)
    before = names(disk.seen)
    command = ["restore", material / "backup.sqlite3", "--replace", "--data", archive]
    for _ in refused_until_there_is_room(disk, *command, part=str(archive)):
        assert names(disk.seen) == before
        assert contents(disk.seen / "archive") == HISTORY[-1]
        assert_sound(disk, archive)
    assert contents(disk.seen / "archive") == HISTORY[0]
    assert_sound(disk, archive)


# A directory that may not be written

NOBODY = 65_534


@pytest.fixture(scope="module")
def read_only(material: Path) -> Iterator[Path]:
    """A folder with an archive, articles and a backup, in which the user may only read."""
    folder = Path(tempfile.mkdtemp())  # that of pytest is closed to other users
    shutil.copytree(material, folder, dirs_exist_ok=True)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "command",
    [
        "import later.jsonl",
        "import later.jsonl --data new",
        "snapshot",
        "rebuild",
        "backup new.sqlite3",
        "restore backup.sqlite3 --replace",
        "restore backup.sqlite3 --data new",
        "reembed",
        "search harbour",
        "info",
        "verify",
    ],
)
def test_a_directory_that_may_not_be_written(
    commands: Commands, read_only: Path, command: str
) -> None:
    arguments: list[str | Path] = [
        read_only / part if "." in part or part == "new" else part for part in command.split()
    ]
    user = NOBODY if os.geteuid() == 0 else None
    done = commands.run("--data", read_only / "archive", *arguments, user=user)
    assert (done.code, done.stdout) == (5, "")
    error, remedy = done.stderr.splitlines()
    assert str(read_only) in error
    assert remedy.startswith("remedy: ")
    assert "this user may" in remedy
    assert not (read_only / "new").exists()
