"""A restored archive is the old one or the new one, whole."""

import os
import shutil
from pathlib import Path

import pytest
from tests.unit.crashing import left_by_crashes

from newsclip.index.migrations import FORMAT_VERSION
from newsclip.index.restore import restore
from newsclip.index.store import FILE_NAME, Store

from .archive_files import FORMAT_1, damage, lineage, names, read, rows, write


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
