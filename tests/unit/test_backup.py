"""A backup is of one moment, whole or absent; a restored archive is the old or the new one."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.doubles import AXES, article, new_store, stored

from newsclip.errors import (
    BackupUnusable,
    StoreBusy,
    StoreError,
    StoreMissing,
    StoreUnavailable,
    StoreVersionUnknown,
)
from newsclip.index import backup as backing_up
from newsclip.index import copies
from newsclip.index.backup import back_up
from newsclip.index.locks import alone, exclusive
from newsclip.index.migrations import FORMAT_VERSION
from newsclip.index.restore import restore
from newsclip.index.store import FILE_NAME, LOCK_NAME, Store

from .crashing import left_by_crashes

FORMAT_1 = Path(__file__).parents[1] / "data" / "archive-format-1.sqlite3"
TABLES = ("article", "article_tag", "embedding", "encoder", "removal", "setting")

Rows = dict[str, list[tuple[object, ...]]]


def read(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def rows(file: Path) -> Rows:
    """All that is in an archive, but its lineage."""
    found = {table: read(file, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    return found | {"setting": [row for row in found["setting"] if row[0] != "lineage"]}


def write(store: Store, *ids: str) -> None:
    store.write([stored(article(name, tags=["fish"], body="x" * 2_000)) for name in ids], AXES)


def lineage(directory: Path) -> int:
    store = Store.open(directory)
    found = store.lineage()
    store.close()
    return found


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    """An archive of three articles, open."""
    store = new_store(data)
    write(store, "a", "b", "c")
    store.embeddings.activate(AXES)
    yield store
    store.close()


@pytest.fixture
def backup(tmp_path: Path, store: Store) -> Path:
    """A backup of three articles of an archive that has moved on since."""
    back_up(store.directory, tmp_path / "backup.sqlite3")
    write(store, "d")
    store.delete("a")
    store.close()
    return tmp_path / "backup.sqlite3"


def names(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


# Backing up


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


def damage(file: Path) -> None:
    """Overwrites what is between the first pages and the last one."""
    content = bytearray(file.read_bytes())
    content[16_384:-4_096] = b"\x5a" * (len(content) - 20_480)
    file.write_bytes(content)


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


# Restoring


def test_a_restored_archive_is_that_of_the_backup_with_a_new_lineage(
    backup: Path, data: Path, tmp_path: Path
) -> None:
    made = restore(backup, tmp_path / "new" / "deeper")
    assert (made.articles, made.revision, made.replaced) == (3, 1, None)
    assert rows(tmp_path / "new" / "deeper" / FILE_NAME) == rows(backup)
    restore(backup, tmp_path / "again")
    places = (data, tmp_path / "new" / "deeper", tmp_path / "again")
    assert len({lineage(place) for place in places}) == 3
    assert names(tmp_path / "again") == {FILE_NAME, "archive.lock"}


def test_a_backup_of_an_earlier_format_is_restored_in_todays(data: Path, tmp_path: Path) -> None:
    made = restore(FORMAT_1, data)
    assert (made.articles, made.revision) == (20, 1)
    assert read(data / FILE_NAME, "PRAGMA user_version") == [(FORMAT_VERSION,)]
    assert lineage(data) > 0
    assert rows(data / FILE_NAME) == rows(FORMAT_1)


def test_it_is_the_archives_file_alone_and_ready_for_many_workers(
    backup: Path, tmp_path: Path
) -> None:
    restore(backup, tmp_path / "new")
    assert names(tmp_path / "new") == {FILE_NAME, "archive.lock"}
    assert (tmp_path / "new" / FILE_NAME).read_bytes()[18:20] == b"\2\2", "in WAL mode"


def test_an_archive_that_is_there_is_refused(backup: Path, data: Path) -> None:
    before = rows(data / FILE_NAME)
    with pytest.raises(BackupUnusable, match=r"an archive in .* already") as caught:
        restore(backup, data)
    assert "--replace" in caught.value.remedy
    assert rows(data / FILE_NAME) == before


def test_a_replaced_archive_is_kept_and_can_be_put_back(backup: Path, data: Path) -> None:
    before = rows(data / FILE_NAME)
    made = restore(backup, data, replace=True)
    assert rows(data / FILE_NAME) == rows(backup)
    assert made.replaced is not None
    assert made.replaced.name.startswith(f"{FILE_NAME}.replaced-2")
    assert rows(made.replaced) == before
    restore(made.replaced, data, replace=True)
    assert rows(data / FILE_NAME) == before


def test_the_log_of_the_old_archive_is_not_applied_to_the_new_one(
    backup: Path, data: Path, tmp_path: Path
) -> None:
    store = Store.open(data)
    write(store, "only in the log")
    shutil.copytree(data, tmp_path / "crashed")
    store.close()
    assert (tmp_path / "crashed" / f"{FILE_NAME}-wal").stat().st_size > 0
    made = restore(backup, tmp_path / "crashed", replace=True)
    assert rows(tmp_path / "crashed" / FILE_NAME) == rows(backup)
    assert made.replaced is not None
    assert ("only in the log",) in read(made.replaced, "SELECT id FROM article")


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_the_log_of_an_archive_that_was_removed_is_set_aside(
    backup: Path, data: Path, tmp_path: Path, suffix: str
) -> None:
    store = Store.open(data)
    write(store, "only in the log")
    shutil.copytree(data, tmp_path / "crashed")
    store.close()
    (tmp_path / "crashed" / FILE_NAME).unlink()
    (tmp_path / "crashed" / f"{FILE_NAME}-wal").rename(
        tmp_path / "crashed" / f"{FILE_NAME}{suffix}"
    )
    made = restore(backup, tmp_path / "crashed")
    assert made.replaced is None
    assert rows(tmp_path / "crashed" / FILE_NAME) == rows(backup)


@pytest.mark.parametrize("how", ["no database", "in the middle", "emptied"])
def test_a_damaged_archive_is_replaced(backup: Path, data: Path, how: str) -> None:
    store = Store.open(data)
    write(store, *map(str, range(50)))
    store.close()
    file = data / FILE_NAME
    content = {"no database": b"\x5a" * 9_000, "emptied": b""}.get(how)
    damage(file) if content is None else file.write_bytes(content)
    (data / f"{FILE_NAME}-wal").write_bytes(b"\x5a" * 9_000)
    made = restore(backup, data, replace=True)
    assert rows(file) == rows(backup)
    assert made.replaced is not None
    assert made.replaced.exists()
    assert f"{FILE_NAME}-shm" not in names(data)


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


def test_a_file_system_without_hard_links(
    backup: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    before = rows(data / FILE_NAME)
    monkeypatch.setattr(os, "link", refuse)
    made = restore(backup, data, replace=True)
    assert made.replaced is not None
    assert (rows(made.replaced), rows(data / FILE_NAME)) == (before, rows(backup))


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


def test_the_file_of_an_archive_that_is_in_use_is_restored_elsewhere(
    store: Store, tmp_path: Path
) -> None:
    write(store, "only in the log")
    made = restore(store.directory / FILE_NAME, tmp_path / "copy")
    assert made.articles == 4
    assert rows(tmp_path / "copy" / FILE_NAME) == rows(store.directory / FILE_NAME)


def test_a_backup_is_only_read(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    for file in (backup, FORMAT_1):  # the second is in WAL mode
        kept = Path(shutil.copy(file, tmp_path / "shelf"))
        before = kept.read_bytes()
        restore(kept, tmp_path / f"from-{kept.name}")
        assert kept.read_bytes() == before
    assert names(tmp_path / "shelf") == {backup.name, FORMAT_1.name}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_restores_for_the_owner_of_the_directory(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    os.chown(tmp_path / "new", 1234, 1235)
    restore(backup, tmp_path / "new")
    status = (tmp_path / "new" / FILE_NAME).stat()
    assert (status.st_uid, status.st_gid) == (1234, 1235)


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


def test_wherever_a_restore_is_killed_the_old_archive_or_the_new_one_is_whole(
    backup: Path, data: Path, tmp_path: Path
) -> None:
    store = Store.open(data)
    write(store, "only in the log")
    shutil.copytree(data, tmp_path / "scene" / "data")  # as a crash leaves it, with its log
    store.close()
    old, new = rows(data / FILE_NAME), rows(backup)
    lineages = {lineage(data)}
    shutil.copy(backup, tmp_path / "scene")
    action = f"restore(Path({backup.name!r}), Path('data'), True)"
    left = left_by_crashes(action, tmp_path / "scene", tmp_path)
    found = []
    for place in left:
        lineages.add(lineage(place / "data"))
        found.append(rows(place / "data" / FILE_NAME))
        for kept in (place / "data").glob("*.replaced-*"):
            assert rows(kept) == old
    before = found.index(new)
    assert found == [old] * before + [new] * (len(left) - before)
    assert len(lineages) == 1 + len(left) - before
    assert before > 20
    for place in left:
        restore(place / backup.name, place / "data", replace=True)
        assert rows(place / "data" / FILE_NAME) == new
        assert not list((place / "data").glob("*.part*"))
