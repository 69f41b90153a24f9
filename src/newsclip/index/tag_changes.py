"""Changes of the vocabulary and of the articles' tags: in one transaction, logged, undoable."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from newsclip.errors import ChangeUndone, TagInvalid, TagUnknown
from newsclip.index.house_tags import HouseTag, HouseTags, tag_of_dict, tag_to_dict
from newsclip.index.store import Store
from newsclip.index.stored_vocabulary import Change


@dataclass(frozen=True)
class Changed:
    """A change that was made: its number in the log, and how much of each it changed.

    ``number`` is None if there was nothing to change. ``kept`` are articles that an undoing left
    alone, since their tags have changed again.
    """

    number: int | None
    entries: int
    articles: int
    kept: int = 0


def import_vocabulary(
    store: Store, entries: Iterable[HouseTag], closed: bool, actor: str
) -> Changed:
    """Puts these entries in the place of all; articles get the tags that replace theirs.

    Raises TagInvalid if the entries contradict each other.
    """
    house = HouseTags(0, entries, closed)
    with store.writing() as connection:
        change = store.vocabulary.write(connection, house)
        _settle(store, connection, house, change)
        told = {"done": "imported", "tags": len(house), "closed": closed}
        return _logged(store, connection, actor, "vocabulary", told, change)


def merge(store: Store, tag: str, into: str, actor: str) -> Changed:
    """From now on ``into`` stands for ``tag``: on all articles, on those that come, in texts.

    Raises TagUnknown if neither the vocabulary nor an article has ``tag``, or ``into`` is not in
    use; TagInvalid if they are one.
    """
    if tag == into:
        raise TagInvalid("into", into, "name another tag", "is the tag itself")
    with store.writing() as connection:
        before = store.vocabulary.read()
        for name in (tag, into):
            if name not in before.entries and not store.carries(name):
                raise TagUnknown(name)
        if before.current(into) != into:
            raise TagInvalid("into", into, "name a tag that is in use", "is not suggested itself")
        entry = before.entries.get(tag, HouseTag(tag))
        merged = replace(entry, status="deprecated", replaced_by=into)
        house = HouseTags(0, {**before.entries, tag: merged}.values(), before.closed)
        change = store.vocabulary.write(connection, house)
        _settle(store, connection, house, change)
        told = {"done": "merged", "into": into}
        return _logged(store, connection, actor, tag, told, change)


def add_tags(store: Store, tags: Mapping[str, Sequence[str]], actor: str) -> Changed:
    """Adds tags to articles, behind those that they have. Articles that are no more are passed."""
    with store.writing() as connection:
        house, change = store.vocabulary.read(), Change()
        present = store.tags_of(list(tags))
        more = {article: (*present[article], *tags[article]) for article in present}
        _retag(store, connection, present, more, house, change)
        told = {"done": "added to articles"}
        return _logged(store, connection, actor, "backfill", told, change)


def undo(store: Store, number: int, actor: str) -> Changed:
    """Brings back what a change found; that is a change, too, and can be undone.

    Articles whose tags have changed since are left alone. Raises ChangeUndone if there is no such
    change, or the same entries have changed since.
    """
    with store.writing() as connection:
        past = store.vocabulary.change(number)
        if past is None:
            raise ChangeUndone(number, "is no change of the vocabulary or of tags")
        before = store.vocabulary.read()
        entries = dict(before.entries)
        for tag in past.names("entry"):
            present = entries.get(tag)
            if (present and tag_to_dict(present)) != past.after["entry", tag]:
                raise ChangeUndone(number, f"is undone already, or {tag!r} has changed since")
            entries.pop(tag, None)
            if found := past.before["entry", tag]:
                entries[tag] = tag_of_dict(found)
        closed = past.before.get(("closed", ""), before.closed)
        house = HouseTags(0, entries.values(), closed)
        change = store.vocabulary.write(connection, house)
        articles = past.names("article")
        found = store.tags_of(articles)
        same = {a: tags for a, tags in found.items() if list(tags) == past.after["article", a]}
        earlier = {article: past.before["article", article] for article in same}
        _retag(store, connection, same, earlier, house, change)
        told = {"done": "undone", "change": number}
        changed = _logged(store, connection, actor, f"change {number}", told, change)
        return replace(changed, kept=len(articles) - len(same))


def _settle(store: Store, connection: sqlite3.Connection, house: HouseTags, change: Change) -> None:
    """Gives articles the tags that replace theirs."""
    every = [row[0] for row in store.rows_of("SELECT DISTINCT tag FROM article_tag")]
    present = store.tags_of(store.carriers([tag for tag in every if house.kept_as(tag) != tag]))
    _retag(store, connection, present, present, house, change)


def _retag(
    store: Store,
    connection: sqlite3.Connection,
    present: Mapping[str, Sequence[str]],
    wanted: Mapping[str, Sequence[str]],
    house: HouseTags,
    change: Change,
) -> None:
    """Gives articles the wanted tags, or what replaces them."""
    changed = {}
    for article, tags in wanted.items():
        kept = tuple(dict.fromkeys(map(house.kept_as, tags)))
        change.add("article", article, list(present[article]), list(kept))
        if kept != tuple(present[article]):
            changed[article] = kept
    store.retag(connection, changed)


def _logged(
    store: Store,
    connection: sqlite3.Connection,
    actor: str,
    subject: str,
    told: Mapping[str, object],
    change: Change,
) -> Changed:
    entries, articles = len(change.names("entry")), len(change.names("article"))
    if not change.after:
        return Changed(None, 0, 0)
    told = {**told, "entries": entries, "articles": articles}
    return Changed(
        store.vocabulary.log(connection, actor, subject, told, change), entries, articles
    )
