"""A snapshot made of an older one answers as one made of the store alone, and as no snapshot."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, article

from newsclip.index import compaction
from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.compaction import (
    changes_since_snapshot,
    compact,
    is_due,
    make_snapshot,
    newest_snapshot,
    remove_unread,
)
from newsclip.index.embeddings import Embedded
from newsclip.index.filters import Filter
from newsclip.index.lexicon import Lexicon
from newsclip.index.recipe import ArticleEncoder, embedding_text
from newsclip.index.snapshot import Snapshot, Snapshots
from newsclip.index.store import Store

from .view_answers import NOON, Answers, answers, assert_same

WORDS = ["fish", "ship", "vote", "bank", "star", "goal", "law", "harbour", "Élève", "the", "🙂"]
TAGS = ["Harbour", "USRelations", "Law", "Sea"]
QUESTIONS = ["fish law", "the harbour of US relations", "star"]
WHERES = [
    Filter(),
    Filter(sections=frozenset({"news"})),
    Filter(tags=frozenset({"#harbour", "sea"}), published_to=NOON - timedelta(days=3)),
    Filter(languages=frozenset({"en"}), exclude_ids=frozenset("123")),
]


class Writer:
    """Makes changes by chance, the same ones each time."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self._archive = archive
        self._random = random.Random(seed)
        self._ids: set[str] = set()

    def change(self, count: int) -> None:
        """Adds, changes and deletes articles: of 60 ids, so that each is met again and again."""
        for _ in range(count):
            article_id = str(self._random.randrange(60))
            if article_id in self._ids and self._random.random() < 0.4:
                self._archive.delete(article_id)
                self._ids.remove(article_id)
            else:
                self._archive.put([self._article(article_id)])
                self._ids.add(article_id)

    def _article(self, article_id: str) -> Article:
        pick = self._random
        return article(
            article_id,
            title=" ".join(pick.choices(WORDS, k=3)),
            summary=" ".join(pick.choices(WORDS, k=pick.randrange(4))),
            body=" ".join(pick.choices([*WORDS, f"w{pick.randrange(40)}x"], k=pick.randrange(30))),
            section=pick.choice([None, "News", "news", "Life"]),
            tags=pick.sample(TAGS, k=pick.randrange(3)),
            language=pick.choice([None, "en", "en-GB", "fr"]),
            published_at=pick.choice([None, NOON - timedelta(days=pick.randrange(9))]),
            status=pick.choice(["published"] * 5 + ["draft"]),
        )


def asked(archive: Archive, encoder: AxisEncoder | None = None) -> Answers:
    """What an archive answers that is opened anew."""
    opened = Archive.open(archive.directory, encoder or AxisEncoder())
    with opened as reader, reader.reading(NOON) as view:
        return answers(view, QUESTIONS, WHERES)


def without_snapshots(archive: Archive) -> Answers:
    aside = archive.directory / "aside"
    Snapshots(archive.directory).folder.rename(aside)
    try:
        return asked(archive)
    finally:
        aside.rename(Snapshots(archive.directory).folder)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_way_to_the_same_archive_answers_alike(archive: Archive, seed: int) -> None:
    writer = Writer(archive, seed)
    for changes in (50, 30, 1, 60):
        writer.change(changes)
        if changes != 50:
            layered = asked(archive)
            assert newest_snapshot(archive.store) is not None
        assert compact(archive.store) is not None
        compacted = asked(archive)
        if changes != 50:
            assert_same(layered, compacted)
    expected = without_snapshots(archive)
    assert_same(compacted, expected)
    assert compaction.rebuild(archive.store) is not None
    assert_same(asked(archive), expected)


def test_a_snapshot_holds_nothing_that_is_no_more(archive: Archive) -> None:
    writer = Writer(archive, 3)
    for _ in range(3):
        writer.change(60)
        folder = compact(archive.store)
        assert folder is not None
        snapshot = Snapshot(folder)
        keys, _ = archive.store.keys_since(0)
        assert snapshot.columns["key"].tolist() == keys
        assert Lexicon(Analyzer(), folder / "lexicon").keys().tolist() == keys
        assert (snapshot.revision, snapshot.manifest.articles) == (archive.revision(), len(keys))


def test_the_columns_are_those_of_a_rebuild(archive: Archive) -> None:
    writer = Writer(archive, 4)
    for changes in (40, 40):
        writer.change(changes)
        compact(archive.store)
    compacted = newest_snapshot(archive.store)
    compaction.rebuild(archive.store)
    rebuilt = newest_snapshot(archive.store)
    assert compacted is not None
    assert rebuilt is not None
    assert compacted.folder != rebuilt.folder
    for name in ("key", "visible_from", "visible_until", "published_at", "embedding"):
        np.testing.assert_array_equal(compacted.columns[name], rebuilt.columns[name])
    assert compacted.embedding_total() == pytest.approx(rebuilt.embedding_total())
    assert compacted.derived("field_total").tolist() == rebuilt.derived("field_total").tolist()


# With many embeddings, and with those of another encoder


def test_many_embeddings_get_an_index_that_is_refilled_and_fitted_anew_when_they_double(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "EXACT_ROWS", 20)
    fitted = []
    for count in (20, 40, 60, 85, 30, 21, 20):
        kept = {str(n) for n in range(count)}
        archive.put([article(n, title=" ".join(WORDS[n % 5 : 6 + n % 5])) for n in range(count)])
        for article_id in list(asked(archive)["newest 0"]):  # type: ignore[call-overload]
            if article_id not in kept:
                archive.delete(article_id)
        folder = compact(archive.store)
        assert folder is not None
        snapshot = Snapshot(folder)
        assert (folder / "vectors.faiss").exists() == (count > 20)
        vectors = snapshot.segment(Analyzer(), snapshot.strings("names")).vectors
        fitted.append(round(getattr(vectors, "fitted_rows", 0)))
        assert_same(asked(archive), without_snapshots(archive))
    assert fitted == [0, 39, 39, 81, 28, 28, 0]


class TurnedEncoder(AxisEncoder):
    """As AxisEncoder, with the axes in the other order."""

    id = "turned@1"

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(super().encode_documents(texts)[:, ::-1])

    encode_queries = encode_documents


@pytest.mark.parametrize("rows", [10_000, 20])
def test_a_snapshot_for_another_encoder_takes_all_but_the_embeddings_from_the_older_one(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(compaction, "EXACT_ROWS", rows)
    monkeypatch.setattr(compaction, "_ROWS_AT_A_TIME", 7)
    writer, store = Writer(archive, 5), archive.store
    writer.change(60)
    compact(store)
    writer.change(40)
    encoder = TurnedEncoder()
    coming = store.embeddings.register("turned", ArticleEncoder(encoder).identity, 8)
    base = newest_snapshot(store)
    assert compaction.make_snapshot(store, coming, base) is None, "its embeddings are missing"
    for key, entry in store.articles(store.keys_since(0)[0]).items():
        [embedding] = ArticleEncoder(encoder).embed([embedding_text(entry)])
        store.embeddings.add(coming.number, {key: Embedded(embedding)})
    folder = compaction.make_snapshot(store, coming, base)
    assert folder is not None
    in_use = newest_snapshot(store)
    assert in_use is not None
    assert in_use.folder != folder, "answers come from the old one yet"
    writer.change(1)
    assert store.embeddings.activate(coming.number) is False
    for key in store.embeddings.missing(coming.number, 9):
        [embedding] = ArticleEncoder(encoder).embed([embedding_text(store.articles([key])[key])])
        store.embeddings.add(coming.number, {key: Embedded(embedding)})
    assert store.embeddings.activate(coming.number) is True
    snapshot = newest_snapshot(store)
    assert snapshot is not None
    assert snapshot.folder == folder
    switched = asked(archive, encoder)
    compaction.rebuild(store)
    assert_same(switched, asked(archive, encoder))


# When


def test_nothing_is_made_when_nothing_has_changed(archive: Archive) -> None:
    archive.put([article("a")])
    assert compact(archive.store) is not None
    assert compact(archive.store) is None
    archive.put([article("a")])
    assert compact(archive.store) is None, "an unchanged article is no change"
    archive.delete("a")
    assert compact(archive.store) is not None
    assert changes_since_snapshot(archive.store) == (0, 0)


def test_before_the_first_encoder_there_is_nothing_to_make(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    assert [compact(store), compaction.rebuild(store), newest_snapshot(store)] == [None] * 3
    assert not is_due(store)
    store.close()


def test_an_empty_archive_has_an_empty_snapshot(archive: Archive) -> None:
    assert compact(archive.store) is not None
    assert asked(archive)["articles"] == 0
    archive.put([article("a", title="fish")])
    assert_same(asked(archive), without_snapshots(archive))


@pytest.mark.parametrize(
    ("least", "share", "most", "changes", "due"),
    [
        (4, 0.5, 100, 3, False),
        (4, 0.5, 100, 4, False),  # half of the ten
        (4, 0.5, 100, 5, True),
        (4, 0.1, 100, 3, False),  # a tenth of the ten would be one
        (4, 0.1, 100, 4, True),
        (4, 0.9, 6, 5, False),
        (4, 0.9, 6, 6, True),  # the most that may wait
    ],
)
def test_a_snapshot_is_due_after_a_share_of_changes(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    least: int,
    share: float,
    most: int,
    changes: int,
    due: bool,
) -> None:
    monkeypatch.setattr(compaction, "LEAST_CHANGES", least)
    monkeypatch.setattr(compaction, "_CHANGED_SHARE", share)
    monkeypatch.setattr(compaction, "MOST_CHANGES", most)
    archive.put([article(n) for n in range(10)])
    compact(archive.store)
    assert not is_due(archive.store)
    archive.put([article(f"new {n}") for n in range(changes)])
    assert is_due(archive.store) == due
    assert changes_since_snapshot(archive.store) == (changes, 10)


def test_what_comes_and_what_goes_are_changes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put([article(n) for n in range(3)])
    assert changes_since_snapshot(archive.store) == (3, 0)
    compact(archive.store)
    archive.put([article(0, title="changed")])  # one goes and one comes
    archive.delete("1")
    assert changes_since_snapshot(archive.store) == (3, 3)
    assert (compaction.LEAST_CHANGES, compaction.MOST_CHANGES) == (1_000, 10_000)
    assert not is_due(archive.store)
    monkeypatch.setattr(compaction, "LEAST_CHANGES", 3)
    assert is_due(archive.store)


def test_what_is_replaced_goes_when_its_last_reader_has_gone(archive: Archive) -> None:
    snapshots = Snapshots(archive.directory)
    archive.put([article("old")])
    compact(archive.store)
    reader = Snapshot(snapshots.generations()[0])
    archive.put([article("new")])
    compact(archive.store)
    remove_unread(archive.store)
    assert [folder.name for folder in snapshots.generations()] == ["000002", "000001"]
    reader.release()
    remove_unread(archive.store)
    assert [folder.name for folder in snapshots.generations()] == ["000002"]


def test_the_snapshot_of_the_model_to_come_is_kept(archive: Archive) -> None:
    store = archive.store
    archive.put([article("old")])
    compact(store)
    coming = store.embeddings.register("next", "next@1", 8)
    store.embeddings.announce(coming.number)
    keys = store.keys_since(0)[0]
    store.embeddings.add(coming.number, {k: Embedded(np.eye(8, dtype=np.float32)[0]) for k in keys})
    made = make_snapshot(store, coming, newest_snapshot(store))
    archive.put([article("new")])
    compact(store)
    assert made in Snapshots(archive.directory).generations()
    assert newest_snapshot(store, encoder=coming) is not None
