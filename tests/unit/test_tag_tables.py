"""Feedback on tags and learned taggers in the store: kept, undone, logged, in every backup."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.doubles import AXES, article, new_store, stored

from newsclip.errors import FeedbackNotFound
from newsclip.index.backup import back_up
from newsclip.index.restore import restore
from newsclip.index.store import Store

DRAFT = {"title": "Petro à Washington", "body": ""}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(new_store(tmp_path / "archive")) as store:
        yield store


def test_feedback_is_kept_and_undone_and_both_are_logged(store: Store) -> None:
    first = store.tag_feedback.add("ada", "n-1", DRAFT, ["Colombia"], ["Sports", "Law"])
    second = store.tag_feedback.add("bob", None, {}, [], ["Law"])
    assert (first.number, second.number) == (1, 2)
    assert (first.draft, first.accepted) == (DRAFT, ("Colombia",))
    assert store.tag_feedback.standing() == [first, second]
    assert store.tag_feedback.standing(after=1) == [second]
    undone = store.tag_feedback.undo(1, "cleo")
    assert undone.undone_at is not None
    assert store.tag_feedback.undo(1, "dora") == undone
    assert store.tag_feedback.standing() == [second]
    assert store.tag_feedback.get(1) == undone
    log = store.audit.newest(9, kind="tag-feedback")
    assert [(entry.actor, entry.subject) for entry in log] == [
        ("cleo", "1"),
        ("bob", "2"),
        ("ada", "1"),
    ]
    told = {"article": "n-1", "accepted": ["Colombia"], "rejected": ["Sports", "Law"]}
    assert (log[0].before, log[0].after, log[2].after) == (told, None, told)


def test_unknown_feedback_is_refused(store: Store) -> None:
    for call in (store.tag_feedback.get, lambda number: store.tag_feedback.undo(number, "ada")):
        with pytest.raises(FeedbackNotFound, match="7"):
            call(7)


def test_the_version_changes_with_each_entry_and_each_undoing(store: Store) -> None:
    seen = [store.tag_feedback.version()]
    for _ in range(2):
        store.tag_feedback.add("ada", None, DRAFT, [], ["Law"])
        seen.append(store.tag_feedback.version())
    for number in (1, 2):
        store.tag_feedback.undo(number, "ada")
        seen.append(store.tag_feedback.version())
    assert len(set(seen)) == 5


def test_a_tagger_stands_for_its_encoder_until_the_next(store: Store) -> None:
    assert store.taggers.of("axes@1") is store.taggers.version("axes@1") is None
    store.taggers.keep("axes@1", 3, b"\x00weights")
    first = store.taggers.of("axes@1")
    assert first is not None
    assert (first.revision, first.weights) == (3, b"\x00weights")
    version = store.taggers.version("axes@1")
    store.taggers.keep("axes@1", 3, b"others")
    assert store.taggers.version("axes@1") != version
    assert store.taggers.of("another") is None
    assert store.taggers.forget() == 1
    assert store.taggers.of("axes@1") is None


def test_a_backup_holds_feedback_and_taggers(store: Store, tmp_path: Path) -> None:
    store.write([stored(article("a"))], AXES)
    added = store.tag_feedback.add("ada", "a", DRAFT, ["Colombia"], [])
    store.taggers.keep("axes@1", 1, b"weights")
    back_up(store.directory, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    with closing(Store.open(tmp_path / "restored")) as restored:
        assert restored.tag_feedback.standing() == [added]
        assert restored.taggers.of("axes@1") == store.taggers.of("axes@1")
