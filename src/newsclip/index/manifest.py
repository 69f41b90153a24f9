"""What a snapshot says of itself: whose it is, and the size and checksum of each of its files."""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from newsclip.errors import SnapshotDamaged, SnapshotForeign, SnapshotVersionUnknown
from newsclip.index.copies import sync

FORMAT_VERSION = 6
FILE_NAME = "manifest.json"
_CHUNK = 8 * 2**20  # bytes


@dataclass(frozen=True)
class FileMark:
    """By what a file is known again."""

    bytes: int
    crc32: int


@dataclass(frozen=True)
class Manifest:
    """The description of one snapshot.

    ``lineage`` and ``revision`` say which state of which store it holds, ``encoder`` and
    ``identity`` (the model's id and the text recipe) whose embeddings, of ``dimension`` each.
    """

    lineage: int
    revision: int
    encoder: int
    identity: str
    dimension: int
    articles: int
    written_by: str
    files: Mapping[str, FileMark]
    format: int = FORMAT_VERSION

    def write(self, folder: Path) -> None:
        """Writes it, with a checksum of its own; the last file of a snapshot."""
        content = asdict(self)
        text = json.dumps({"content": content, "crc32": _crc32(content)}, indent=1)
        with (folder / FILE_NAME).open("w") as file:
            file.write(text)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest in a folder. Raises a SnapshotError."""
        content = _content(folder)
        try:
            found = content.get("format")
            if isinstance(found, int) and found > FORMAT_VERSION:
                raise SnapshotVersionUnknown(folder, found, FORMAT_VERSION)
            if found != FORMAT_VERSION:
                raise SnapshotForeign(folder, f"has format {found}, which an older Newsclip wrote")
            files = {name: FileMark(**mark) for name, mark in content.pop("files").items()}
            return cls(**content, files=files)
        except (KeyError, TypeError, AttributeError) as error:
            raise SnapshotDamaged(folder, f"{FILE_NAME} lacks what it should say") from error

    def check_sizes(self, folder: Path) -> None:
        """Raises SnapshotDamaged if a file is missing or has another size. Microseconds a file."""
        for name, mark in self.files.items():
            try:
                size = (folder / name).stat().st_size
            except OSError:
                raise SnapshotDamaged(folder, f"{name} is missing") from None
            if size != mark.bytes:
                raise SnapshotDamaged(folder, f"{name} has {size:,} bytes, not {mark.bytes:,}")

    def check_content(self, folder: Path) -> None:
        """Reads every file; raises SnapshotDamaged if one is not as it was written."""
        self.check_sizes(folder)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            sums = pool.map(lambda name: checksum(folder / name), self.files)
            for (name, mark), found in zip(self.files.items(), sums, strict=True):
                if found != mark.crc32:
                    raise SnapshotDamaged(folder, f"{name} does not match its checksum")


def marks(folder: Path) -> dict[str, FileMark]:
    """The mark of every file below a folder."""
    return {
        str(file.relative_to(folder)): FileMark(file.stat().st_size, checksum(file))
        for file in sorted(_files(folder))
    }


def sync_all(folder: Path) -> None:
    """Waits until everything below a folder is on the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def checksum(file: Path) -> int:
    """CRC-32 of a file: finds what a disk or a copy does to it, gigabytes a second."""
    found = 0
    with file.open("rb") as stream:
        while part := stream.read(_CHUNK):
            found = zlib.crc32(part, found)
    return found


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _content(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / FILE_NAME).read_text())
        content: dict[str, Any] = manifest["content"]
        if manifest["crc32"] != _crc32(content):
            raise SnapshotDamaged(folder, f"{FILE_NAME} does not match its checksum")
    except OSError:
        raise SnapshotDamaged(folder, f"{FILE_NAME} is missing") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(folder, f"{FILE_NAME} cannot be read") from error
    return content


def _crc32(content: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())
