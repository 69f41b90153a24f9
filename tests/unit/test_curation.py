"""The editors' rules in the store: whole or absent, seen by all, each change in the log."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.doubles import AXES, article, new_store, stored

from newsclip.errors import RuleNotFound, StoreUnavailable
from newsclip.index import compaction, curation
from newsclip.index.archive import Archive
from newsclip.index.backup import back_up
from newsclip.index.restore import restore
from newsclip.index.rules import Rulebook, rule_to_dict
from newsclip.index.store import FILE_NAME, Store

from .test_rules import NOON, rule

PIN = rule("front", "pin", "article:law", "section:Politics", reason="the background", ends_at=NOON)
HIDE = rule("gone", "hide", "tag:Sponsored")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(new_store(tmp_path / "archive")) as store:
        yield store


def book(store: Store) -> Rulebook:
    with store.reading():
        return store.curation.rulebook()


def test_a_rule_is_added_replaced_and_deleted(store: Store) -> None:
    before, after = store.curation.put(PIN)
    assert (before, after) == (None, PIN)
    assert after.created_at is not None
    assert store.curation.get("front") == after
    later = replace(PIN, position=3, author="bob")
    assert store.curation.put(later) == (PIN, later)
    assert store.curation.get("front").created_at == after.created_at
    store.curation.delete("front", "cleo")
    assert not book(store).rules
    for call in (store.curation.get, lambda rule_id: store.curation.delete(rule_id, "cleo")):
        with pytest.raises(RuleNotFound, match="front"):
            call("front")


def test_every_field_is_kept(store: Store) -> None:
    full = rule(
        "full",
        "pin",
        "tag:é🙂",
        "article:a b",
        position=7,
        starts_at=NOON,
        reason="x",
        ends_at=None,
    )
    store.curation.put(full)
    store.curation.put(HIDE)
    found = book(store).rules
    assert found == {"full": full, "gone": HIDE}
    assert rule_to_dict(found["full"])["target"] == "tag:é🙂"


def test_the_same_rule_again_changes_nothing(store: Store) -> None:
    _, first = store.curation.put(PIN)
    revision = store.curation.revision()
    before, after = store.curation.put(PIN)
    assert before == after == first
    assert after.created_at == first.created_at
    assert store.curation.revision() == revision
    assert len(store.audit.newest(10)) == 1


def test_the_log_tells_who_changed_what(store: Store) -> None:
    store.curation.put(PIN)
    store.curation.put(replace(PIN, position=2, author="bob"))
    store.curation.put(HIDE)
    store.curation.delete("front", "cleo")
    entries = store.audit.newest(10)
    assert [(entry.actor, entry.kind, entry.subject) for entry in entries] == [
        ("cleo", "curation", "front"),
        ("ada", "curation", "gone"),
        ("bob", "curation", "front"),
        ("ada", "curation", "front"),
    ]
    places = [
        tuple(side and side["position"] for side in (entry.before, entry.after))
        for entry in entries
        if entry.subject == "front"
    ]
    assert places == [(2, None), (1, 2), (None, 1)]
    assert entries[-1].after == rule_to_dict(store.curation.put(PIN)[1]) | {
        "created_at": entries[-1].after["created_at"]
    }


def test_the_log_is_read_in_parts_and_by_what_it_tells_of(store: Store) -> None:
    for rule_id in "abcde":
        store.curation.put(replace(HIDE, id=rule_id, author="even" if rule_id in "bd" else "odd"))
    first = store.audit.newest(2)
    assert [entry.subject for entry in first] == ["e", "d"]
    assert [e.subject for e in store.audit.newest(9, before=first[-1].number)] == ["c", "b", "a"]
    assert [entry.subject for entry in store.audit.newest(9, actor="even")] == ["d", "b"]
    assert [e.subject for e in store.audit.newest(9, kind="curation", subject="c")] == ["c"]
    assert not store.audit.newest(9, kind="other")


def test_the_log_only_grows(store: Store) -> None:
    store.curation.put(PIN)
    with closing(sqlite3.connect(store.directory / FILE_NAME)) as connection:
        for attempt in ("DELETE FROM audit", "UPDATE audit SET actor = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(attempt)
    assert [entry.actor for entry in store.audit.newest(10)] == ["ada"]


def test_a_change_without_its_entry_is_no_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.curation.put(PIN)
    revision = store.curation.revision()

    def failing(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR"  # as SQLite's own have one
        raise error

    monkeypatch.setattr(curation, "record", failing)
    for attempt in (
        lambda: store.curation.put(replace(PIN, position=2)),
        lambda: store.curation.put(HIDE),
        lambda: store.curation.delete("front", "bob"),
    ):
        with pytest.raises(StoreUnavailable):
            attempt()
    monkeypatch.undo()
    assert (book(store).rules, store.curation.revision()) == ({"front": PIN}, revision)
    assert len(store.audit.newest(10)) == 1


def test_another_worker_sees_a_change_at_its_next_request(store: Store) -> None:
    with closing(Store.open(store.directory)) as other:
        empty = book(other)
        assert len(empty) == 0
        store.curation.put(PIN)
        assert book(other).rules == {"front": PIN}
        store.curation.delete("front", "ada")
        assert not book(other).rules
        assert (empty.revision, book(other).revision) == (0, 2)


def test_rules_are_read_anew_only_when_they_have_changed(store: Store) -> None:
    store.curation.put(PIN)
    first = book(store)
    store.write([stored(article("a"))], AXES)
    assert book(store) is first
    store.curation.put(HIDE)
    assert book(store) is not first


def test_a_request_sees_the_rules_of_the_moment_at_which_it_began(store: Store) -> None:
    store.curation.put(PIN)
    with closing(Store.open(store.directory)) as other, other.reading():
        revision = other.curation.revision()
        store.curation.put(HIDE)
        assert other.curation.rulebook().rules == {"front": PIN}
        assert other.curation.revision() == revision


def test_a_rule_does_not_change_the_revision_of_the_articles(store: Store) -> None:
    before = store.revision()
    store.curation.put(PIN)
    assert store.revision() == before


def test_a_backup_holds_the_rules_and_the_log(store: Store, tmp_path: Path) -> None:
    store.write([stored(article("a"))], AXES)
    store.curation.put(PIN)
    store.curation.put(HIDE)
    store.curation.delete("gone", "bob")
    back_up(store.directory, tmp_path / "backup")
    store.curation.delete("front", "bob")
    restore(tmp_path / "backup", tmp_path / "restored")
    with closing(Store.open(tmp_path / "restored")) as restored:
        assert book(restored).rules == {"front": PIN}
        assert [entry.actor for entry in restored.audit.newest(10)] == ["bob", "ada", "ada"]
        restored.curation.put(HIDE)
        assert restored.audit.newest(1)[0].number == 4


def test_the_articles_that_rules_name_are_looked_up_once_a_change(store: Store) -> None:
    def keys() -> Mapping[str, int]:
        with store.reading():
            return store.curation.keys(store.revision())

    store.curation.put(rule("r", "block", "article:a", "article:b"))
    assert keys() == {}
    store.write([stored(article("a")), stored(article("c"))], AXES)
    first = keys()
    assert first == {"a": store.key_of("a")}
    assert keys() is first
    store.write([stored(article("b"))], AXES)
    store.curation.put(rule("s", "hide", "article:c"))
    assert keys() == {name: store.key_of(name) for name in "abc"}


def test_the_rules_outlive_a_rebuild_of_the_indexes(archive: Archive) -> None:
    archive.put([article("a"), article("b")])
    archive.store.curation.put(PIN)
    compaction.rebuild(archive.store)
    with archive.reading() as view:
        assert view.rules().rules == {"front": PIN}
    assert len(archive.store.audit.newest(9)) == 1
