"""A live view passes over snapshots that are no good, says so, and answers as without them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.doubles import article

from newsclip.errors import SnapshotVersionUnknown
from newsclip.index import compaction, manifest
from newsclip.index.archive import Archive
from newsclip.index.snapshot import Snapshot, Snapshots

from .live_views import asked, live_view, settled


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [article("a", title="fish"), article("b", title="ship"), article("c", title="fish")]
    )
    return archive


def damage(folder: Path, name: str = "key.column") -> None:
    content = bytearray((folder / name).read_bytes())
    content[0] ^= 1
    (folder / name).write_bytes(content)


def newest(archive: Archive) -> Path:
    return Snapshots(archive.directory).generations()[0]


def spoilt(archive: Archive) -> None:
    damage(newest(archive))


def cut(archive: Archive) -> None:
    (newest(archive) / "embedding.column").write_bytes(b"")


def of_another_store(archive: Archive) -> None:
    archive.store._database.rows("UPDATE setting SET value = value + 1 WHERE name = 'lineage'")


def of_a_later_state(archive: Archive) -> None:
    revision = f"UPDATE setting SET value = {archive.revision() - 1} WHERE name = 'revision'"
    archive.store._database.rows(revision)
    archive.store._database.rows("DELETE FROM article WHERE id = 'late'")


@pytest.mark.parametrize("fault", [spoilt, cut, of_another_store, of_a_later_state])
def test_a_snapshot_that_is_no_good_is_passed_over_and_told(
    shelf: Archive, caplog: pytest.LogCaptureFixture, fault: Callable[[Archive], None]
) -> None:
    shelf.put([article("late", title="law")])
    compaction.compact(shelf.store)
    fault(shelf)
    live = live_view(shelf)
    assert asked(live, "fish") == {"a", "c"}
    assert live.snapshot_revision() == 0
    assert str(newest(shelf)) in caplog.text
    assert "newsclip rebuild" in caplog.text


def test_behind_a_damaged_one_the_one_before_serves(shelf: Archive) -> None:
    compaction.compact(shelf.store)
    reader = Snapshot(newest(shelf))  # as long as somebody reads it, it stays
    shelf.put([article("d", title="fish")])
    compaction.compact(shelf.store)
    reader.release()
    spoilt(shelf)
    live = live_view(shelf)
    assert asked(live, "fish") == {"a", "c", "d"}
    assert live.snapshot_revision() == 1


def test_who_trusts_a_snapshot_does_not_read_all_of_it(shelf: Archive) -> None:
    compaction.compact(shelf.store)
    damage(newest(shelf), "visible_until.column")
    live = live_view(shelf, trusting=True)
    assert asked(live, "fish") <= {"a", "b", "c"}
    assert live.snapshot_revision() == 1


def test_a_snapshot_of_a_newer_newsclip_stops_the_view(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    compaction.compact(shelf.store)
    monkeypatch.setattr(manifest, "FORMAT_VERSION", 0)
    with pytest.raises(SnapshotVersionUnknown):
        asked(live_view(shelf), "fish")


def test_the_older_one_goes_on_if_a_new_one_cannot_be_used(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    compaction.compact(shelf.store)
    live = live_view(shelf)
    assert asked(live, "fish") == {"a", "c"}
    shelf.put([article("b", title="fish")])
    compaction.compact(shelf.store)

    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("newsclip.index.live.Layers", fails)
        assert asked(live, "fish") == {"a", "b", "c"}
        settled()
    assert "cannot be used" in caplog.text
    assert (asked(live, "fish"), live.snapshot_revision()) == ({"a", "b", "c"}, 1)
    shelf.put([article("d", title="fish")])
    compaction.compact(shelf.store)
    asked(live, "fish")
    settled()
    assert (asked(live, "fish"), live.snapshot_revision()) == ({"a", "b", "c", "d"}, 3)
