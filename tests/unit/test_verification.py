"""Each fault that an archive can have is found and named, and none where there is none."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import article, axis_archive

from newsclip.index import verification
from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.index.columns import file_types
from newsclip.index.compaction import compact, rebuild
from newsclip.index.derived import TYPES
from newsclip.index.lexicon import Lexicon
from newsclip.index.manifest import FILE_NAME, Manifest, marks
from newsclip.index.snapshot import Snapshot, Snapshots
from newsclip.index.store import FILE_NAME as FILE_NAME_OF_STORE
from newsclip.index.verification import Verification, verify


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """Seven articles, with the keys 1 to 7, and a snapshot of them."""
    archive.put(
        [
            article(
                n,
                title="fish law",
                body="ship " * n + "fish vote bank star goal",
                section="S",
                tags=["X", "Y"][: 1 + n % 2],
                published_at="2026-01-08",
            )
            for n in range(1, 8)
        ]
    )
    assert compact(archive.store) is not None
    return archive


def faults(archive: Archive) -> list[str]:
    """Each fault's part and problem; every one comes with a remedy."""
    found = verify(archive.store).faults
    for fault in found:
        assert "newsclip " in fault.remedy
    return [f"{fault.part}: {fault.problem}" for fault in found]


def newest(archive: Archive) -> Path:
    return Snapshots(archive.directory).generations()[0]


def resealed(folder: Path) -> None:
    """Corrects the checksums, as if the snapshot had been made like this."""
    manifest = Manifest.read(folder)
    (folder / FILE_NAME).unlink()
    replace(manifest, files=marks(folder)).write(folder)


def changed(folder: Path, name: str, change: Callable[[NDArray[np.generic]], None]) -> None:
    """Changes a column or an array, with corrected checksums."""
    kind = file_types().get(name) or np.dtype(TYPES[name])
    file = folder / (f"{name}.array" if name in TYPES else f"{name}.column")
    values = np.fromfile(file, kind)
    change(values)
    values.tofile(file)
    resealed(folder)


# Sound archives


def test_a_sound_archive_has_no_fault(shelf: Archive) -> None:
    heard = []
    found = verify(shelf.store, lambda done, total: heard.append((done, total)))
    assert found == Verification(7, shelf.revision(), shelf.revision(), [])
    assert heard == [(7, 7)]


def test_changes_since_the_snapshot_are_no_fault(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_BATCH", 2)
    for turn in range(3):
        shelf.put([article(1, title=f"star {turn}"), article(f"new {turn}", title="unheard words")])
        shelf.delete(str(2 + turn))
        assert faults(shelf) == []
    compact(shelf.store)
    assert faults(shelf) == []
    rebuild(shelf.store)
    heard = []
    found = verify(shelf.store, lambda done, total: heard.append((done, total)))
    assert (found.articles, found.faults, found.snapshot_revision) == (7, [], shelf.revision())
    assert heard == [(2, 7), (4, 7), (6, 7), (7, 7)]


def test_archives_without_a_snapshot_and_without_articles(archive: Archive) -> None:
    assert verify(archive.store) == Verification(0, 0, None, [])
    archive.put([article("a")])
    assert verify(archive.store) == Verification(1, 1, None, [])


# Snapshots


@pytest.mark.parametrize("name", [name for name in file_types() if name != "key"])
def test_a_changed_column_with_a_right_checksum_is_found(shelf: Archive, name: str) -> None:
    def change(column: NDArray[np.generic]) -> None:
        column[-1] += np.ones((), column.dtype)

    if name.endswith(".end"):
        changed(newest(shelf), name, lambda column: column.__setitem__(3, column[3] - 1))
        rows = "4, 5"  # what the one has too few the next has too many
    else:
        changed(newest(shelf), name, change)
        rows = "7"
    reported = name.removesuffix(".end")
    assert faults(shelf) == [
        f"snapshot 000001: articles with the keys {rows} differ from the store in {reported}"
    ]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_changed_array_with_a_right_checksum_is_found(shelf: Archive, name: str) -> None:
    def change(array: NDArray[np.generic]) -> None:
        array[0] += np.ones((), array.dtype)

    changed(newest(shelf), name, change)
    assert any(fault.startswith("snapshot 000001: ") for fault in faults(shelf))


@pytest.mark.parametrize("trailing", [0, 50])
def test_wherever_a_bit_is_flipped_the_file_is_named(shelf: Archive, trailing: int) -> None:
    folder = newest(shelf)
    files = [file for file in folder.rglob("*") if file.is_file() and file.stat().st_size]
    assert len(files) > 30
    for file in files:
        content = file.read_bytes()
        place = max(0, len(content) - trailing - 1)
        file.write_bytes(content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :])
        name = str(file.relative_to(folder))
        assert any(text.startswith("snapshot 000001: ") and name in text for text in faults(shelf))
        file.write_bytes(content)
    assert faults(shelf) == []


def test_a_file_that_is_missing_or_cut_is_named(shelf: Archive) -> None:
    folder = newest(shelf)
    for name in (FILE_NAME, "key.column", "lexicon/meta.json"):
        content = (folder / name).read_bytes()
        for spoil in ((folder / name).unlink, lambda name=name: (folder / name).write_bytes(b"")):
            spoil()
            [fault] = faults(shelf)
            assert fault.startswith("snapshot 000001: ")
            assert name in fault
            (folder / name).write_bytes(content)


def test_a_row_that_the_lexicon_lacks_is_found(shelf: Archive) -> None:
    lexicon = Lexicon(Analyzer(), newest(shelf) / "lexicon")
    lexicon.remove(3)
    lexicon.add(99, article("more"))
    lexicon.commit()
    lexicon.close()
    resealed(newest(shelf))
    assert faults(shelf) == [
        "snapshot 000001: articles with the keys 3, 99 are in its rows or its lexicon alone"
    ]


def by_hand(archive: Archive, *statements: str) -> None:
    """Changes the store past all of its rules."""
    with closing(sqlite3.connect(archive.directory / FILE_NAME_OF_STORE)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_an_article_that_the_snapshot_lacks_is_found(shelf: Archive) -> None:
    tables = ("article", "article_tag", "article_names", "embedding")
    by_hand(shelf, *(f"UPDATE {table} SET key = 9 WHERE key = 7" for table in tables))
    assert faults(shelf) == [
        "snapshot 000001: articles with the keys 9 are missing in it",
        "snapshot 000001: articles with the keys 7 are in it, not in the store",
    ]


def test_every_generation_is_looked_at(shelf: Archive) -> None:
    held = Snapshots(shelf.directory)
    reader = Snapshot(newest(shelf))  # as long as somebody reads it, it stays
    shelf.put([article("more")])
    compact(shelf.store)
    reader.release()
    assert [folder.name for folder in held.generations()] == ["000002", "000001"]
    (held.generations()[1] / "key.column").unlink()
    [fault] = faults(shelf)
    assert fault.startswith("snapshot 000001: ")
    assert verify(shelf.store).snapshot_revision == shelf.revision()


# The store


def written(shelf: Archive, key: int, vector: bytes) -> None:
    by_hand(shelf, f"UPDATE embedding SET vector = x'{vector.hex()}' WHERE key = {key}")


@pytest.mark.parametrize("with_snapshot", [True, False])
@pytest.mark.parametrize(
    ("vector", "problem"),
    [
        (np.ones(7, "<f4") / np.float32(7**0.5), "have embeddings of another length"),
        (np.array([1], "<f4"), "have embeddings of another length"),
        (np.array([], "<f4"), "have embeddings of another length"),
        (np.full(8, 0.5, "<f4"), "are not of unit length"),
        (np.zeros(8, "<f4"), "are not of unit length"),
        (np.full(8, np.nan, "<f4"), "are not of unit length"),
        (
            np.frombuffer(b"\x00\x00\x80?" + bytes(25), np.uint8),
            "have embeddings of another length",
        ),
    ],
)
def test_a_wrong_embedding_is_found(
    shelf: Archive, vector: NDArray[np.generic], problem: str, with_snapshot: bool
) -> None:
    if not with_snapshot:
        Snapshots(shelf.directory).folder.rename(shelf.directory / "aside")
    written(shelf, 4, vector.tobytes())
    found = faults(shelf)
    assert any(text.startswith("store: articles with the keys 4 ") for text in found)
    assert any(problem in text for text in found)


def test_a_missing_embedding_is_found(shelf: Archive) -> None:
    by_hand(shelf, "DELETE FROM embedding WHERE key IN (2, 5)")
    assert faults(shelf) == ["store: articles with the keys 2, 5 have no embedding"]


def test_a_right_embedding_of_another_text_differs_from_the_snapshot(shelf: Archive) -> None:
    vector = np.eye(8, dtype="<f4")[5]
    written(shelf, 4, vector.tobytes())
    assert faults(shelf) == [
        "snapshot 000001: articles with the keys 4 differ from the store in embedding"
    ]


def test_a_row_that_belongs_to_no_article_is_found(shelf: Archive) -> None:
    by_hand(shelf, "INSERT INTO article_tag VALUES (99, 0, 'X')")
    assert faults(shelf) == ["store: a row of article_tag belongs to no row of article"]


def test_what_sqlite_finds_is_a_fault_of_the_store(shelf: Archive) -> None:
    shelf.close()
    by_hand(
        shelf,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, '(revision)', '(title)')"
        " WHERE name = 'article_by_revision'",
    )
    with axis_archive(shelf.directory) as again:
        found = faults(again)
    assert found
    assert all(text.startswith("store: ") and "article_by_revision" in text for text in found)


def test_many_faults_of_a_kind_are_counted(shelf: Archive) -> None:
    by_hand(shelf, "DELETE FROM embedding")
    assert faults(shelf) == [
        "store: articles with the keys 1, 2, 3, 4, 5 and 2 more have no embedding"
    ]


def test_an_article_that_is_not_found_by_its_url_is_found_here(archive: Archive) -> None:
    urls = [f"https://courier.example/{number}" for number in range(3)]
    archive.put([article(number, url=url) for number, url in enumerate(urls)])
    by_hand(archive, "UPDATE article_url SET canonical = 'elsewhere' WHERE key = 2")
    by_hand(archive, "DELETE FROM article_url WHERE key = 3")
    assert faults(archive) == ["store: articles with the keys 2, 3 are not found by their URL"]
