"""The editors' rules as the store keeps them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from newsclip.errors import RuleNotFound
from newsclip.index.audit import record
from newsclip.index.database import Database
from newsclip.index.rules import Rule, Rulebook, Selector, rule_to_dict

AUDIT_KIND = "curation"

_REVISION = "curation_revision"
_COLUMNS = "id, kind, target, source, position, starts_at, ends_at, reason, author, created_at"


class Curation:
    """All rules. They have a revision of their own: articles that come change nothing of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._book: Rulebook | None = None
        self._keys: tuple[Rulebook, int, Mapping[str, int]] | None = None

    def revision(self) -> int:
        """A number that grows with every change of the rules; 0 if there never was one."""
        row = self._database.first("SELECT value FROM setting WHERE name = ?", _REVISION)
        return 0 if row is None else int(row[0])

    def rulebook(self) -> Rulebook:
        """The rules as they are now; read anew only when they have changed.

        To be called inside a read transaction, so that the rules are those of their revision.
        """
        revision, book = self.revision(), self._book
        if book is None or book.revision != revision:
            rows = self._database.rows(f"SELECT {_COLUMNS} FROM curation")
            book = self._book = Rulebook(revision, (_rule(*row) for row in rows))
        return book

    def keys(self, revision: int) -> Mapping[str, int]:
        """The keys of the articles that the rules name, by id; ``revision`` is the archive's.

        Looked up anew only when articles or rules have changed; inside a read transaction, too.
        """
        book = self.rulebook()
        if self._keys is None or self._keys[:2] != (book, revision):
            query = "SELECT id, key FROM article WHERE id IN"
            self._keys = book, revision, dict(self._database.rows_in(query, book.articles))
        return self._keys[2]

    def get(self, rule_id: str) -> Rule:
        """The rule with this id. Raises RuleNotFound."""
        row = self._database.first(f"SELECT {_COLUMNS} FROM curation WHERE id = ?", rule_id)
        if row is None:
            raise RuleNotFound(rule_id)
        return _rule(*row)

    def put(self, rule: Rule) -> tuple[Rule | None, Rule]:
        """Adds a rule, or replaces the one with its id: what was there before, and what is now.

        One that rules the same already is left alone, and leaves no trace in the log. On disk once
        this returns. Raises StoreBusy or StoreUnavailable; then nothing has changed.
        """
        with self._database.writing() as connection:
            before = self._find(rule.id)
            if before == rule:
                return before, before
            now = datetime.now(UTC).replace(microsecond=0)
            after = replace(rule, created_at=before.created_at if before else now)
            marks = ", ".join("?" * len(_values(after)))
            connection.execute(
                f"REPLACE INTO curation ({_COLUMNS}) VALUES ({marks})", _values(after)
            )
            _changed(connection, rule.author, before, after)
        return before, after

    def delete(self, rule_id: str, author: str) -> None:
        """Removes a rule, in the name of ``author``. Raises RuleNotFound, or as `put` does."""
        with self._database.writing() as connection:
            before = self.get(rule_id)
            connection.execute("DELETE FROM curation WHERE id = ?", (rule_id,))
            _changed(connection, author, before, None)

    def _find(self, rule_id: str) -> Rule | None:
        try:
            return self.get(rule_id)
        except RuleNotFound:
            return None


def _changed(
    connection: sqlite3.Connection, actor: str, before: Rule | None, after: Rule | None
) -> None:
    connection.execute(
        "INSERT INTO setting VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (_REVISION,),
    )
    told = [None if rule is None else rule_to_dict(rule) for rule in (before, after)]
    subject = next(rule.id for rule in (before, after) if rule)
    record(connection, actor, AUDIT_KIND, subject, *told)


def _values(rule: Rule) -> tuple[object, ...]:
    return tuple(rule_to_dict(rule)[name] for name in _COLUMNS.split(", "))


def _rule(
    rule_id: str,
    kind: str,
    target: str,
    source: str | None,
    position: int | None,
    starts_at: str | None,
    ends_at: str | None,
    reason: str,
    author: str,
    created_at: str,
) -> Rule:
    return Rule(
        id=rule_id,
        kind=kind,  # type: ignore[arg-type]  # the table knows no other
        target=Selector.parse(target, "target"),
        source=None if source is None else Selector.parse(source, "source"),
        position=position,
        starts_at=_instant(starts_at),
        ends_at=_instant(ends_at),
        reason=reason,
        author=author,
        created_at=_instant(created_at),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
