"""What editors made of suggested tags, as the store keeps it."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import FeedbackNotFound
from newsclip.index.article import format_instant
from newsclip.index.audit import record
from newsclip.index.database import Database

AUDIT_KIND = "tag-feedback"

_COLUMNS = "number, at, actor, article, draft, accepted, rejected, undone_at"


@dataclass(frozen=True)
class Feedback:
    """The tags that an editor accepted and rejected for a draft.

    ``article`` is the draft's id where it has one; ``undone_at`` says since when it counts no more.
    """

    number: int
    at: datetime
    actor: str
    article: str | None
    draft: Mapping[str, Any]
    accepted: tuple[str, ...]
    rejected: tuple[str, ...]
    undone_at: datetime | None = None


class TagFeedback:
    """All feedback; entries are added and undone, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, number: int) -> Feedback:
        """The entry with this number, undone or not. Raises FeedbackNotFound."""
        row = self._database.first(f"SELECT {_COLUMNS} FROM tag_feedback WHERE number = ?", number)
        if row is None:
            raise FeedbackNotFound(number)
        return _feedback(*row)

    def standing(self, after: int = 0) -> list[Feedback]:
        """The entries that are not undone, with a number above ``after``, the oldest first."""
        where = "undone_at IS NULL AND number > ? ORDER BY number"
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM tag_feedback WHERE {where}", after)
        return [_feedback(*row) for row in rows]

    def undone(self) -> list[int]:
        """The numbers of the entries that are undone."""
        query = "SELECT number FROM tag_feedback WHERE undone_at IS NOT NULL"
        return [row[0] for row in self._database.rows(query)]

    def version(self) -> tuple[int, int]:
        """What changes with every entry that is added or undone: how many there are of each."""
        undone = "(SELECT count(*) FROM tag_feedback WHERE undone_at IS NOT NULL)"
        query = f"SELECT coalesce(max(number), 0), {undone} FROM tag_feedback"
        last, count = self._database.rows(query)[0]
        return last, count

    def newest(
        self, limit: int, before: int | None = None, named: Mapping[str, str] | None = None
    ) -> list[Feedback]:
        """The newest entries first, undone ones among them, with a number below ``before``.

        ``named`` keeps to those of an ``actor`` or of an ``article``.
        """
        given = {f"{column} = ?": value for column, value in (named or {}).items()}
        asked = given if before is None else given | {"number < ?": before}
        where = " AND ".join(asked) or "1"
        query = f"SELECT {_COLUMNS} FROM tag_feedback WHERE {where} ORDER BY number DESC LIMIT ?"
        return [_feedback(*row) for row in self._database.rows(query, *asked.values(), limit)]

    def add(
        self,
        actor: str,
        article: str | None,
        draft: Mapping[str, Any],
        accepted: Sequence[str],
        rejected: Sequence[str],
        embedding: tuple[int, NDArray[np.float32]] | None = None,
    ) -> Feedback:
        """Keeps what ``actor`` said, and logs it. On disk once this returns.

        ``draft`` is whatever JSON can hold; ``embedding`` is its own, ``(dimension,)``, after the
        number of the encoder that made it.
        """
        now = format_instant(datetime.now(UTC).replace(microsecond=0))
        values = (now, actor, article, *map(_json, (draft, accepted, rejected)))
        with self._database.writing() as connection:
            number = connection.execute(
                "INSERT INTO tag_feedback (at, actor, article, draft, accepted, rejected)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
            added = self.get(int(number or 0))
            if embedding:
                _embed(connection, embedding[0], {added.number: embedding[1]})
            record(connection, actor, AUDIT_KIND, str(number), None, _told(added))
        return added

    def undo(self, number: int, actor: str) -> Feedback:
        """From now on the entry counts no more; one that is undone stays so.

        Raises FeedbackNotFound.
        """
        with self._database.writing() as connection:
            before = self.get(number)
            if before.undone_at is not None:
                return before
            now = format_instant(datetime.now(UTC).replace(microsecond=0))
            update = "UPDATE tag_feedback SET undone_at = ? WHERE number = ?"
            connection.execute(update, (now, number))
            record(connection, actor, AUDIT_KIND, str(number), _told(before), None)
        return self.get(number)

    def embeddings(self, encoder: int, after: int = 0) -> dict[int, NDArray[np.float32]]:
        """The embeddings by one encoder of the drafts with a number above ``after``."""
        query = "SELECT number, vector FROM tag_feedback_embedding WHERE encoder = ? AND number > ?"
        rows = self._database.rows(query, encoder, after)
        return {number: np.frombuffer(vector, "<f4") for number, vector in rows}

    def embed(self, encoder: int, vectors: Mapping[int, NDArray[np.float32]]) -> None:
        """Keeps embeddings, float32 of ``(dimension,)``, of the drafts with these numbers."""
        with self._database.writing() as connection:
            _embed(connection, encoder, vectors)


def _embed(
    connection: sqlite3.Connection, encoder: int, vectors: Mapping[int, NDArray[np.float32]]
) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO tag_feedback_embedding VALUES (?, ?, ?)",
        [(number, encoder, vector.astype("<f4").tobytes()) for number, vector in vectors.items()],
    )


def _told(feedback: Feedback) -> dict[str, Any]:
    """What the log says of an entry; the draft stands in the entry itself."""
    return {
        "article": feedback.article,
        "accepted": list(feedback.accepted),
        "rejected": list(feedback.rejected),
    }


def _feedback(
    number: int,
    at: str,
    actor: str,
    article: str | None,
    draft: str,
    accepted: str,
    rejected: str,
    undone_at: str | None,
) -> Feedback:
    return Feedback(
        number=number,
        at=datetime.fromisoformat(at),
        actor=actor,
        article=article,
        draft=json.loads(draft),
        accepted=tuple(json.loads(accepted)),
        rejected=tuple(json.loads(rejected)),
        undone_at=None if undone_at is None else datetime.fromisoformat(undone_at),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
