"""Backups: an archive as one file, copied while others write to it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from newsclip.errors import BackupUnusable, StoreMissing, StoreUnavailable, StoreVersionUnknown
from newsclip.index.copies import Blame, Progress, appearing, blaming, copy_database
from newsclip.index.database import DAMAGE_REMEDY, Database
from newsclip.index.locks import exclusive, shared
from newsclip.index.migrations import FORMAT_VERSION, version_of
from newsclip.index.store import LOCK_NAME, find


@dataclass(frozen=True)
class Copied:
    """A backup, or an archive made from one: what is in it, and the file's size in bytes.

    ``replaced`` is the file that a restored archive took the place of, under its new name.
    """

    articles: int
    revision: int
    size_bytes: int
    replaced: Path | None = None


def back_up(
    directory: Path, file: Path, replace: bool = False, on_progress: Progress | None = None
) -> Copied:
    """Copies the archive in ``directory`` to ``file``, as it is at this moment.

    Others may write to the archive meanwhile. The file is there whole or not at all; one that is
    there already is refused unless ``replace``. The archive stays in its format, so that a backup
    made before an upgrade suits the older Newsclip. ``on_progress`` hears how many bytes are
    copied and how many there are. Raises StoreMissing or another StoreError of the archive, and
    BackupUnusable or StoreBusy for the file.
    """
    archive = find(directory)
    with (
        shared(directory, LOCK_NAME),
        exclusive(directory, "backup.lock", "backup", "wait until it has ended"),
        closing(Database(archive)) as database,
        database.snapshot() as source,
    ):
        _check_format(source, directory)
        with blaming(damage=_damaged(directory), other=_unwritable(file)):
            _check_target(file, directory, replace)
            with appearing(file, like=archive) as part:
                copy_database(source, part, on_progress)
                return contents_of(source, part)


def _check_format(source: sqlite3.Connection, directory: Path) -> None:
    version = version_of(source)
    if version == 0:  # a creation that was cut off
        raise StoreMissing(directory)
    if version > FORMAT_VERSION:
        raise StoreVersionUnknown(directory, version, FORMAT_VERSION)


def _check_target(file: Path, directory: Path, replace: bool) -> None:
    if file.parent.resolve() == directory.resolve():
        problem = "would lie in the archive's own directory"
        raise BackupUnusable(file, problem, "name a file elsewhere, best on another disk")
    if file.exists():
        check_file(file)
        if not replace:
            raise BackupUnusable(file, "exists already", "name another file, or add --replace")


def check_file(file: Path) -> None:
    """Raises BackupUnusable for a directory or a device."""
    if file.exists() and not file.is_file():
        raise BackupUnusable(file, "is no regular file", "name a file")


def contents_of(source: sqlite3.Connection, part: Path, replaced: Path | None = None) -> Copied:
    """What ``source`` sees, which ``part`` is a copy of."""
    (articles,) = source.execute("SELECT count(*) FROM article").fetchone()
    query = "SELECT coalesce(max(value), 0) FROM setting WHERE name = 'revision'"
    (revision,) = source.execute(query).fetchone()
    return Copied(articles, revision, part.stat().st_size, replaced)


def _damaged(directory: Path) -> Blame:
    return lambda problem: StoreUnavailable(directory, problem, DAMAGE_REMEDY)


def _unwritable(file: Path) -> Blame:
    remedy = "check that its directory is there, has room, and may be written by this user"
    return lambda problem: BackupUnusable(file, f"cannot be written: {problem}", remedy)
