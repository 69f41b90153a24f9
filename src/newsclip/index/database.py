"""SQLite as the store uses it: a connection a thread, transactions, errors in our words."""

import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from newsclip.errors import StoreBusy, StoreError, StoreUnavailable

_BUSY_TIMEOUT_SECONDS = 10
WRITE_REMEDY = "check that the disk has room and that this user may write there"
DAMAGE_REMEDY = "restore a backup, or import the articles into a new directory"
# SQLite takes at most 32,766 variables in a statement.
_VARIABLES = 30_000


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, so that it ends with its thread."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # the file could not be opened at all
            self.close()


class Database:
    """A SQLite file in WAL mode, shared by threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes every thread's connection; SQLite then folds its log into the file."""
        with self._lock:
            for connection in self._connections:
                connection.close()
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that this thread reads inside comes from one moment of the database."""
        with self._transaction("DEFERRED"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from, all of one moment: that of this call."""
        with self._transaction("DEFERRED") as connection:
            connection.execute("SELECT 1 FROM sqlite_master")  # BEGIN leaves the moment open
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: everything inside is kept, or nothing of it."""
        with self._transaction("IMMEDIATE") as connection:
            yield connection

    def rows(self, query: str, *values: object, **named: object) -> list[tuple[Any, ...]]:
        """All rows of a query with ``?`` or ``:named`` values."""
        try:
            return self._connection.execute(query, named or values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def first(self, query: str, *values: object) -> tuple[Any, ...] | None:
        """The first row of a query, if there is one."""
        rows = self.rows(query, *values)
        return rows[0] if rows else None

    def rows_in(self, query: str, values: Sequence[object]) -> Iterator[tuple[Any, ...]]:
        """All rows of a query that ends in ``IN``, for any number of values."""
        for start in range(0, len(values), _VARIABLES):
            part = values[start : start + _VARIABLES]
            yield from self.rows(f"{query} ({', '.join('?' * len(part))})", *part)

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    def _connect(self) -> _Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=_BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # only so that close() may close them all
            factory=_Connection,
        )
        connection.execute("PRAGMA journal_mode = WAL")
        # An acknowledged write must outlive a power cut, so every commit is synced.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        with self._lock:
            self._connections.add(connection)
        return connection

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection
            connection.execute(f"BEGIN {kind}")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.DatabaseError) -> StoreError:
        # Python gives no name to what it finds by itself: a text that is not UTF-8.
        name = getattr(error, "sqlite_errorname", None)
        if name is None or not isinstance(error, sqlite3.OperationalError):
            return StoreUnavailable(self.path.parent, str(error), DAMAGE_REMEDY)
        if name.startswith("SQLITE_BUSY"):
            return StoreBusy(f"it held the database for {_BUSY_TIMEOUT_SECONDS} s")
        return StoreUnavailable(self.path.parent, str(error), WRITE_REMEDY)
