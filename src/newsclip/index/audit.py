"""Who changed what and when: a log that only grows, in the store beside what it tells of."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from newsclip.index.article import format_instant
from newsclip.index.database import Database

_COLUMNS = "number, at, actor, kind, subject, before, after"


@dataclass(frozen=True)
class Entry:
    """One change: ``before`` is None where there was nothing, ``after`` where nothing is left."""

    number: int
    at: datetime
    actor: str
    kind: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def record(
    connection: sqlite3.Connection,
    actor: str,
    kind: str,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> int:
    """Adds an entry, in the transaction of the change: neither is kept without the other.

    ``kind`` says what was changed (``curation``), ``subject`` which one of that kind.
    Gives the entry's number.
    """
    at = format_instant(datetime.now(UTC).replace(microsecond=0))
    values = (at, actor, kind, subject, _json(before), _json(after))
    added = connection.execute(
        "INSERT INTO audit (at, actor, kind, subject, before, after) VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    return int(added.lastrowid or 0)


class Audit:
    """The log as it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(
        self,
        limit: int,
        before: int | None = None,
        kind: str | None = None,
        subject: str | None = None,
        actor: str | None = None,
    ) -> Sequence[Entry]:
        """The newest entries first, those with a number below ``before``, of what is named."""
        asked = {"number <": before, "kind =": kind, "subject =": subject, "actor =": actor}
        given = {column: value for column, value in asked.items() if value is not None}
        where = " AND ".join(f"{column} ?" for column in given) or "1"
        query = f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY number DESC LIMIT ?"
        return [_entry(*row) for row in self._database.rows(query, *given.values(), limit)]


def entry_to_dict(entry: Entry) -> dict[str, Any]:
    """The entry as JSON-ready values."""
    return {
        "number": entry.number,
        "at": format_instant(entry.at),
        "actor": entry.actor,
        "kind": entry.kind,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
    }


def _entry(
    number: int,
    at: str,
    actor: str,
    kind: str,
    subject: str,
    before: str | None,
    after: str | None,
) -> Entry:
    then = None if before is None else json.loads(before)
    now = None if after is None else json.loads(after)
    return Entry(number, datetime.fromisoformat(at), actor, kind, subject, then, now)


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
