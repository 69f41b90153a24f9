"""What is kept on disk, how its change log reads, and which files are refused."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import article, embedding_of

from newsclip.errors import (
    ArticleNotFound,
    NewsclipError,
    StoreMissing,
    StoreUnavailable,
    StoreVersionUnknown,
)
from newsclip.index.article import Article
from newsclip.index.store import FILE_NAME, FORMAT_VERSION, Row, Store, Stored


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path, create=True)
    yield store
    store.close()


def stored(entry: Article, text: str = "") -> Stored:
    embedding = embedding_of(text or entry.title).astype(np.float32)
    return Stored(entry, embedding, entry.id.encode() + entry.title.encode())


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
    store.write([stored(entry)])
    assert store.get(entry.id) == entry
    (key,) = store.keys_since(0)[0]
    assert store.articles([key]) == {key: entry}


def test_embeddings_and_hashes(store: Store) -> None:
    store.write([stored(article("a", title="fish")), stored(article("b", title="ship vote"))])
    added, _ = store.keys_since(0)
    rows = store.rows(added[::-1])
    assert [row.key for row in rows] == sorted(added)
    assert [row.article.id for row in rows] == ["a", "b"]
    assert rows[0].embedding.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    half = 0.5**0.5
    assert rows[1].embedding == pytest.approx([0, half, half, 0, 0, 0, 0, 0])
    assert store.hashes(["b", "c", "a"]) == {"a": b"afish", "b": b"bship vote"}


def test_keys_that_are_no_more_are_left_out(store: Store) -> None:
    store.write([stored(article("a")), stored(article("b"))])
    gone, kept = store.keys_since(0)[0]
    store.delete("a")
    assert store.articles([gone, kept, 999]).keys() == {kept}
    assert [row.key for row in store.rows([gone, kept, 999])] == [kept]
    assert store.rows([]) == []
    assert store.articles([]) == {}


# The change log


def test_the_log_says_what_a_follower_must_learn_and_forget(store: Store) -> None:
    assert (store.revision(), store.keys_since(0)) == (0, ([], []))

    assert store.write([stored(article("a")), stored(article("b"))]) == 1
    (key_a, key_b), removed = store.keys_since(0)
    assert removed == []

    assert store.write([stored(article("a", title="fish"))]) == 2  # a new version is a new key
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
        store.write([stored(article("a"))])
        (key,) = store.keys_since(0)[0]
        assert key not in seen
        seen.add(key)
        store.delete("a")
    store.close()
    reopened = Store.open(store.directory)
    reopened.write([stored(article("a"))])
    assert set(reopened.keys_since(0)[0]).isdisjoint(seen)
    reopened.close()


def test_the_same_id_twice_in_one_write(store: Store) -> None:
    store.write([stored(article("a", title="one")), stored(article("a", title="two"))])
    added, _ = store.keys_since(0)
    assert [row.article.title for row in store.rows(added)] == ["two"]


def test_deleting_takes_everything_with_it(store: Store) -> None:
    store.write([stored(FULL)])
    store.delete(FULL.id)
    for table in ("article", "article_tag", "embedding"):
        assert store.rows_of(f"SELECT count(*) FROM {table}") == [(0,)]
    with pytest.raises(ArticleNotFound) as caught:
        store.get(FULL.id)
    assert caught.value.article_id == FULL.id


def test_deleting_what_is_not_there_writes_nothing(store: Store) -> None:
    store.write([stored(article("a"))])
    with pytest.raises(ArticleNotFound):
        store.delete("A")  # letter by letter
    assert store.revision() == 1


def test_a_write_that_fails_half_way_leaves_the_previous_state(store: Store) -> None:
    store.write([stored(article("a", title="old"))])

    def failing() -> Iterator[Stored]:
        yield stored(article("a", title="new"))
        yield stored(article("b"))
        raise RuntimeError("pulled the plug")

    with pytest.raises(RuntimeError, match="plug"):
        store.write(failing())
    assert store.get("a").title == "old"
    assert store.revision() == 1
    assert len(store.keys_since(0)[0]) == 1
    assert store.keys_since(0)[1] == []


def test_settings(store: Store) -> None:
    assert store.setting("colour") is None
    store.write_setting("colour", "blue")
    store.write_setting("colour", "red")
    assert store.setting("colour") == "red"
    assert store.revision() == 0


def test_size_bytes_counts_the_log(store: Store, tmp_path: Path) -> None:
    store.write([stored(article("a", body="x" * 100_000))])
    assert store.size_bytes() == sum(
        path.stat().st_size for path in tmp_path.iterdir() if not path.name.endswith("-shm")
    )
    assert store.size_bytes() > 100_000


# Opening


def test_a_store_outlives_its_process(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "deeper"
    first = Store.open(directory, create=True)
    first.write([stored(FULL)])
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
    store = Store.open(tmp_path, create=True)
    store.write(stored(article(n, body=f"{n} " * 2_000)) for n in range(50))
    store.close()
    data = bytearray((tmp_path / FILE_NAME).read_bytes())
    data[8192:-8192] = b"\x5a" * (len(data) - 16384)
    (tmp_path / FILE_NAME).write_bytes(data)

    def use() -> None:
        damaged = Store.open(tmp_path)
        try:
            damaged.rows(damaged.keys_since(0)[0])
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
    store = Store.open(tmp_path)
    store.write([stored(article("a"))])
    assert isinstance(store.rows(store.keys_since(0)[0])[0], Row)
    store.close()
