"""Articles that the disk has changed: named, never shown, and mended by the same article again."""

import sqlite3
from contextlib import closing

import pytest
from tests.doubles import article

from newsclip.errors import StoreUnavailable
from newsclip.index.archive import Archive
from newsclip.index.compaction import compact, rebuild
from newsclip.index.damage import as_written, readable
from newsclip.index.database import DAMAGE_REMEDY
from newsclip.index.store import FILE_NAME
from newsclip.index.verification import ARTICLE_REMEDY, verify

SEVEN = [article(n, title="fish", body="ship law", authors=["Ada"]) for n in range(1, 8)]

# Each but the first two still is a text.
DAMAGES = {
    "a text that is no UTF-8": "body = CAST(x'73FFFE70206C6177' AS TEXT)",
    "an id that is no UTF-8": "id = CAST(x'FF' AS TEXT)",
    "another letter": "body = 'shiq law'",
    "a list that is none": "authors = '[\"Ada\"'",
    "a list of another kind": "authors = '7]'",
    "a date that is none": "published_at = '2026-01-0x'",
    "another hash": "content_hash = x'00'",
}


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """Seven articles, with the keys 1 to 7, and a snapshot of them."""
    archive.put(SEVEN)
    assert compact(archive.store) is not None
    return archive


def damage(archive: Archive, change: str, key: int = 3) -> None:
    """Changes an article past all rules of the store."""
    with closing(sqlite3.connect(archive.directory / FILE_NAME)) as connection:
        connection.execute(f"UPDATE article SET {change} WHERE key = ?", (key,))
        connection.commit()


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_verify_names_the_article_and_goes_on(shelf: Archive, change: str) -> None:
    damage(shelf, change, 3)
    damage(shelf, "title = 'fisH'", 6)
    [fault] = verify(shelf.store).faults
    assert (fault.part, fault.remedy) == ("store", ARTICLE_REMEDY)
    assert fault.problem == "articles with the keys 3, 6 are not as they were written"


def test_verify_reads_texts_without_a_snapshot_too(archive: Archive) -> None:
    archive.put(SEVEN)
    damage(archive, DAMAGES["a text that is no UTF-8"])
    [fault] = verify(archive.store).faults
    assert fault.problem == "articles with the keys 3 are not as they were written"


@pytest.mark.parametrize("change", [c for c in DAMAGES.values() if "id =" not in c])
def test_the_same_article_again_mends_it(shelf: Archive, change: str) -> None:
    damage(shelf, change)
    assert shelf.put(SEVEN) == [*["unchanged"] * 2, "updated", *["unchanged"] * 4]
    assert shelf.get("3") == SEVEN[2]
    assert verify(shelf.store).faults == []
    rebuild(shelf.store)
    assert verify(shelf.store).faults == []
    assert shelf.put(SEVEN) == ["unchanged"] * 7


@pytest.mark.parametrize("kind", ["a text that is no UTF-8", "a list that is none"])
def test_what_cannot_be_read_is_an_archive_that_cannot_be_used(shelf: Archive, kind: str) -> None:
    damage(shelf, DAMAGES[kind])
    for read in (lambda: shelf.get("3"), lambda: rebuild(shelf.store)):
        with pytest.raises(StoreUnavailable) as caught:
            read()
        assert caught.value.remedy == DAMAGE_REMEDY
    assert shelf.get("4") == SEVEN[3]


def test_the_others_are_found_by_halves(shelf: Archive) -> None:
    damage(shelf, DAMAGES["a text that is no UTF-8"], 1)
    damage(shelf, DAMAGES["a date that is none"], 7)
    damage(shelf, "title = 'fisH'", 4)
    assert [*readable(shelf.store, [1, 2, 3, 4, 5, 6, 7, 99])] == [2, 3, 4, 5, 6]
    assert [*as_written(shelf.store, [1, 2, 3, 4, 5, 6, 7, 99])] == [2, 3, 5, 6]
    assert readable(shelf.store, []) == {}
