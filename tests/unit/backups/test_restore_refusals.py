"""What is no backup is not restored, and nothing is lost by the attempt."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newsclip.errors import (
    BackupUnusable,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    StoreVersionUnknown,
)
from newsclip.index.migrations import FORMAT_VERSION
from newsclip.index.restore import restore
from newsclip.index.store import FILE_NAME, Store

from .archive_files import FORMAT_1, damage, names, read, rows


def test_an_archive_that_is_there_is_refused(backup: Path, data: Path) -> None:
    before = rows(data / FILE_NAME)
    with pytest.raises(BackupUnusable, match=r"an archive in .* already") as caught:
        restore(backup, data)
    assert "--replace" in caught.value.remedy
    assert rows(data / FILE_NAME) == before


def test_nothing_may_have_the_archive_open(backup: Path, data: Path) -> None:
    before = rows(data / FILE_NAME)
    store = Store.open(data)
    with pytest.raises(StoreBusy) as caught:
        restore(backup, data, replace=True)
    assert "stop the service" in caught.value.remedy
    store.close()
    assert rows(data / FILE_NAME) == before


def test_nor_a_program_that_knows_nothing_of_the_lock(backup: Path, data: Path) -> None:
    before = rows(data / FILE_NAME)
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        connection.execute("SELECT count(*) FROM article").fetchall()
        with pytest.raises(StoreBusy):
            restore(backup, data, replace=True)
    assert rows(data / FILE_NAME) == before
    assert not list(data.glob("*.replaced-*")), "nothing is left behind"
    assert not list(data.glob("*.part*"))


def text(file: Path) -> None:
    file.write_text("plain text, and more of it than the header of a database has bytes\n" * 9)


def other_tables(file: Path) -> None:
    read(file, "CREATE TABLE page (url)")
    read(file, "PRAGMA user_version = 1")


def some_tables(file: Path) -> None:
    shutil.copy(FORMAT_1, file)
    read(file, "DROP TABLE embedding")


def newer(file: Path) -> None:
    shutil.copy(FORMAT_1, file)
    read(file, f"PRAGMA user_version = {FORMAT_VERSION + 1}")


def cut_off(file: Path) -> None:
    file.write_bytes(FORMAT_1.read_bytes()[:-40_000])


def damaged(file: Path) -> None:
    shutil.copy(FORMAT_1, file)
    damage(file)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda file: None, BackupUnusable, "cannot be read: No such file"),
        (Path.mkdir, BackupUnusable, "is no regular file"),
        (Path.touch, BackupUnusable, "is no archive of Newsclip: it is no SQLite database"),
        (text, BackupUnusable, "is no archive of Newsclip: it is no SQLite database"),
        (other_tables, BackupUnusable, "is no archive of Newsclip: it has other tables"),
        (some_tables, BackupUnusable, "is no archive of Newsclip: it has other tables"),
        (newer, StoreVersionUnknown, rf"has format {FORMAT_VERSION + 1}"),
        (cut_off, BackupUnusable, "is damaged"),
        (damaged, BackupUnusable, "is damaged"),
    ],
)
def test_files_that_are_no_backup(
    backup: Path,
    data: Path,
    tmp_path: Path,
    make: Callable[[Path], None],
    error: type[StoreError],
    message: str,
) -> None:
    file = tmp_path / "given.sqlite3"
    make(file)
    before, files = rows(data / FILE_NAME), names(data)
    with pytest.raises(error, match=message) as caught:
        restore(file, data, replace=True)
    assert caught.value.remedy
    assert "\n" not in caught.value.message
    assert (rows(data / FILE_NAME), names(data)) == (before, files | {"archive.lock"})
    with pytest.raises(error, match=message):
        restore(file, tmp_path / "new")
    assert not (tmp_path / "new" / FILE_NAME).exists()


def test_the_archive_itself_is_no_backup_of_it(backup: Path, data: Path) -> None:
    with pytest.raises(BackupUnusable, match="archive itself"):
        restore(data / FILE_NAME, data, replace=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look anywhere")
def test_a_directory_that_may_not_be_looked_into(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o600)
    with pytest.raises(StoreUnavailable, match="Permission denied"):
        restore(backup, tmp_path / "closed")


def test_a_directory_that_cannot_be_made(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        restore(backup, tmp_path / "file" / "data")


def test_a_disk_that_is_full_leaves_the_old_archive(
    backup: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = rows(data / FILE_NAME)
    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(StoreUnavailable, match="No space left") as caught:
        restore(backup, data, replace=True)
    assert "room" in caught.value.remedy
    assert rows(data / FILE_NAME) == before
    assert names(data) == {FILE_NAME, "archive.lock", "backup.lock"}
