"""The format of the archive's file: numbered steps that lead to it, each an SQL file in here.

A file's format is the number of the last step that it has taken. A step that has been released is
never changed: what comes after it relies on what it made.
"""

import sqlite3
from collections.abc import Iterator
from importlib.resources import files

from newsclip.index.urls import canonical

_STEPS = sorted(
    (file for file in files(__name__).iterdir() if file.name.endswith(".sql")),
    key=lambda file: file.name,
)

FORMAT_VERSION = int(_STEPS[-1].name.split("_")[0])


def version_of(connection: sqlite3.Connection) -> int:
    """The format of a database; 0 for one that is empty yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Takes all steps that are missing; the caller's transaction keeps all of them or none."""
    connection.create_function("canonical_url", 1, canonical, deterministic=True)
    for step in _STEPS[version_of(connection) :]:
        # Not executescript(): it commits the transaction first.
        for statement in statements(step.read_text("utf-8")):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def statements(script: str) -> Iterator[str]:
    """The statements of a script, of which each ends with a line; comments may hold anything."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement  # what is left is a comment, or fails, which is better than to be left out
