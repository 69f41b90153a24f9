"""Copies of an SQLite database: one whole file each, in its place only once it is safe on disk."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from newsclip.errors import StoreBusy, StoreError

Progress = Callable[[int, int], None]
Blame = Callable[[str], StoreError]
"""Makes the error that says whose problem it is."""

LOG_SUFFIXES = ("-journal", "-wal")
"""Files that SQLite keeps beside a database and applies to whatever bears its name."""
_BESIDE = (*LOG_SUFFIXES, "-shm")
_STEP_PAGES = 1024  # 4 MiB: between two steps Ctrl-C is heard


@contextmanager
def appearing(path: Path, like: Path) -> Iterator[Path]:
    """A file to fill, with the permissions of ``like``; at the end it takes the place of ``path``.

    What is at ``path`` stays until then. If anything goes wrong it stays for good, and nothing is
    left beside it. Raises OSError, or StoreBusy if another process has filled the same file.
    """
    part = beside(path, ".part")
    everything = [part, *(beside(part, suffix) for suffix in _BESIDE)]
    remove(everything)  # what a process that was killed has left
    with part.open("xb") as file:
        try:
            with suppress(OSError):  # some file systems know no permissions
                shutil.copymode(like, part)
            yield part
            os.fsync(file.fileno())
            if not (part.exists() and os.path.samestat(part.stat(), os.fstat(file.fileno()))):
                raise StoreBusy(f"another process writes {str(path)!r}", "start again without it")
            part.replace(path)
        except BaseException:
            remove(everything)
            raise
    sync(path.parent)


def copy_database(
    source: sqlite3.Connection, target: Path, on_progress: Progress | None = None
) -> None:
    """Copies what ``source`` sees in the transaction that it is in; ``target`` becomes one file.

    ``on_progress`` hears how many bytes are copied and how many there are. Raises
    sqlite3.OperationalError if the target cannot be written, sqlite3.DatabaseError if the source
    is damaged.
    """
    (page_bytes,) = source.execute("PRAGMA page_size").fetchone()

    def after_step(_: int, remaining: int, total: int) -> None:
        if on_progress is not None:
            on_progress((total - remaining) * page_bytes, total * page_bytes)

    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # In WAL mode, which is copied too, others would share a memory map, and a network disk may
        # have none.
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")
        # A copy that is cut off is thrown away, and a whole one is synced as a file: no journal.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        # Left to itself the backup begins anew whenever another connection has written between two
        # steps. Within a read transaction, in WAL mode, it sees one moment and never does.
        source.backup(copy, pages=_STEP_PAGES, progress=after_step)
        # Copied with the pages is the mark that a log lies beside them, and here is none.
        copy.execute("PRAGMA journal_mode = DELETE")
        _check(copy)


def _check(copy: sqlite3.Connection) -> None:
    (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))


@contextmanager
def blaming(damage: Blame, other: Blame) -> Iterator[None]:
    """Puts errors into our words: ``damage`` those of a damaged source, ``other`` all others."""
    try:
        yield
    except OSError as error:
        raise other(error.strerror or str(error)) from error
    except sqlite3.OperationalError as error:
        raise other(str(error)) from error
    except sqlite3.DatabaseError as error:
        raise damage(str(error)) from error


def beside(path: Path, suffix: str) -> Path:
    """The file whose name has ``suffix`` behind it."""
    return path.with_name(path.name + suffix)


def remove(paths: Iterable[Path]) -> None:
    """Removes those files that exist."""
    for path in paths:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Waits until a file, or the names in a directory, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # so say network file systems that sync no directory
            raise
    finally:
        os.close(descriptor)
