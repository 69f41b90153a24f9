"""Transactions, threads, and SQLite's errors in our own words."""

import gc
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsclip.errors import StoreBusy, StoreUnavailable
from newsclip.index import database as module
from newsclip.index.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "test.sqlite3")
    with database.writing() as connection:
        connection.execute("CREATE TABLE number (value INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO number VALUES (?)", [(1,), (2,), (3,)])
    yield database
    database.close()


def numbers(database: Database) -> list[int]:
    return [row[0] for row in database.rows("SELECT value FROM number ORDER BY value")]


def test_queries(database: Database) -> None:
    assert database.rows("SELECT value FROM number WHERE value > ?", 1) == [(2,), (3,)]
    assert database.rows("SELECT value FROM number WHERE value > :least", least=2) == [(3,)]
    assert database.first("SELECT value FROM number ORDER BY value DESC") == (3,)
    assert database.first("SELECT value FROM number WHERE value > ?", 9) is None


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7])
def test_any_number_of_values(
    database: Database, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(module, "_VARIABLES", 2)
    rows = database.rows_in("SELECT value FROM number WHERE value IN", list(range(1, count + 1)))
    assert sorted(rows) == [(value,) for value in range(1, min(count, 3) + 1)]


def test_more_values_than_sqlite_takes_at_once(database: Database) -> None:
    rows = database.rows_in("SELECT value FROM number WHERE value IN", range(100_000))
    assert sorted(rows) == [(1,), (2,), (3,)]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO number VALUES (4)")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert numbers(database) == [1, 2, 3]
    with database.writing() as connection:  # and the next one is not disturbed
        connection.execute("INSERT INTO number VALUES (5)")
    assert numbers(database) == [1, 2, 3, 5]


def test_a_reader_keeps_to_one_moment(database: Database) -> None:
    def write() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO number VALUES (4)")

    with database.reading():
        before = numbers(database)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        assert numbers(database) == before == [1, 2, 3]
    assert numbers(database) == [1, 2, 3, 4]


def test_what_is_committed_outlives_the_process(database: Database) -> None:
    assert database.rows("PRAGMA journal_mode") == [("wal",)]
    assert database.rows("PRAGMA synchronous") == [(2,)]  # FULL
    assert database.rows("PRAGMA foreign_keys") == [(1,)]


def test_a_writer_that_keeps_the_database_is_named_after_a_while(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_TIMEOUT_SECONDS", 0.01)
    second = Database(tmp_path / "test.sqlite3")

    def write() -> None:
        with second.writing():
            pass

    with database.writing(), pytest.raises(StoreBusy) as caught:
        write()
    assert "wait" in caught.value.remedy
    write()  # and then it is free
    second.close()


def test_a_full_disk(database: Database) -> None:
    def fill() -> None:
        with database.writing() as connection:
            connection.execute("CREATE TABLE big (value BLOB)")
            connection.execute("INSERT INTO big VALUES (zeroblob(1000000))")

    (pages,) = database.first("PRAGMA page_count") or (0,)
    database.rows(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreUnavailable) as caught:
        fill()
    assert "full" in caught.value.message
    assert "room" in caught.value.remedy
    assert numbers(database) == [1, 2, 3]


def test_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite3").write_bytes(b"no database at all, but long enough to be one" * 100)
    database = Database(tmp_path / "test.sqlite3")
    with pytest.raises(StoreUnavailable) as caught:
        database.rows("SELECT 1 FROM sqlite_master")
    assert "not a database" in caught.value.message
    assert "backup" in caught.value.remedy
    database.close()


def test_a_text_that_is_not_utf8_is_damage(database: Database) -> None:
    """Python raises that by itself, and gives its error no name."""
    with pytest.raises(StoreUnavailable) as caught:
        database.rows("SELECT CAST(x'FFFE' AS TEXT) AS body")
    assert "Could not decode to UTF-8 column 'body'" in caught.value.message
    assert caught.value.remedy == module.DAMAGE_REMEDY


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Database(tmp_path / "missing" / "test.sqlite3").rows("SELECT 1")


def test_close_folds_the_log_into_the_file(database: Database, tmp_path: Path) -> None:
    for value in (10, 11):
        thread = threading.Thread(target=database.rows, args=("SELECT ?", value))
        thread.start()
        thread.join()
    assert (tmp_path / "test.sqlite3-wal").exists()
    database.close()
    assert not (tmp_path / "test.sqlite3-wal").exists()


def connections() -> int:
    gc.collect()
    # By type: isinstance asks lazy objects of other libraries for their class, and they warn.
    return sum(issubclass(type(each), sqlite3.Connection) for each in gc.get_objects())


def test_a_thread_takes_its_connection_with_it(database: Database) -> None:
    before = connections()
    for _ in range(20):
        thread = threading.Thread(target=numbers, args=(database,))
        thread.start()
        thread.join()
    assert connections() - before < 5
