"""Changes of the vocabulary: whole or absent, on articles too, logged, undone."""

import sqlite3
from collections.abc import Iterable

import pytest
from tests.doubles import article, axis_archive, contents

from newsclip.errors import ChangeUndone, StoreUnavailable, TagInvalid, TagUnknown
from newsclip.index import stored_vocabulary, tag_changes
from newsclip.index.archive import Archive
from newsclip.index.backup import back_up
from newsclip.index.filters import Filter
from newsclip.index.house_tags import HouseTag
from newsclip.index.restore import restore
from newsclip.index.store import Store
from newsclip.index.tag_changes import add_tags, import_vocabulary, merge, undo

SHELF = {"a": ["US-Relations", "Law"], "b": ["USRelations", "US-Relations"], "c": ["Law"]}


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    put(archive, SHELF)
    return archive


def put(archive: Archive, shelf: dict[str, list[str]]) -> list[str]:
    return list(archive.put([article(i, title="fish " + i, tags=t) for i, t in shelf.items()]))


def tags(archive: Archive) -> dict[str, list[str]]:
    return {name: list(archive.get(name).tags) for name in "abc"}


def names(archive: Archive, *wanted: str) -> list[set[str]]:
    """The ids of the articles that a filter by each of these tags lets through."""
    with archive.reading() as view:
        found = [view.newest(Filter(tags=frozenset([name])), 9) for name in wanted]
        return [set(view.ids(keys)) for keys in found]


def test_a_merged_tag_is_the_other_everywhere(shelf: Archive) -> None:
    before = contents(shelf)
    changed = merge(shelf.store, "US-Relations", "USRelations", "ada")
    assert (changed.entries, changed.articles) == (1, 2)
    assert tags(shelf) == {"a": ["USRelations", "Law"], "b": ["USRelations"], "c": ["Law"]}
    assert names(shelf, "USRelations", "US-Relations", "Law") == [{"a", "b"}, set(), {"a", "c"}]
    assert contents(shelf) == before  # the texts and their embeddings stay
    with shelf.reading() as view:
        runs = view.tags_named_in(view.terms("on us relations"))
        assert {tag for tag, _, _ in runs} == {"USRelations"}


def test_a_merged_tag_does_not_come_back_with_the_next_import(shelf: Archive) -> None:
    merge(shelf.store, "US-Relations", "USRelations", "ada")
    assert put(shelf, SHELF) == ["unchanged"] * 3
    assert tags(shelf)["a"] == ["USRelations", "Law"]
    put(shelf, {"a": ["Law", "US-Relations", "USRelations"]})
    assert tags(shelf)["a"] == ["Law", "USRelations"]


def test_a_tag_is_merged_in_any_letter_case(shelf: Archive) -> None:
    put(shelf, {"c": ["us-relations", "law"]})
    done = merge(shelf.store, "US-Relations", "USRelations", "ada")
    assert (done.articles, tags(shelf)["c"]) == (3, ["USRelations", "law"])
    assert put(shelf, {"c": ["US-RELATIONS", "law"]}) == ["unchanged"]
    undo(shelf.store, done.number or 0, "ada")
    assert tags(shelf)["c"] == ["us-relations", "law"]


def test_a_merge_is_logged_and_undone_and_done_again(shelf: Archive) -> None:
    done = merge(shelf.store, "US-Relations", "USRelations", "ada")
    back = undo(shelf.store, done.number or 0, "bob")
    assert tags(shelf) == SHELF
    assert (back.entries, back.articles, back.kept) == (1, 2, 0)
    assert put(shelf, SHELF) == ["unchanged"] * 3
    undo(shelf.store, back.number or 0, "cleo")
    assert tags(shelf)["b"] == ["USRelations"]
    log = shelf.store.audit.newest(9, kind="tags")
    assert [(entry.actor, entry.after and entry.after["done"]) for entry in log] == [
        ("cleo", "undone"),
        ("bob", "undone"),
        ("ada", "merged"),
    ]
    assert log[2].subject == "US-Relations"


def test_articles_that_have_changed_since_stay_as_they_are(shelf: Archive) -> None:
    done = merge(shelf.store, "US-Relations", "USRelations", "ada")
    put(shelf, {"a": ["Sea"]})
    back = undo(shelf.store, done.number or 0, "ada")
    assert (back.articles, back.kept) == (1, 1)
    assert tags(shelf) == {**SHELF, "a": ["Sea"]}


def test_a_change_is_undone_once_and_not_under_a_later_one(shelf: Archive) -> None:
    first = merge(shelf.store, "US-Relations", "USRelations", "ada").number or 0
    undo(shelf.store, first, "ada")
    with pytest.raises(ChangeUndone, match="already"):
        undo(shelf.store, first, "ada")
    second = merge(shelf.store, "US-Relations", "USRelations", "ada").number or 0
    merge(shelf.store, "US-Relations", "Law", "ada")
    with pytest.raises(ChangeUndone, match="US-Relations"):
        undo(shelf.store, second, "ada")
    with pytest.raises(ChangeUndone, match="99"):
        undo(shelf.store, 99, "ada")


@pytest.mark.parametrize(
    ("tag", "into", "error"),
    [("Nope", "Law", TagUnknown), ("Law", "Nope", TagUnknown), ("Law", "Law", TagInvalid)],
)
def test_tags_that_cannot_be_merged(
    shelf: Archive, tag: str, into: str, error: type[Exception]
) -> None:
    revision = shelf.revision()
    with pytest.raises(error):
        merge(shelf.store, tag, into, "ada")
    assert (shelf.revision(), shelf.store.audit.newest(9)) == (revision, [])


def test_nothing_is_merged_into_a_tag_that_is_merged_itself(shelf: Archive) -> None:
    merge(shelf.store, "US-Relations", "USRelations", "ada")
    with pytest.raises(TagInvalid, match="into"):
        merge(shelf.store, "Law", "US-Relations", "ada")


def test_tags_are_merged_in_turn(shelf: Archive) -> None:
    merge(shelf.store, "US-Relations", "USRelations", "ada")
    merge(shelf.store, "USRelations", "Law", "ada")
    assert tags(shelf) == {"a": ["Law"], "b": ["Law"], "c": ["Law"]}
    assert put(shelf, {"c": ["US-Relations"]}) == ["unchanged"]


def test_an_import_takes_the_place_of_all_entries_and_can_be_undone(shelf: Archive) -> None:
    first = [HouseTag("Law", aliases=("statute",)), HouseTag("Sea", group="place")]
    replaced = HouseTag("US-Relations", status="deprecated", replaced_by="Law")
    import_vocabulary(shelf.store, first, True, "ada")
    done = import_vocabulary(shelf.store, [first[0], replaced], False, "ada")
    assert (done.entries, done.articles) == (2, 2)
    assert listed(shelf) == ([first[0], replaced], False)
    assert tags(shelf)["b"] == ["USRelations", "Law"]
    undo(shelf.store, done.number or 0, "ada")
    assert listed(shelf) == (first, True)
    assert tags(shelf) == SHELF


def listed(archive: Archive) -> tuple[list[HouseTag], bool]:
    with archive.reading() as view:
        return list(view.house()), view.house().closed


def test_the_same_file_again_changes_nothing(shelf: Archive) -> None:
    import_vocabulary(shelf.store, [HouseTag("Law")], True, "ada")
    assert import_vocabulary(shelf.store, [HouseTag("Law")], True, "ada").number is None
    assert len(shelf.store.audit.newest(9)) == 1


def test_tags_are_added_behind_those_that_are_there(shelf: Archive) -> None:
    merge(shelf.store, "US-Relations", "USRelations", "ada")
    wanted = {"c": ["Sea", "US-Relations"], "a": ["Law"], "gone": ["Sea"]}
    done = add_tags(shelf.store, wanted, "ada")
    assert done.articles == 1
    assert tags(shelf)["c"] == ["Law", "Sea", "USRelations"]
    undo(shelf.store, done.number or 0, "ada")
    assert tags(shelf)["c"] == ["Law"]


def test_a_change_that_fails_halfway_is_no_change(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR"  # as SQLite's own have one
        raise error

    monkeypatch.setattr(stored_vocabulary, "record", failing)
    with pytest.raises(StoreUnavailable):
        merge(shelf.store, "US-Relations", "USRelations", "ada")
    monkeypatch.undo()
    assert (tags(shelf), listed(shelf)) == (SHELF, ([], False))
    assert names(shelf, "US-Relations") == [{"a", "b"}]


def test_many_articles_change_in_one_piece(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsclip.index.store._BATCH", 2)
    put(archive, {str(number): ["Law", str(number)] for number in range(7)})
    revision = archive.revision()
    assert merge(archive.store, "Law", "3", "ada").articles == 7
    assert archive.revision() == revision + 1
    assert list(archive.get("3").tags) == ["3"]
    assert list(archive.get("6").tags) == ["3", "6"]


def test_a_worker_sees_a_merge_and_a_backup_holds_it(shelf: Archive) -> None:
    place = shelf.directory.parent
    with axis_archive(shelf.directory) as other:
        assert names(other, "US-Relations") == [{"a", "b"}]
        done = merge(shelf.store, "US-Relations", "USRelations", "ada")
        assert names(other, "USRelations") == [{"a", "b"}]
        assert put(other, SHELF) == ["unchanged"] * 3
    back_up(shelf.directory, place / "backup")
    restore(place / "backup", place / "restored")
    with axis_archive(place / "restored") as restored:
        undo(restored.store, done.number or 0, "ada")
        assert tags(restored) == SHELF


def test_an_article_that_comes_in_is_checked_against_the_newest_vocabulary(
    shelf: Archive,
) -> None:
    entries: Iterable[HouseTag] = [HouseTag("Sea", status="deprecated", replaced_by="Law")]
    import_vocabulary(shelf.store, entries, False, "ada")
    assert put(shelf, {"d": ["Sea"]}) == ["added"]
    assert shelf.get("d").tags == ("Law",)


def test_the_change_is_made_of_what_differs(shelf: Archive) -> None:
    store: Store = shelf.store
    done = tag_changes.merge(store, "US-Relations", "USRelations", "ada")
    change = store.vocabulary.change(done.number or 0)
    assert change is not None
    assert change.names("article") == ["a", "b"]
    assert change.before["entry", "US-Relations"] is None
    assert change.after["article", "a"] == ["USRelations", "Law"]
