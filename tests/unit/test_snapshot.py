"""Generations on disk: whose they are, who may remove them, and what a crash has left."""

import fcntl
import gc
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import article, columns_of, stored_holders

from newsclip.errors import SnapshotDamaged, SnapshotForeign, SnapshotVersionUnknown
from newsclip.index import manifest
from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.index.catalog import ScannedHolders
from newsclip.index.compaction import compact, rebuild
from newsclip.index.manifest import Manifest
from newsclip.index.snapshot import Snapshot, Snapshots, StoredHolders


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put([article("a", title="fish", tags=["X"]), article("b", title="law", section="S")])
    return archive


def made(archive: Archive) -> Path:
    folder = compact(archive.store) or rebuild(archive.store)
    assert folder is not None
    return folder


def usable(archive: Archive, **other: object) -> list[object]:
    """What comes of each generation, the newest first: its folder's name, or the error."""
    active = archive.store.embeddings.active()
    assert active is not None
    owner = {
        "lineage": archive.store.lineage(),
        "revision": archive.store.revision(),
        "identity": active.identity,
    }
    found = Snapshots(archive.directory).usable(**(owner | other))  # type: ignore[arg-type]
    return [each.folder.name if isinstance(each, Snapshot) else each for each in found]


def names(archive: Archive) -> list[str]:
    return sorted(entry.name for entry in Snapshots(archive.directory).folder.iterdir())


# Generations


def test_an_archive_without_any(archive: Archive) -> None:
    snapshots = Snapshots(archive.directory)
    assert (snapshots.generations(), snapshots.changed_at()) == ([], 0)
    assert snapshots.next_folder().name == "000001"
    assert usable(archive) == []
    snapshots.remove_old([])


def test_generations_count_on_and_the_newest_comes_first(shelf: Archive) -> None:
    first = made(shelf)
    with_first = Snapshots(shelf.directory).changed_at()
    held = Snapshot(first)
    second = made(shelf)
    assert [first.name, second.name] == ["000001", "000002"]
    assert Snapshots(shelf.directory).generations() == [second, first]
    assert Snapshots(shelf.directory).next_folder().name == "000003"
    assert Snapshots(shelf.directory).changed_at() != with_first
    assert usable(shelf) == ["000002", "000001"]
    assert held.revision == shelf.revision()


def test_a_snapshot_says_what_it_holds(shelf: Archive) -> None:
    snapshot = Snapshot(made(shelf))
    assert (snapshot.revision, snapshot.manifest.articles) == (shelf.revision(), 2)
    names = snapshot.strings("names")
    assert snapshot.tag_counts(names) == {"X": 1}
    assert set(names.texts(range(len(names)))) == {
        *("tag/x", "tag=X", "section/s", "section=S", "language/und"),
    }
    terms = snapshot.strings("terms")
    assert set(terms.texts(range(len(terms)))) == {"fish", "law", "x", "s"}
    statistics = snapshot.statistics()
    assert (statistics.articles, statistics.totals.tolist()) == (2, [2, 0, 0, 3])
    assert statistics.found(terms.numbers(["fish", "x"])).tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]
    assert snapshot.embedding_total().tolist() == [1, 0, 0, 0, 0, 0, 1, 0]
    segment = snapshot.segment(Analyzer(), names)
    assert segment.catalog.tags_of(0) == ("X",)
    assert segment.lexicon.keys().tolist() == snapshot.columns["key"].tolist()


# Ownership


def test_a_snapshot_of_another_store_is_refused(shelf: Archive) -> None:
    made(shelf)
    [refused] = usable(shelf, lineage=shelf.store.lineage() + 1)
    assert isinstance(refused, SnapshotForeign)
    assert "belongs to another store" in refused.message


def test_a_snapshot_of_a_later_state_is_refused(shelf: Archive) -> None:
    made(shelf)
    revision = shelf.revision()
    [refused] = usable(shelf, revision=revision - 1)
    assert isinstance(refused, SnapshotForeign)
    assert f"is of revision {revision}, the store has only {revision - 1}" in refused.message
    assert usable(shelf, revision=revision + 1) == ["000001"]


def test_a_snapshot_of_another_model_is_refused(shelf: Archive) -> None:
    made(shelf)
    [refused] = usable(shelf, identity="axes@2 recipe")
    assert isinstance(refused, SnapshotForeign)
    assert "is of axes@1" in refused.message
    assert "not of axes@2 recipe" in refused.message


def test_behind_one_that_cannot_be_used_comes_the_one_before(shelf: Archive) -> None:
    held = Snapshot(made(shelf))
    folder = made(shelf)
    (folder / "key.column").write_bytes(b"")
    damaged, before = usable(shelf)
    assert isinstance(damaged, SnapshotDamaged)
    assert before == held.folder.name


def test_only_who_does_not_trust_reads_all_of_it(shelf: Archive) -> None:
    file = made(shelf) / "section.column"
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)
    assert usable(shelf) == ["000001"]
    [damaged] = usable(shelf, trusting=False)
    assert isinstance(damaged, SnapshotDamaged)
    assert "section.column does not match its checksum" in damaged.message


def test_a_newer_format_is_no_damage_to_pass_over(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(shelf)
    monkeypatch.setattr(manifest, "FORMAT_VERSION", 0)
    with pytest.raises(SnapshotVersionUnknown):
        usable(shelf)


# Removing


def test_a_generation_is_not_removed_while_somebody_reads_it(shelf: Archive) -> None:
    first, second, third = (Snapshot(made(shelf)) for _ in range(3))
    snapshots = Snapshots(shelf.directory)
    snapshots.remove_old([third.folder])
    assert names(shelf) == ["000001", "000002", "000003"]
    del first
    gc.collect()
    snapshots.remove_old([third.folder])
    assert names(shelf) == ["000002", "000003"]
    second.manifest.check_content(second.folder)
    del second
    snapshots.remove_old([third.folder])
    assert names(shelf) == ["000003"]


HOLDER = """
import sys
from pathlib import Path
from newsclip.index.snapshot import Snapshot
snapshot = Snapshot(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_another_process_holds_its_generation_until_it_ends(shelf: Archive) -> None:
    folder = made(shelf)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    second = made(shelf)
    assert names(shelf) == [folder.name, second.name]
    holder.kill()
    holder.communicate()
    Snapshots(shelf.directory).remove_old([second])
    assert names(shelf) == [second.name]


def test_a_snapshot_that_is_refused_is_held_by_nobody(shelf: Archive) -> None:
    first, second = Snapshot(made(shelf)), Snapshot(made(shelf))
    (first.folder / "key.column").write_bytes(b"")
    folder = first.folder
    del first
    assert len(usable(shelf)) == 2
    with pytest.raises(SnapshotDamaged):
        Snapshot(folder)
    gc.collect()
    Snapshots(shelf.directory).remove_old([second.folder])
    assert names(shelf) == [second.folder.name]


def test_a_snapshot_that_is_being_removed_is_not_opened(shelf: Archive) -> None:
    folder = made(shelf)
    with (folder / manifest.FILE_NAME).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SnapshotDamaged, match="being removed"):
            Snapshot(folder)


def test_one_without_a_manifest_is_removed_too(shelf: Archive) -> None:
    folder = made(shelf)
    (folder / manifest.FILE_NAME).unlink()
    second = made(shelf)
    assert names(shelf) == [second.name]


def test_a_snapshot_that_is_open_can_be_read_to_its_end(shelf: Archive) -> None:
    """Even if somebody removes it by force."""
    snapshot = Snapshot(made(shelf))
    segment = snapshot.segment(Analyzer(), snapshot.strings("names"))
    shutil.rmtree(snapshot.folder)
    assert segment.catalog.tags_of(0) == ("X",)
    assert segment.columns["embedding"][1].tolist() == [0, 0, 0, 0, 0, 0, 1, 0]


def test_what_a_crash_has_left_is_removed_by_the_next(shelf: Archive) -> None:
    first = made(shelf)
    folder = Snapshots(shelf.directory).folder
    for leftover in (".making", ".removed-000000"):
        shutil.copytree(first, folder / leftover)
    assert usable(shelf) == ["000001"], "it is in nobody's way meanwhile"
    second = made(shelf)
    assert names(shelf) == [second.name]
    Manifest.read(second).check_content(second)


def test_a_file_of_the_user_is_left_alone(shelf: Archive) -> None:
    first = made(shelf)
    (first.parent / "notes.txt").write_text("mine")
    (first.parent / "old").mkdir()
    second = made(shelf)
    assert set(names(shelf)) == {second.name, "notes.txt", "old"}


# Holders


def test_stored_holders_are_those_that_a_scan_finds(shelf: Archive) -> None:
    entries = {
        n: article(n, tags=["x", "y"][: n % 3], section="S" if n % 2 else None)
        for n in range(1, 20)
    }
    columns, numbered = columns_of(entries)
    scanned, stored = ScannedHolders(columns), stored_holders(columns, len(numbered))
    for name in range(len(numbered) + 2):
        assert stored.rows_with(name).tolist() == scanned.rows_with(name).tolist()
    assert stored.newest_first().tolist() == scanned.newest_first().tolist()
    shelf.put(list(entries.values()))
    shelf.delete("a")
    shelf.delete("b")
    snapshot = Snapshot(made(shelf))
    names = snapshot.strings("names")
    on_disk = snapshot.segment(Analyzer(), names).catalog._holders
    assert isinstance(on_disk, StoredHolders)
    expected = stored_holders(snapshot.columns, len(names))
    for name in range(len(names)):
        assert on_disk.rows_with(name).tolist() == expected.rows_with(name).tolist()
    assert np.array_equal(on_disk.newest_first(), expected.newest_first())
    assert (snapshot.folder / "holder.row.array").stat().st_size > 0
