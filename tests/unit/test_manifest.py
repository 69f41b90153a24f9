"""Whatever happens to a file of a snapshot is noticed; and what a manifest says comes back."""

import json
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from newsclip.errors import SnapshotDamaged, SnapshotVersionUnknown
from newsclip.index.manifest import (
    FILE_NAME,
    FORMAT_VERSION,
    FileMark,
    Manifest,
    checksum,
    marks,
)

FILES = {
    "key.column": bytes(range(256)) * 4,
    "lexicon/meta.json": b"{}",
    "lexicon/a.store": b"x",
    "tag.written.column": b"",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small snapshot."""
    for name, content in FILES.items():
        file = tmp_path / "000001" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    manifest_of(tmp_path / "000001").write(tmp_path / "000001")
    return tmp_path / "000001"


def manifest_of(folder: Path) -> Manifest:
    return Manifest(
        lineage=2**62 - 1,
        revision=7,
        encoder=1,
        identity="axes@1 recipe",
        dimension=8,
        articles=3,
        written_by="1.2.3",
        files=marks(folder),
    )


def damage(folder: Path) -> str:
    """What is said of a folder's damage, once it is looked for."""
    with pytest.raises(SnapshotDamaged) as caught:
        Manifest.read(folder).check_content(folder)
    assert str(folder) in caught.value.message
    assert "newsclip rebuild" in caught.value.remedy
    return caught.value.problem


def test_a_manifest_is_read_as_it_was_written(folder: Path) -> None:
    found = Manifest.read(folder)
    assert found == replace(manifest_of(folder), files=found.files)
    assert found.files == {
        name: FileMark(len(content), zlib.crc32(content)) for name, content in FILES.items()
    }
    found.check_sizes(folder)
    found.check_content(folder)


def test_the_checksum_of_a_large_file_is_that_of_its_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2**16 + b"and a rest"  # over two reads
    (tmp_path / "large").write_bytes(content)
    assert checksum(tmp_path / "large") == zlib.crc32(content)


# Damage


@pytest.mark.parametrize("name", [name for name, content in FILES.items() if content])
def test_one_flipped_bit_is_noticed_wherever_it_is(folder: Path, name: str) -> None:
    content = FILES[name]
    for place in {0, len(content) // 2, len(content) - 1}:
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        (folder / name).write_bytes(flipped)
        Manifest.read(folder).check_sizes(folder)
        assert damage(folder) == f"{name} does not match its checksum"
    (folder / name).write_bytes(content)
    Manifest.read(folder).check_content(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_or_cut_or_longer_file_is_noticed_by_its_size(folder: Path, name: str) -> None:
    content = FILES[name]
    for other in {content[:-1], content + b"\0", b""} - {content}:
        (folder / name).write_bytes(other)
        with pytest.raises(SnapshotDamaged, match="bytes"):
            Manifest.read(folder).check_sizes(folder)
        assert damage(folder) == f"{name} has {len(other):,} bytes, not {len(content):,}"
    (folder / name).unlink()
    with pytest.raises(SnapshotDamaged):
        Manifest.read(folder).check_sizes(folder)
    assert damage(folder) == f"{name} is missing"


def test_a_folder_in_the_place_of_a_file_is_noticed(folder: Path) -> None:
    (folder / "key.column").unlink()
    (folder / "key.column").mkdir()
    assert "key.column" in damage(folder)


def test_without_its_manifest_a_snapshot_is_damaged(folder: Path) -> None:
    (folder / FILE_NAME).unlink()
    assert damage(folder) == "manifest.json is missing"
    shutil.rmtree(folder)
    assert damage(folder) == "manifest.json is missing"


def broken(text: str) -> Iterator[str]:
    """What else may stand in a manifest's file."""
    yield from ("", "{", "[]", "null", "7", '"text"', "{}", '{"content": {}}', '{"crc32": 1}')
    yield from (text[: len(text) // 2], text[:-1], text[1:], text + "}")
    yield from ('{"content": null, "crc32": 0}', '{"content": 5, "crc32": 5}')


def test_what_is_no_manifest_is_damaged(folder: Path) -> None:
    for text in broken((folder / FILE_NAME).read_text()):
        (folder / FILE_NAME).write_text(text)
        assert damage(folder).startswith("manifest.json ")
    (folder / FILE_NAME).write_bytes(b"\xff\xfe\x00")
    assert damage(folder) == "manifest.json cannot be read"


def test_an_edited_manifest_does_not_match_its_checksum(folder: Path) -> None:
    text = (folder / FILE_NAME).read_text()
    for old, new in [
        ('"revision": 7', '"revision": 8'),
        ('"articles": 3', '"articles": 30'),
        ("axes@1", "axes@2"),
        ('"bytes": 1024', '"bytes": 1025'),
    ]:
        assert text.count(old) == 1
        (folder / FILE_NAME).write_text(text.replace(old, new))
        assert damage(folder) == "manifest.json does not match its checksum"
    (folder / FILE_NAME).write_text(json.dumps(json.loads(text), indent=7, sort_keys=True))
    Manifest.read(folder).check_content(folder)  # its layout does not count


def rewritten(folder: Path, content: Any) -> None:
    """Another content, with the right checksum."""
    crc32 = zlib.crc32(json.dumps(content, sort_keys=True).encode())
    (folder / FILE_NAME).write_text(json.dumps({"content": content, "crc32": crc32}))


def test_a_manifest_that_says_other_things_is_damaged(folder: Path) -> None:
    whole = json.loads((folder / FILE_NAME).read_text())["content"]
    others: list[Any] = [
        *({name: value for name, value in whole.items() if name != left} for left in whole),
        {**whole, "more": 1},
        {**whole, "files": {"key.column": {"bytes": 1}}},
        {**whole, "files": None},
        {**whole, "files": {"key.column": 5}},
        [],
        "text",
        None,
    ]
    for content in others:
        if content == {name: value for name, value in whole.items() if name != "format"}:
            continue  # it has a default: the first format
        rewritten(folder, content)
        assert damage(folder).startswith("manifest.json ")


def test_a_newer_format_is_told_from_damage(folder: Path) -> None:
    content = json.loads((folder / FILE_NAME).read_text())["content"]
    rewritten(folder, {**content, "format": FORMAT_VERSION + 1, "unheard": "of"})
    with pytest.raises(SnapshotVersionUnknown) as caught:
        Manifest.read(folder)
    assert (caught.value.found, caught.value.known) == (FORMAT_VERSION + 1, FORMAT_VERSION)
    assert "install the newer Newsclip" in caught.value.remedy
