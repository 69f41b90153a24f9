"""What an export of rails has written so far: an SQLite file in its directory."""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, closing
from pathlib import Path

FILE_NAME = "newsclip-export.sqlite3"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rail (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL, filled INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS shown (
    rail TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (rail, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS shown_by_id ON shown (id);
CREATE TABLE IF NOT EXISTS stale (id TEXT PRIMARY KEY);
"""


class ExportLog:
    """Which rails there are, which articles each shows, and which are still to be written anew.

    Each method is one transaction, so that an export that is cut off goes on where it was.
    """

    def __init__(self, directory: Path) -> None:
        """Raises sqlite3.Error."""
        self._connection = sqlite3.connect(directory / FILE_NAME, isolation_level=None)
        self._connection.executescript(_SCHEMA)

    def closing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Closes the file at its end."""
        return closing(self._connection)

    def note(self, name: str) -> str | None:
        """What was noted under a name."""
        row = self._connection.execute("SELECT value FROM note WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def ids(self) -> set[str]:
        """The articles whose rails are written."""
        return self._column("SELECT id FROM rail")

    def showing(self, ids: Collection[str]) -> set[str]:
        """The rails on which one of the articles stands."""
        query = "SELECT DISTINCT rail FROM shown WHERE id = ?"
        return {rail for each in ids for rail in self._column(query, each)}

    def shown(self) -> set[str]:
        """The articles that stand on some rail."""
        return self._column("SELECT DISTINCT id FROM shown")

    def filled(self) -> set[str]:
        """The rails that are filled up, so that any new article may change them."""
        return self._column("SELECT id FROM rail WHERE filled")

    def stale(self) -> list[str]:
        """The rails that are to be written anew, in the order of their ids."""
        return sorted(self._column("SELECT id FROM stale"))

    def begin(self, stale: Iterable[str], notes: dict[str, str]) -> None:
        """Notes what is to be written anew, beside what still is, and up to when that holds."""
        with self._writing() as connection:
            pairs = [(each,) for each in stale]
            connection.executemany("INSERT OR IGNORE INTO stale VALUES (?)", pairs)
            connection.executemany("REPLACE INTO note VALUES (?, ?)", notes.items())

    def digest(self, article_id: str) -> bytes | None:
        """That of the file as it was written."""
        query = "SELECT digest FROM rail WHERE id = ?"
        row = self._connection.execute(query, [article_id]).fetchone()
        return None if row is None else bytes(row[0])

    def written(self, rails: Iterable[tuple[str, bytes, bool, Collection[str]]]) -> None:
        """Notes rails as written: id, digest, whether it is filled up, and whom it shows."""
        with self._writing() as connection:
            for article_id, digest, filled, shown in rails:
                self._forget(connection, article_id)
                connection.execute(
                    "INSERT INTO rail VALUES (?, ?, ?)", [article_id, digest, filled]
                )
                pairs = [(article_id, other) for other in shown]
                connection.executemany("INSERT INTO shown VALUES (?, ?)", pairs)

    def removed(self, ids: Iterable[str]) -> None:
        """Notes rails as gone."""
        with self._writing() as connection:
            for article_id in ids:
                self._forget(connection, article_id)

    def _forget(self, connection: sqlite3.Connection, article_id: str) -> None:
        for table, column in (("rail", "id"), ("shown", "rail"), ("stale", "id")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", [article_id])

    def _column(self, query: str, *values: str) -> set[str]:
        return {str(row[0]) for row in self._connection.execute(query, values)}

    def _writing(self) -> "_Transaction":
        return _Transaction(self._connection)


class _Transaction:
    """All or nothing of what is written inside."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: object, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")
