"""The house vocabulary as the store keeps it, with what each change of it has changed."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from newsclip.index.audit import record
from newsclip.index.database import Database
from newsclip.index.house_tags import HouseTag, HouseTags, Status, tag_to_dict
from newsclip.index.vocabulary import TagNames

AUDIT_KIND = "tags"

_REVISION, _CLOSED = "vocabulary_revision", "vocabulary_closed"
_COLUMNS = "tag, label, uri, aliases, broader, group_name, status, replaced_by"

Kind = Literal["entry", "article", "closed"]


@dataclass
class Change:
    """What a change of the vocabulary changed: by kind and name what was before and is after.

    An ``entry`` is one as :func:`tag_to_dict` gives it, an ``article`` is the list of its tags,
    ``closed`` a truth value; None where there was, or is, nothing.
    """

    before: dict[tuple[Kind, str], Any] = field(default_factory=dict)
    after: dict[tuple[Kind, str], Any] = field(default_factory=dict)

    def add(self, kind: Kind, name: str, before: Any, after: Any) -> None:
        """Takes in what differs."""
        if before != after:
            self.before[kind, name], self.after[kind, name] = before, after

    def names(self, kind: Kind) -> list[str]:
        """What of this kind has changed."""
        return [name for each, name in self.after if each == kind]


class StoredVocabulary:
    """All entries. They have a revision of their own, as the editors' rules have."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._house: HouseTags | None = None
        self._names: tuple[HouseTags, TagNames] | None = None

    def revision(self) -> int:
        """A number that grows with every change of the vocabulary; 0 if there never was one."""
        return self._setting(_REVISION)

    def house(self) -> HouseTags:
        """The vocabulary as it is now; read anew only when it has changed.

        To be called inside a transaction, so that the entries are those of their revision.
        """
        revision, house = self.revision(), self._house
        if house is None or house.revision != revision:
            house = self._house = self.read()
        return house

    def names(self, house: HouseTags, terms_of: Callable[[str], Sequence[str]]) -> TagNames | None:
        """By which names the listed tags stand in texts; None if none is listed.

        ``house`` is what :meth:`house` gave. A deprecated tag's names stand for its replacement.
        """
        if not house:
            return None
        if self._names is None or self._names[0] is not house:
            names = TagNames(terms_of)
            for entry in house:
                if current := house.current(entry.tag):
                    names.add(current, *entry.names)
            self._names = house, names
        return self._names[1]

    def read(self) -> HouseTags:
        """The vocabulary as the present transaction sees it."""
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM vocabulary ORDER BY position, tag")
        closed = bool(self._setting(_CLOSED))
        return HouseTags(self.revision(), (_entry(*row) for row in rows), closed)

    def write(self, connection: sqlite3.Connection, house: HouseTags) -> Change:
        """Puts ``house`` in the place of all entries; what that changed."""
        before, change = self.read(), Change()
        for tag in {**before.entries, **house.entries}:
            change.add("entry", tag, _told(before, tag), _told(house, tag))
        change.add("closed", "", before.closed, house.closed)
        connection.execute("DELETE FROM vocabulary")
        rows = ((*_values(entry), position) for position, entry in enumerate(house))
        connection.executemany(f"INSERT INTO vocabulary VALUES ({', '.join('?' * 9)})", rows)
        for name, value in ((_REVISION, before.revision + 1), (_CLOSED, int(house.closed))):
            connection.execute("REPLACE INTO setting VALUES (?, ?)", (name, value))
        return change

    def log(
        self,
        connection: sqlite3.Connection,
        actor: str,
        subject: str,
        told: Mapping[str, Any],
        change: Change,
    ) -> int:
        """Logs a change with all that it changed; its number."""
        number = record(connection, actor, AUDIT_KIND, subject, None, told)
        rows = (
            (number, kind, name, _json(change.before[kind, name]), _json(change.after[kind, name]))
            for kind, name in change.after
        )
        connection.executemany("INSERT INTO tag_change VALUES (?, ?, ?, ?, ?)", rows)
        return number

    def change(self, number: int) -> Change | None:
        """What the change with this number changed; None if there is no such change."""
        query = "SELECT kind, name, before, after FROM tag_change WHERE change = ?"
        change = Change()
        for kind, name, before, after in self._database.rows(query, number):
            change.add(kind, name, _of_json(before), _of_json(after))
        return change if change.after else None

    def _setting(self, name: str) -> int:
        row = self._database.first("SELECT value FROM setting WHERE name = ?", name)
        return 0 if row is None else int(row[0])


def _told(house: HouseTags, tag: str) -> dict[str, Any] | None:
    entry = house.entries.get(tag)
    return None if entry is None else tag_to_dict(entry)


def _values(entry: HouseTag) -> Iterable[object]:
    values = tag_to_dict(entry)
    return ({**values, "aliases": _json(values["aliases"])}).values()


def _entry(
    tag: str,
    label: str | None,
    uri: str | None,
    aliases: str,
    broader: str | None,
    group: str | None,
    status: Status,
    replaced_by: str | None,
) -> HouseTag:
    others = tuple(json.loads(aliases))
    return HouseTag(tag, label, uri, others, broader, group, status, replaced_by)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _of_json(text: str | None) -> Any:
    return None if text is None else json.loads(text)
