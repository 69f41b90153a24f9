"""An archive of each earlier format opens, with all that is in it."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from newsclip.errors import StoreUnavailable
from newsclip.index import migrations
from newsclip.index.migrations import FORMAT_VERSION, statements
from newsclip.index.store import FILE_NAME, Store
from newsclip.index.verification import verify

DATA = Path(__file__).parents[1] / "data"

# Each was written by the last Newsclip that wrote the format, with twenty articles of the sample.
EARLIER = range(1, FORMAT_VERSION)
LINEAGE = "SELECT value FROM setting WHERE name = 'lineage'"


def place(version: int, directory: Path) -> Path:
    """An archive of an earlier format, in a directory of its own."""
    shutil.copy(DATA / f"archive-format-{version}.sqlite3", directory / FILE_NAME)
    return directory / FILE_NAME


def read(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that format 1 knows of: every row of each of its tables, but for newer settings."""
    tables = ("article", "article_tag", "embedding", "encoder", "removal")
    found = {table: read(file, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    known = "('encoder', 'previous_encoder', 'next_encoder', 'revision')"
    return found | {"setting": read(file, f"SELECT * FROM setting WHERE name IN {known}")}


def version(file: Path) -> object:
    return read(file, "PRAGMA user_version")[0][0]


def opened(directory: Path) -> None:
    Store.open(directory).close()


def test_the_steps_are_numbered_without_a_gap() -> None:
    folder = Path(migrations.__file__).parent
    numbers = sorted(int(file.name[:4]) for file in folder.glob("*.sql"))
    assert numbers == list(range(1, FORMAT_VERSION + 1))


def test_there_is_an_archive_of_each_earlier_format() -> None:
    assert [version(DATA / f"archive-format-{number}.sqlite3") for number in EARLIER] == [*EARLIER]


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_format_opens_with_all_that_is_in_it(tmp_path: Path, number: int) -> None:
    before = rows(place(number, tmp_path))
    store = Store.open(tmp_path)
    added, removed = store.keys_since(0)
    articles = store.articles(added)
    active = store.embeddings.active()
    assert active is not None
    vectors = store.embeddings.of(active.number, added)
    assert (len(articles), len(removed), store.revision()) == (20, 0, 1)
    assert all(article.title and article.body and article.tags for article in articles.values())
    assert np.linalg.norm([vectors[key] for key in added], axis=1) == pytest.approx(1, abs=1e-5)
    assert 0 < store.lineage() < 2**62
    store.close()
    assert rows(tmp_path / FILE_NAME) == before
    assert version(tmp_path / FILE_NAME) == FORMAT_VERSION


@pytest.mark.parametrize("number", EARLIER)
def test_an_earlier_format_has_no_fault(tmp_path: Path, number: int) -> None:
    """Its articles still make the hashes that they were written with."""
    place(number, tmp_path)
    store = Store.open(tmp_path)
    found = verify(store)
    assert (found.articles, found.faults) == (20, [])
    store.close()


def test_articles_of_before_the_links_are_found_by_their_urls(tmp_path: Path) -> None:
    place(2, tmp_path)
    store = Store.open(tmp_path)
    url = "http://lissandcourier.example/politics/n-1042/?utm_source=letter#top"
    assert store.links.key_of_url(url) == store.key_of("n-1042")
    assert store.get("n-1042").links == ()
    assert store.links.totals() == (0, 0)
    store.close()


@pytest.mark.parametrize("number", EARLIER)
def test_the_tables_are_those_of_a_new_archive(tmp_path: Path, number: int) -> None:
    place(number, tmp_path)
    opened(tmp_path)
    Store.open(tmp_path / "new", create=True).close()
    query = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    assert read(tmp_path / FILE_NAME, query) == read(tmp_path / "new" / FILE_NAME, query)


@pytest.mark.parametrize("number", EARLIER)
def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = place(number, tmp_path)
    before, lineage = rows(file), read(file, LINEAGE)
    made = read(file, "SELECT * FROM sqlite_master")

    def failing(script: str) -> Iterator[str]:
        yield from statements(script)
        yield "DELETE FROM article"
        yield "INSERT INTO no_such_table VALUES (1)"

    monkeypatch.setattr(migrations, "statements", failing)
    with pytest.raises(StoreUnavailable, match="no_such_table"):
        opened(tmp_path)
    monkeypatch.undo()
    assert (version(file), rows(file)) == (number, before)
    assert read(file, LINEAGE) == lineage
    assert read(file, "SELECT * FROM sqlite_master") == made
    opened(tmp_path)
    assert (version(file), rows(file)) == (FORMAT_VERSION, before)


KILLED = """
import os, signal, sys
from pathlib import Path
from newsclip.index import migrations
from newsclip.index.store import Store
whole = migrations.statements
def killing(script):
    yield from whole(script)
    os.kill(os.getpid(), signal.SIGKILL)
migrations.statements = killing
Store.open(Path(sys.argv[1]), create=True)
"""


@pytest.mark.parametrize("number", [0, *EARLIER])
def test_a_migration_that_is_killed_is_begun_anew(tmp_path: Path, number: int) -> None:
    file = place(number, tmp_path) if number else tmp_path / FILE_NAME
    before = rows(file) if number else {}
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert version(file) == number
    opened(tmp_path)
    assert version(file) == FORMAT_VERSION
    assert rows(file).items() >= before.items()


def test_workers_that_start_together_agree_on_the_lineage(tmp_path: Path) -> None:
    place(1, tmp_path)
    together, found = threading.Barrier(4), []

    def start() -> None:
        together.wait()
        store = Store.open(tmp_path)
        found.append(store.lineage())
        store.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE a (x);\nCREATE TABLE b (x);\n",
        "-- 1; 2;\nCREATE TABLE a (x); -- 3;\n-- don't;\nCREATE TABLE b (x);\n-- the end;\n",
        "CREATE TABLE a (\n    x  -- not yet;\n);\n\nCREATE TABLE b (x DEFAULT ';\n');\n",
        "/* ;\n; */ CREATE TABLE a (x);\n\n\nCREATE TABLE b (x)",
    ],
)
def test_comments_and_texts_may_hold_what_ends_a_statement(script: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements(script):
            connection.execute(statement)
        names = connection.execute("SELECT name FROM sqlite_master ORDER BY 1").fetchall()
    assert names == [("a",), ("b",)]


def test_a_trigger_is_one_statement() -> None:
    trigger = "CREATE TRIGGER t DELETE ON a BEGIN\n    DELETE FROM b;\n    DELETE FROM c;\nEND;\n"
    assert list(statements(trigger + "SELECT 1;\n")) == [trigger, "SELECT 1;\n", ""]
