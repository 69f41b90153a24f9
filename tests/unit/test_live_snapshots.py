"""A live view over snapshots: a new one is taken over, without a wrong answer meanwhile."""

import gc
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, article, axis_archive, embedding_of

from newsclip.index import compaction, layers, reembed
from newsclip.index.archive import Archive
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store

from .live_views import NOON, asked, found, live_view, settled


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [article("a", title="fish"), article("b", title="ship"), article("c", title="fish")]
    )
    return archive


def test_a_view_opens_the_snapshot_and_reads_only_what_came_after_it(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    compaction.compact(shelf.store)
    shelf.put([article("b", title="fish"), article("d", title="fish")])
    shelf.delete("a")
    read: list[int] = []
    learn = layers.Layers._learn

    def counting(self: layers.Layers, store: Store, keys: list[int]) -> None:
        read.extend(keys)
        learn(self, store, keys)

    monkeypatch.setattr(layers.Layers, "_learn", counting)
    live = live_view(shelf)
    assert asked(live, "fish") == {"b", "c", "d"}
    assert len(read) == 2
    assert live.snapshot_revision() == 1


def test_a_new_snapshot_is_taken_over(shelf: Archive) -> None:
    live = live_view(shelf)
    assert (asked(live, "fish"), live.snapshot_revision()) == ({"a", "c"}, 0)
    for revision in (1, 2, 3):
        compaction.compact(shelf.store)
        assert asked(live, "fish") == {"a", "c"}  # begins to prepare
        settled()
        assert asked(live, "fish") == {"a", "c"}
        assert live.snapshot_revision() == revision
        shelf.put([article("b", title=f"ship {revision}")])
    assert asked(live, "ship") == {"b"}


def test_a_snapshot_that_was_made_anew_is_taken_over_too(shelf: Archive) -> None:
    """It may have been made because the one in use was damaged."""
    live = live_view(shelf)
    folder = compaction.compact(shelf.store)
    assert folder is not None
    assert asked(live, "fish") == asked(live, "fish") == {"a", "c"}
    settled()
    assert asked(live, "fish") == {"a", "c"}
    compaction.rebuild(shelf.store)
    assert asked(live, "fish") == {"a", "c"}
    settled()
    assert asked(live, "fish") == {"a", "c"}
    gc.collect()
    Snapshots(shelf.directory).remove_old([folder.with_name("000002")])
    assert not folder.exists(), "nobody reads the old one any more"


def test_the_older_snapshot_is_let_go(shelf: Archive) -> None:
    live = live_view(shelf)
    for turn in range(4):
        shelf.put([article("b", title=f"ship {turn}")])
        compaction.compact(shelf.store)
        assert asked(live, "ship") == {"b"}
        settled()
        assert asked(live, "ship") == {"b"}
    gc.collect()
    compaction.rebuild(shelf.store)
    assert len(Snapshots(shelf.directory).generations()) <= 2, "the new one, and the one in use"


def test_closing_waits_for_a_snapshot_that_is_being_taken_over(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    follow = layers.Layers.follow

    def held_up(self: layers.Layers, store: Store, revision: int) -> None:
        if threading.current_thread().name == "prepare-snapshot":
            begun.set()
            assert go_on.wait(10)
        follow(self, store, revision)

    monkeypatch.setattr(layers.Layers, "follow", held_up)
    with shelf.reading():
        pass
    compaction.rebuild(shelf.store)
    with shelf.reading():
        pass
    assert begun.wait(10)
    closing = threading.Thread(target=shelf.close)
    closing.start()
    closing.join(0.1)
    assert closing.is_alive()
    go_on.set()
    closing.join(10)
    assert not closing.is_alive()
    assert caplog.messages == []


def test_writes_go_on_while_snapshots_come_and_every_answer_is_right(tmp_path: Path) -> None:
    """Two articles swap their titles again and again, both in one transaction."""
    states = [("fish", "ship"), ("ship", "fish")]
    taken_over = threading.Event()

    def write() -> None:
        with axis_archive(tmp_path) as writer:
            turn = 0
            while not taken_over.is_set():
                first, second = states[turn % 2]
                writer.put([article("a", title=first), article("b", title=second)])
                turn += 1

    def compact() -> None:
        with axis_archive(tmp_path) as other:
            while not taken_over.is_set():
                compaction.compact(other.store)

    def read(archive: Archive) -> None:
        live = live_view(archive)
        revisions: set[int] = set()
        while len(revisions) < 4 and not taken_over.is_set():
            with live.reading(NOON) as view:
                titles = (view.article("a").title, view.article("b").title)
                assert titles in states
                assert len(view) == 2
                names = {title: {name} for name, title in zip("ab", titles, strict=True)}
                assert {title: found(view, title) for title in titles} == names
                assert view.rarities(view.query({"fish": 1.0}).terms) == pytest.approx(np.log(2))
            revisions.add(live.snapshot_revision())

    with axis_archive(tmp_path) as archive, ThreadPoolExecutor(3) as pool:
        archive.put([article("a", title="fish"), article("b", title="ship")])
        others = [pool.submit(write), pool.submit(compact)]
        try:
            pool.submit(read, archive).result(timeout=60)
        finally:
            taken_over.set()
        for other in others:
            other.result()
    settled()


# Another model


class TurnedEncoder(AxisEncoder):
    """As AxisEncoder, with the axes in the other order."""

    id = "turned@1"

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(super().encode_documents(texts)[:, ::-1])


def test_a_switch_of_the_model_finds_its_snapshot_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = {"old": AxisEncoder(), "new": TurnedEncoder()}
    for module in ("archive", "loaded_encoders", "reembed"):
        monkeypatch.setattr(f"newsclip.index.{module}.load_encoder", models.__getitem__)
    with Archive.open(tmp_path, "old", create=True) as archive, Archive.open(tmp_path) as worker:
        archive.put([article(n, title=text) for n, text in enumerate(["fish", "ship", "vote"])])
        compaction.compact(archive.store)
        archive.put([article("late", title="fish law")])

        def embedding() -> list[float]:
            with worker.reading(NOON) as view:
                return [float(value) for value in view.embedding(view.key_of("0"))]

        assert embedding() == embedding_of("fish").tolist()
        reembed.reembed(archive.store, "new")
        read: list[int] = []
        monkeypatch.setattr(layers.Layers, "_learn", lambda _, __, keys: read.extend(keys))
        assert embedding() == embedding_of("fish")[::-1].tolist()
        assert read == [], "all of it is in the snapshot"
        assert len(Snapshots(tmp_path).generations()) == 2
        settled()
        reembed.roll_back(archive.store)
        assert embedding() == embedding_of("fish").tolist()
        settled()
