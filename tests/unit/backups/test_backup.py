"""A backup is of one moment, whole or absent."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from tests.unit.crashing import left_by_crashes

from newsclip.errors import (
    BackupUnusable,
    StoreBusy,
    StoreMissing,
    StoreUnavailable,
    StoreVersionUnknown,
)
from newsclip.index import backup as backing_up
from newsclip.index import copies
from newsclip.index.backup import back_up
from newsclip.index.locks import alone, exclusive
from newsclip.index.store import FILE_NAME, LOCK_NAME, Store

from .archive_files import FORMAT_1, damage, names, read, rows, write


def test_a_backup_is_one_file_with_all_that_is_in_the_archive(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    made = back_up(store.directory, file)
    assert (made.articles, made.revision, made.size_bytes) == (3, 1, file.stat().st_size)
    assert rows(file) == rows(store.directory / FILE_NAME)
    assert file.read_bytes()[18:20] == b"\1\1", "no log belongs to it"
    assert names(tmp_path) == {"data", "backup.sqlite3"}


def test_writes_between_two_steps_do_not_start_it_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_STEP_PAGES", 1)
    before = rows(store.directory / FILE_NAME)
    steps = []

    def write_more(done: int, total: int) -> None:
        steps.append((done, total))
        write(store, f"more-{len(steps)}")

    made = back_up(store.directory, tmp_path / "backup.sqlite3", on_progress=write_more)
    assert rows(tmp_path / "backup.sqlite3") == before
    assert made.articles == 3
    assert len(steps) > 5
    page = steps[0][0]
    assert steps == [(page * (number + 1), made.size_bytes) for number in range(len(steps))]
    assert steps[-1][0] == made.size_bytes


def test_each_backup_is_of_one_moment_while_another_connection_writes(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_STEP_PAGES", 2)
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            write(store, f"more-{store.revision()}")

    writer = threading.Thread(target=keep_writing)
    writer.start()
    revisions = []
    for number in range(8):
        file = tmp_path / f"{number}.sqlite3"
        made = back_up(store.directory, file)
        newest = "SELECT max(revision), count(*) FROM article"
        assert read(file, newest) == [(made.revision, made.articles)]
        assert made.articles == made.revision + 2, "every write adds one to the first three"
        assert read(file, "SELECT count(*) FROM article JOIN embedding USING (key)") == [
            (made.articles,)
        ]
        assert read(file, "PRAGMA integrity_check") == [("ok",)]
        revisions.append(made.revision)
    stop.set()
    writer.join()
    assert revisions == sorted(revisions)


def test_an_archive_of_an_earlier_format_is_backed_up_as_it_is(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    shutil.copy(FORMAT_1, data / FILE_NAME)
    made = back_up(data, tmp_path / "backup.sqlite3")
    assert (made.articles, made.revision) == (20, 1)
    for file in (tmp_path / "backup.sqlite3", data / FILE_NAME):
        assert read(file, "PRAGMA user_version") == [(1,)]


def test_a_backup_may_be_read_by_whom_the_archive_may_be_read(store: Store, tmp_path: Path) -> None:
    for mode in (0o600, 0o640):
        (store.directory / FILE_NAME).chmod(mode)
        back_up(store.directory, tmp_path / "backup.sqlite3", replace=True)
        assert (tmp_path / "backup.sqlite3").stat().st_mode & 0o777 == mode


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    file.write_text("last night's")
    with pytest.raises(BackupUnusable, match="exists already") as caught:
        back_up(store.directory, file)
    assert "--replace" in caught.value.remedy
    assert file.read_text() == "last night's"
    back_up(store.directory, file, replace=True)
    assert rows(file) == rows(store.directory / FILE_NAME)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("missing/backup.sqlite3", "No such file or directory"),
        ("file/backup.sqlite3", "Not a directory"),
        ("folder", "is no regular file"),
        ("b" * 255, "name too long"),
        (f"data/{FILE_NAME}", "archive's own directory"),
        (f"data/{FILE_NAME}-wal", "archive's own directory"),
        ("data/../data/backup.sqlite3", "archive's own directory"),
        ("alias/backup.sqlite3", "archive's own directory"),
    ],
)
def test_files_that_cannot_be_written(
    store: Store, tmp_path: Path, name: str, problem: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "alias").symlink_to("data")
    before = names(tmp_path)
    for replace in (False, True):
        with pytest.raises(BackupUnusable, match=problem) as caught:
            back_up(store.directory, tmp_path / name, replace)
        assert caught.value.remedy
    assert names(tmp_path) == before
    assert store.revision() == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written(store: Store, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(BackupUnusable, match="Permission denied"):
        back_up(store.directory, tmp_path / "closed" / "backup.sqlite3")


def test_there_is_nothing_to_back_up(tmp_path: Path, data: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(data, tmp_path / "backup.sqlite3")
    data.mkdir()
    with pytest.raises(StoreMissing):
        back_up(data, tmp_path / "backup.sqlite3")
    assert names(data) == set()
    (data / FILE_NAME).touch()  # a creation that was cut off
    with pytest.raises(StoreMissing):
        back_up(data, tmp_path / "backup.sqlite3")


def test_an_archive_of_a_newer_format_is_not_backed_up(store: Store, tmp_path: Path) -> None:
    store.close()
    read(store.directory / FILE_NAME, "PRAGMA user_version = 99")
    with pytest.raises(StoreVersionUnknown):
        back_up(store.directory, tmp_path / "backup.sqlite3")
    assert names(tmp_path) == {"data"}


def test_a_damaged_archive_takes_the_place_of_no_good_backup(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite3"
    back_up(store.directory, file)
    before = file.read_bytes()
    write(store, *map(str, range(50)))
    store.close()
    damage(store.directory / FILE_NAME)
    with pytest.raises(StoreUnavailable) as caught:
        back_up(store.directory, file, replace=True)
    assert "restore a backup" in caught.value.remedy
    assert file.read_bytes() == before
    assert names(tmp_path) == {"data", "backup.sqlite3"}


def test_an_interrupted_backup_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(store.directory, tmp_path / "backup.sqlite3", on_progress=interrupt)
    assert names(tmp_path) == {"data"}


def test_one_backup_at_a_time(store: Store, tmp_path: Path) -> None:
    with (
        exclusive(store.directory, "backup.lock", "backup"),
        pytest.raises(StoreBusy, match="backup by process"),
    ):
        back_up(store.directory, tmp_path / "backup.sqlite3")


def test_no_backup_while_another_one_is_being_restored(store: Store, tmp_path: Path) -> None:
    store.close()
    with alone(store.directory, LOCK_NAME), pytest.raises(StoreBusy, match="being restored"):
        back_up(store.directory, tmp_path / "backup.sqlite3")


def test_another_archive_is_written_to_the_same_file(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, part = tmp_path / "backup.sqlite3", tmp_path / "backup.sqlite3.part"

    def take_its_place(*_: object) -> None:
        part.unlink()
        part.write_text("half of another archive")

    with pytest.raises(BackupUnusable):  # SQLite sees by itself that its file was moved
        back_up(store.directory, file, on_progress=take_its_place)
    monkeypatch.setattr(backing_up, "copy_database", take_its_place)
    with pytest.raises(StoreBusy, match="another process"):
        back_up(store.directory, file)
    assert not file.exists()


@pytest.mark.parametrize("replace", [False, True])
def test_a_killed_backup_leaves_no_file_or_a_whole_one(
    backup: Path, tmp_path: Path, replace: bool
) -> None:
    scene = tmp_path / "scene"
    shutil.copytree(tmp_path / "data", scene / "data")
    old, new = rows(backup), rows(scene / "data" / FILE_NAME)
    assert old != new
    if replace:
        shutil.copy(backup, scene / "copy.sqlite3")
    action = f"back_up(Path('data'), Path('copy.sqlite3'), {replace})"
    left = left_by_crashes(action, scene, tmp_path)
    copies = [rows(place / "copy.sqlite3") for place in left if (place / "copy.sqlite3").exists()]
    before = len([copy for copy in copies if copy != new])
    assert copies == [old] * before + [new] * (len(copies) - before)
    assert (before > 0) == replace
    assert len(left) > 10
    for place in left:
        back_up(place / "data", place / "copy.sqlite3", replace=True)
        assert names(place) == {"data", "copy.sqlite3"}, "what a killed one left is cleared away"
