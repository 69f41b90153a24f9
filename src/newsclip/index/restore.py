"""Restoring: an archive made from a backup, and put in the place of the one before."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from newsclip.errors import BackupUnusable, StoreBusy, StoreUnavailable, StoreVersionUnknown
from newsclip.index.backup import Copied, check_file, contents_of
from newsclip.index.copies import (
    LOG_SUFFIXES,
    Blame,
    Progress,
    appearing,
    beside,
    blaming,
    copy_database,
    remove,
    sync,
)
from newsclip.index.database import WRITE_REMEDY
from newsclip.index.locks import alone
from newsclip.index.migrations import FORMAT_VERSION, migrate, version_of
from newsclip.index.store import LOCK_NAME, find

_TABLES = {"setting", "article", "article_tag", "encoder", "embedding", "removal"}
_HAS_LOG = b"\2\2"  # how the first twenty bytes of a file in WAL mode end


def restore(
    file: Path, directory: Path, replace: bool = False, on_progress: Progress | None = None
) -> Copied:
    """Makes the archive in ``directory`` from a backup, in today's format, with a new lineage.

    An archive that is there already is refused unless ``replace``, and kept beside the new one
    then. Whenever this is cut off, the old archive or the new one is in its place, whole.
    ``on_progress`` is that of `back_up`. Raises BackupUnusable or StoreVersionUnknown for the
    file, StoreBusy if anybody has the archive open, StoreUnavailable if it cannot be written.
    """
    with _opened(file) as source:
        archive = find(directory, create=True).resolve()
        with blaming(damage=_damaged(file), other=_unwritable(directory)):
            _check_place(archive, directory, file, replace)
            with alone(directory, LOCK_NAME), appearing(archive, like=archive) as part:
                copy_database(source, part, on_progress)
                _begin_history(part)
                _hand_over(part, archive)
                sync(part)
                return contents_of(source, part, replaced=_set_aside(archive))


def _check_place(archive: Path, directory: Path, file: Path, replace: bool) -> None:
    if not archive.exists():
        return
    if archive.samefile(file):
        raise BackupUnusable(file, "is the archive itself", "name a backup of it")
    if not replace:
        problem = f"is not restored: there is an archive in {str(directory)!r} already"
        remedy = "name another directory with --data, or add --replace"
        raise BackupUnusable(file, problem, remedy)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on a backup that has been checked; nothing is written to it."""
    with blaming(damage=_damaged(file), other=_unreadable(file)):
        check_file(file)
        source = sqlite3.connect(_address(file), uri=True, isolation_level=None)
    with closing(source):
        with blaming(damage=_damaged(file), other=_unreadable(file)):
            source.execute("BEGIN")
            tables = {row[0] for row in source.execute("SELECT name FROM sqlite_master")}
            version = version_of(source)
        if version > FORMAT_VERSION and "setting" in tables:
            raise StoreVersionUnknown(file, version, FORMAT_VERSION)
        if not (0 < version <= FORMAT_VERSION and tables >= _TABLES):
            raise _foreign(file, "it has other tables")
        yield source


def _address(file: Path) -> str:
    """The file as SQLite opens it for reading."""
    with file.open("rb") as opened:
        header = opened.read(20)
    if not header.startswith(b"SQLite format 3\0"):
        raise _foreign(file, "it is no SQLite database")
    address = f"{file.absolute().as_uri()}?mode=ro"
    # Of a file in WAL mode SQLite wants the log, and makes one if there is none: in vain on a
    # read-only disk, and elsewhere it would stay there.
    if header.endswith(_HAS_LOG) and not beside(file, "-wal").exists():
        address += "&immutable=1"
    return address


def _begin_history(part: Path) -> None:
    """Brings a copy to today's format; its revisions count another history from here on."""
    with closing(sqlite3.connect(part, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        migrate(connection)
        connection.execute(
            "UPDATE setting SET value = max(1, random() & 0x3FFFFFFFFFFFFFFF)"
            " WHERE name = 'lineage'"
        )
        connection.execute("COMMIT")
        # Nobody can be in the way of the change now; workers that start together would be.
        connection.execute("PRAGMA journal_mode = WAL")


def _hand_over(part: Path, archive: Path) -> None:
    """Gives the new file to whoever owns the archive, or its directory: root may restore it."""
    owner = (archive if archive.exists() else archive.parent).stat()
    with suppress(OSError):
        os.chown(part, owner.st_uid, owner.st_gid)


def _set_aside(archive: Path) -> Path | None:
    """Gives the old file a second name, which is returned, and takes its log out of the way.

    The old archive stays readable until the new one has its name. None if there is none.
    """
    kept = beside(archive, f".replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    exists = archive.exists()
    if exists:
        _fold(archive)
        _name_also(archive, kept)
    for suffix in LOG_SUFFIXES:
        if beside(archive, suffix).exists():  # of a damaged file, or of one that was removed
            beside(archive, suffix).rename(beside(kept, suffix))
    remove([beside(archive, "-shm")])
    # On disk before the new file has the name: a power cut could pair it with the old log else.
    sync(archive.parent)
    return kept if exists else None


def _fold(archive: Path) -> None:
    """Folds the log of an archive into its file. Raises StoreBusy if anybody has it open."""
    with closing(sqlite3.connect(archive, timeout=1, isolation_level=None)) as connection:
        try:
            # Unlike a checkpoint this goes through only where there is no other connection, be it
            # that of a program that knows nothing of our lock.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise StoreBusy("a process has it open", "end it, then restore") from error
            raise
        except sqlite3.DatabaseError:
            pass  # damaged, which is why it is replaced: it is set aside with its log as it is


def _name_also(old: Path, new: Path) -> None:
    """Gives a file a second name; on a file system that cannot, a copy with that name."""
    try:
        os.link(old, new)
    except OSError:
        try:
            shutil.copy2(old, new)
            sync(new)
        except OSError:
            remove([new])
            raise


def _unwritable(directory: Path) -> Blame:
    return lambda problem: StoreUnavailable(directory, problem, WRITE_REMEDY)


def _unreadable(file: Path) -> Blame:
    remedy = "check the path, and that this user may read the file"
    return lambda problem: BackupUnusable(file, f"cannot be read: {problem}", remedy)


def _foreign(file: Path, problem: str) -> BackupUnusable:
    remedy = "name a file that `newsclip backup` has written, unpacked if it was packed"
    return BackupUnusable(file, f"is no archive of Newsclip: {problem}", remedy)


def _damaged(file: Path) -> Blame:
    return lambda problem: BackupUnusable(file, f"is damaged: {problem}", "restore an older one")
