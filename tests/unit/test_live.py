"""One live view: consistent while it is read, at the newest revision whenever it is opened."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import AxisEncoder, article, axis_archive, embedding_of

from newsclip.errors import ArticleNotFound
from newsclip.index import layers, loaded_encoders
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.digest import FieldTerms
from newsclip.index.filters import Filter
from newsclip.index.lexicon import Lexicon
from newsclip.index.view import View

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DIAGONAL = float(np.float16(0.5**0.5))  # an embedding is kept in half precision


def nearest(view: View, text: str, limit: int = 10, where: Filter = Filter()) -> dict[str, float]:
    """Ids and cosines of the articles nearest to a text."""
    scored = view.nearest(embedding_of(text).astype(np.float32), limit, where)
    articles = view.articles(scored.keys.tolist())
    pairs = zip(scored.keys.tolist(), scored.scores.tolist(), strict=True)
    return {articles[key].id: score for key, score in pairs}


def matching(view: View, word: str) -> set[str]:
    keys = view.matching(view.query({word: 1.0}), 100, Filter())
    return {entry.id for entry in view.articles(keys).values()}


def test_cosines_by_hand(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="fish ship"), article("c")])
    with archive.reading(NOON) as view:
        assert nearest(view, "fish") == pytest.approx({"a": 1.0, "b": DIAGONAL, "c": 0.0})
        keys = np.array([view.key_of("b"), view.key_of("a")])
        cosines = view.cosines(embedding_of("ship").astype(np.float32), keys)
        assert cosines == pytest.approx([DIAGONAL, 0.0])
        assert view.embedding(view.key_of("c")).tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
        assert view.embed_document("ship").tolist() == view.embed_query("ship").tolist()
        assert len(view) == 3


def test_the_typical_cosine_follows_every_change(archive: Archive) -> None:
    def typical(text: str) -> float:
        with archive.reading(NOON) as view:
            return view.typical_cosine(embedding_of(text).astype(np.float32))

    assert typical("fish") == 0
    archive.put([article(n, title=title) for n, title in enumerate(["fish", "fish", "ship", "x"])])
    assert typical("fish") == pytest.approx(2 / 4)
    archive.put([article(0, title="ship")])
    assert typical("fish") == pytest.approx(1 / 4)
    archive.delete("2")
    assert typical("ship") == pytest.approx(1 / 3)
    archive.delete("0")
    archive.delete("1")
    archive.delete("3")
    assert typical("ship") == pytest.approx(0)


def test_ids_and_keys(archive: Archive) -> None:
    archive.put([article("a", tags=["X"]), article("hidden", status="withdrawn")])
    with archive.reading(NOON) as view:
        for article_id in ("a", "hidden"):
            key = view.key_of(article_id)
            assert view.articles([key])[key] == view.article(article_id)
        assert view.tags_of(view.key_of("a")) == ("X",)
        for ask in (view.key_of, view.article):
            with pytest.raises(ArticleNotFound):
                ask("A")


def test_what_readers_may_not_see_is_in_no_answer(archive: Archive) -> None:
    hidden = [
        article("draft", title="fish", section="S", status="draft"),
        article("withdrawn", title="fish", section="S", status="withdrawn"),
        article("embargoed", title="fish", section="S", published_at=NOON + SECOND),
        article("expired", title="fish", section="S", expires_at=NOON),
    ]
    seen = article("seen", title="fish", section="S", published_at=NOON, expires_at=NOON + SECOND)
    archive.put([*hidden, seen])
    with archive.reading(NOON) as view:
        assert nearest(view, "fish").keys() == matching(view, "fish") == {"seen"}
        assert view.newest(Filter(), 10) == [view.key_of("seen")]
        assert view.section_counts() == {"S": 1}
    with archive.reading(NOON + SECOND) as view:
        assert nearest(view, "fish").keys() == matching(view, "fish") == {"embargoed"}


def test_now_is_now_unless_told(archive: Archive) -> None:
    archive.put([article("old", published_at="1970-01-01"), article("far", published_at="9000")])
    with archive.reading() as view:
        assert nearest(view, "x").keys() == {"old"}
        assert view.now.tzinfo is UTC


# Changes


def test_each_change_shows_at_the_next_reading_here_and_elsewhere(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as writer, axis_archive(tmp_path) as reader:

        def seen() -> list[dict[str, float]]:
            answers = []
            for each in (writer, reader):
                with each.reading(NOON) as view:
                    answers.append(nearest(view, "fish"))
                    assert matching(view, "fish") == {
                        i for i, score in answers[-1].items() if score > 0
                    }
            assert answers[0] == answers[1]
            return answers

        assert seen()[0] == {}
        writer.put([article("a", title="fish"), article("b", title="ship")])
        assert seen()[0] == {"a": 1.0, "b": 0.0}
        reader.put([article("b", title="fish"), article("a", title="law")])
        assert seen()[0] == {"b": 1.0, "a": 0.0}
        writer.delete("b")
        assert seen()[0] == {"a": 0.0}
        reader.put([article("b", title="fish")])
        writer.put([article("a", title="fish", status="withdrawn")])
        assert seen()[0] == {"b": 1.0}


def test_a_view_keeps_to_its_moment(archive: Archive, tmp_path: Path) -> None:
    archive.put([article("a", title="fish")])
    with archive.reading(NOON) as view, axis_archive(tmp_path / "archive") as other:
        other.put([article("a", title="ship"), article("b", title="fish")])
        assert view.article("a").title == "fish"
        assert nearest(view, "fish") == {"a": 1.0}
        with pytest.raises(ArticleNotFound):
            view.article("b")
    with archive.reading(NOON) as view:
        assert nearest(view, "fish") == {"b": 1.0, "a": 0.0}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_catching_up_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(layers, "_BATCH", 2)
    with axis_archive(tmp_path) as archive:
        archive.put([article(n, title="fish") for n in range(count)])
        with archive.reading(NOON) as view:
            assert matching(view, "fish") == {str(n) for n in range(count)}
            assert len(nearest(view, "fish")) == count


def test_a_catch_up_that_fails_is_made_good_by_the_next(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put([article("old", title="fish"), article("gone", title="fish")])
    with archive.reading(NOON):
        pass
    archive.delete("gone")
    archive.put([article(n, title="fish") for n in range(4)])
    add = Lexicon.add

    def fails_at_two(lexicon: Lexicon, key: int, entry: Article, terms: FieldTerms = ()) -> None:
        if entry.id == "2":
            raise MemoryError
        add(lexicon, key, entry, terms)

    monkeypatch.setattr(Lexicon, "add", fails_at_two)
    for _ in range(2):
        with pytest.raises(MemoryError), archive.reading(NOON):
            raise AssertionError("never reached")
    monkeypatch.undo()
    with archive.reading(NOON) as view:
        everyone = {"old", "0", "1", "2", "3"}
        assert nearest(view, "fish", limit=50).keys() == matching(view, "fish") == everyone
        assert len(view.nearest(embedding_of("fish").astype(np.float32), 50, Filter()).keys) == 5
        assert view.typical_cosine(embedding_of("fish").astype(np.float32)) == pytest.approx(1)


def test_an_error_inside_a_view_frees_it(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError), archive.reading(NOON):
        raise ZeroDivisionError
    with archive.reading(NOON) as view:
        assert len(view) == 0


def test_nobody_waits_while_the_next_model_loads(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, loaded = threading.Event(), threading.Event()

    def load(name: str) -> AxisEncoder:
        loading.set()
        loaded.wait()
        return AxisEncoder()

    def work() -> dict[str, float]:
        archive.put([article("a", title="fish")])
        with archive.reading(NOON) as view:
            return nearest(view, "fish")

    monkeypatch.setattr(loaded_encoders, "load_encoder", load)
    coming = archive.store.embeddings.register("next", "next@1", 8)
    archive.store.embeddings.announce(coming.number)
    with archive.reading(NOON):
        pass
    assert loading.wait(30)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        try:
            assert future.result(timeout=30) == {"a": 1.0}
        finally:
            loaded.set()


def test_threads_read_while_another_process_would_write(tmp_path: Path) -> None:
    """Two articles swap their titles again and again, both in one transaction."""
    states = [("fish", "ship"), ("ship", "fish")]
    done = threading.Event()

    def write() -> None:
        try:
            with axis_archive(tmp_path) as writer:
                for turn in range(30):
                    first, second = states[turn % 2]
                    writer.put([article("a", title=first), article("b", title=second)])
        finally:
            done.set()

    def read(archive: Archive) -> int:
        readings = 0
        while not (done.is_set() and readings):
            with archive.reading(NOON) as view:
                near = [nearest(view, word, limit=1) for word in ("fish", "ship")]
                words = [matching(view, word) for word in ("fish", "ship")]
                titles = (view.article("a").title, view.article("b").title)
            assert titles in states
            expected = "ab" if titles[0] == "fish" else "ba"
            assert ["".join(found) for found in near] == list(expected)
            assert words == [{expected[0]}, {expected[1]}]
            readings += 1
        return readings

    with axis_archive(tmp_path) as archive:
        archive.put([article("a", title="fish"), article("b", title="ship")])
        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read, archive) for _ in range(2)]
            pool.submit(write).result()
            assert all(reader.result() for reader in readers)
