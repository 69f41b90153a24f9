"""What is kept on disk, how its change log reads, and which files are refused."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles import AXES, article, new_store, stored

from newsclip.errors import (
    ArticleNotFound,
    EncoderMismatch,
    NewsclipError,
    StoreBusy,
    StoreMissing,
    StoreUnavailable,
    StoreVersionUnknown,
)
from newsclip.index.article import Article
from newsclip.index.locks import alone
from newsclip.index.migrations import FORMAT_VERSION
from newsclip.index.store import FILE_NAME, LOCK_NAME, Store, Stored


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path)
    yield store
    store.close()


FULL = article(
    "politics/2026/harbour law",
    url="https://courier.example/é?x=1#top",
    title="Harbour law",
    summary="Dockers get a say.",
    body="Line one\n\nLine two 🙂 \x00 with a NUL",
    section="Politics",
    tags=["USRelations", "Économie", 'with "quotes"', "null \x00 inside"],
    authors=["Søren Halvik", 'A "B" C', "nul \x00"],
    language="pt-BR",
    image_url="https://courier.example/i.jpg",
    published_at="2026-01-08T18:20:00+01:00",
    updated_at="1969-12-31T23:59:59Z",
    status="withdrawn",
    expires_at="9999-12-31T23:59:59Z",
)


@pytest.mark.parametrize("entry", [FULL, article(7), article("b", body="B", title="")])
def test_an_article_comes_back_as_it_went_in(store: Store, entry: Article) -> None:
    store.write([stored(entry)], AXES)
    assert store.get(entry.id) == entry
    (key,) = store.keys_since(0)[0]
    assert store.articles([key]) == {key: entry}


def test_embeddings_and_hashes(store: Store) -> None:
    store.write([stored(article("a", title="fish")), stored(article("b", title="ship vote"))], AXES)
    added, _ = store.keys_since(0)
    embeddings = store.embeddings.of(AXES, added[::-1])
    assert embeddings[added[0]].tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    half = 0.5**0.5
    assert embeddings[added[1]] == pytest.approx([0, half, half, 0, 0, 0, 0, 0])
    assert store.embeddings.of(AXES + 1, added) == {}
    assert store.hashes(["b", "c", "a"]) == {"a": b"afish", "b": b"bship vote"}


def test_keys_that_are_no_more_are_left_out(store: Store) -> None:
    store.write([stored(article("a")), stored(article("b"))], AXES)
    gone, kept = store.keys_since(0)[0]
    store.delete("a")
    assert store.articles([gone, kept, 999]).keys() == {kept}
    assert store.embeddings.of(AXES, [gone, kept, 999]).keys() == {kept}
    assert store.embeddings.of(AXES, []) == {}
    assert store.articles([]) == {}


# The change log


def test_the_log_says_what_a_follower_must_learn_and_forget(store: Store) -> None:
    assert (store.revision(), store.keys_since(0)) == (0, ([], []))

    assert store.write([stored(article("a")), stored(article("b"))], AXES) == 1
    (key_a, key_b), removed = store.keys_since(0)
    assert removed == []

    # a new version is a new key
    assert store.write([stored(article("a", title="fish"))], AXES) == 2
    (new_a,), removed = store.keys_since(1)
    assert removed == [key_a]
    assert new_a > max(key_a, key_b)
    assert store.keys_since(0) == ([key_b, new_a], [key_a])

    assert store.delete("b") == 3
    assert store.keys_since(2) == ([], [key_b])
    assert store.keys_since(3) == ([], [])
    assert store.revision() == 3


def test_a_key_is_never_used_again(store: Store) -> None:
    seen: set[int] = set()
    for _ in range(5):
        store.write([stored(article("a"))], AXES)
        (key,) = store.keys_since(0)[0]
        assert key not in seen
        seen.add(key)
        store.delete("a")
    store.close()
    reopened = Store.open(store.directory)
    reopened.write([stored(article("a"))], AXES)
    assert set(reopened.keys_since(0)[0]).isdisjoint(seen)
    reopened.close()


def test_the_same_id_twice_in_one_write(store: Store) -> None:
    store.write([stored(article("a", title="one")), stored(article("a", title="two"))], AXES)
    added, _ = store.keys_since(0)
    assert [entry.title for entry in store.articles(added).values()] == ["two"]


def test_deleting_takes_everything_with_it(store: Store) -> None:
    store.write([stored(FULL)], AXES)
    store.delete(FULL.id)
    for table in ("article", "article_tag", "embedding"):
        assert store.rows_of(f"SELECT count(*) FROM {table}") == [(0,)]
    with pytest.raises(ArticleNotFound) as caught:
        store.get(FULL.id)
    assert caught.value.article_id == FULL.id


def test_deleting_what_is_not_there_writes_nothing(store: Store) -> None:
    store.write([stored(article("a"))], AXES)
    with pytest.raises(ArticleNotFound):
        store.delete("A")  # letter by letter
    assert store.revision() == 1


def test_a_write_that_fails_half_way_leaves_the_previous_state(store: Store) -> None:
    store.write([stored(article("a", title="old"))], AXES)

    def failing() -> Iterator[Stored]:
        yield stored(article("a", title="new"))
        yield stored(article("b"))
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="plug"):
        store.write(failing(), AXES)
    assert store.get("a").title == "old"
    assert store.revision() == 1
    assert len(store.keys_since(0)[0]) == 1
    assert store.keys_since(0)[1] == []


def test_embeddings_of_an_encoder_that_no_longer_answers_are_refused(store: Store) -> None:
    store.write([stored(article("a", title="old"))], AXES)
    assert store.embeddings.activate(AXES)
    with pytest.raises(EncoderMismatch):
        store.write([stored(article("a", title="new"))], AXES + 1)
    assert (store.get("a").title, store.revision()) == ("old", 1)


def test_the_number_of_an_encoder_is_never_used_again(store: Store) -> None:
    assert store.embeddings.activate(AXES)
    given_up = store.embeddings.register("other", "other@1", 8)
    store.embeddings.activate(AXES)  # forgets all but the active and the previous one
    assert store.rows_of("SELECT number FROM encoder") == [(AXES,)]
    assert store.embeddings.register("third", "third@1", 8).number > given_up.number


def test_size_bytes_counts_the_log(store: Store, tmp_path: Path) -> None:
    store.write([stored(article("a", body="x" * 100_000))], AXES)
    assert store.size_bytes() == sum(
        path.stat().st_size for path in tmp_path.iterdir() if not path.name.endswith("-shm")
    )
    assert store.size_bytes() > 100_000


# Opening


def test_a_lineage_is_a_number_that_stays(tmp_path: Path) -> None:
    lineages = []
    for name in ("a", "b", "a", "b"):
        store = Store.open(tmp_path / name, create=True)
        lineages.append(store.lineage())
        store.close()
    assert lineages[:2] == lineages[2:]
    assert lineages[0] != lineages[1]
    assert all(0 < lineage < 2**62 for lineage in lineages)


def test_an_open_store_holds_its_lock_beside_others(tmp_path: Path) -> None:
    first, second = Store.open(tmp_path, create=True), Store.open(tmp_path)
    for store in (first, second):
        with pytest.raises(StoreBusy), alone(tmp_path, LOCK_NAME):
            pass
        store.close()
    with alone(tmp_path, LOCK_NAME), pytest.raises(StoreBusy) as caught:
        Store.open(tmp_path)
    assert "restored" in caught.value.message


def test_a_store_that_does_not_open_leaves_its_lock(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"no database" * 100)
    with pytest.raises(StoreUnavailable):
        Store.open(tmp_path)
    with alone(tmp_path, LOCK_NAME):
        pass


def test_a_store_outlives_its_process(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "deeper"
    first = new_store(directory)
    first.write([stored(FULL)], AXES)
    first.close()
    again = Store.open(directory)
    assert again.get(FULL.id) == FULL
    assert again.revision() == 1
    again.close()


def test_there_is_no_archive_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as caught:
        Store.open(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in caught.value.message
    assert "newsclip import" in caught.value.remedy
    assert not (tmp_path / "nowhere").exists(), "looking does not create"


@pytest.mark.parametrize("name", ["file", "file/below", "file/far/below"])
@pytest.mark.parametrize("create", [True, False])
def test_a_file_in_the_way(tmp_path: Path, name: str, create: bool) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable if create else StoreMissing) as caught:
        Store.open(tmp_path / name, create)
    assert caught.value.remedy


def test_a_directory_in_the_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StoreUnavailable):
        Store.open(tmp_path, create=True)


@pytest.mark.parametrize(
    "content",
    [b"plain text that is longer than one hundred bytes\n" * 3, b"SQLite format 3\x00" * 9],
)
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    for create in (True, False):
        with pytest.raises(StoreUnavailable) as caught:
            Store.open(tmp_path, create)
        assert "backup" in caught.value.remedy
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_file_that_lost_its_middle(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.write((stored(article(n, body=f"{n} " * 2_000)) for n in range(50)), AXES)
    store.close()
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    data[8192:-8192] = b"\x5a" * (len(data) - 16384)
    (tmp_path / FILE_NAME).write_bytes(data)

    def use() -> None:
        damaged = Store.open(tmp_path)
        try:
            damaged.articles(damaged.keys_since(0)[0])
        finally:
            damaged.close()

    with pytest.raises(StoreUnavailable) as caught:
        use()
    assert isinstance(caught.value, NewsclipError)


def test_a_newer_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    for create in (True, False):
        with pytest.raises(StoreVersionUnknown) as caught:
            Store.open(tmp_path, create)
        assert (caught.value.found, caught.value.known) == (99, FORMAT_VERSION)
        assert "newer" in caught.value.remedy
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_creation_that_was_cut_off_is_taken_up(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    store = new_store(tmp_path)
    store.write([stored(article("a"))], AXES)
    assert store.get("a") == article("a")
    store.close()


def test_keys_and_ids_come_in_the_order_that_they_are_asked_for_in(store: Store) -> None:
    store.write([stored(article(each)) for each in "cab"], 1)
    keys = list(store.keys_of([*"bacx"]).values())
    assert list(store.keys_of([*"bacx"])) == [*"bac"]
    assert store.ids(keys) == [*"bac"]
    assert store.ids([keys[2], 999, keys[0], keys[2]]) == [*"cbc"]
