"""Who may work beside whom: locks that the operating system frees if their holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsclip.errors import StoreBusy, StoreUnavailable

_REMEDY = "check that this user may write there"


@contextmanager
def exclusive(
    directory: Path, name: str, purpose: str, remedy: str | None = None
) -> Iterator[None]:
    """Holds the lock file ``name`` in a directory; ``purpose`` says what for.

    Raises StoreBusy, with the number of the process, if another one holds it.
    """
    try:
        file = (directory / name).open("a+")
    except OSError as error:
        raise StoreUnavailable(directory, error.strerror or str(error), _REMEDY) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StoreBusy(f"{purpose} by process {holder}", remedy) from None
        file.truncate(0)
        with suppress(OSError):  # on a full disk the lock holds without a name, too
            os.write(file.fileno(), str(os.getpid()).encode())
        yield
        file.truncate(0)


@contextmanager
def shared(directory: Path, name: str) -> Iterator[None]:
    """Holds the lock file ``name`` beside any others that do, and never beside `alone`.

    Raises StoreBusy while somebody is alone with it, StoreUnavailable if it cannot be made.
    """
    busy = StoreBusy(
        "a backup is being restored into it", "wait until it has ended, then start again"
    )
    with _held(directory / name, fcntl.LOCK_SH, busy):
        yield


@contextmanager
def alone(directory: Path, name: str) -> Iterator[None]:
    """Holds the lock file ``name`` with nobody beside, without waiting for that.

    Raises StoreBusy while somebody else holds it, StoreUnavailable if it cannot be made.
    """
    busy = StoreBusy("a service or a command has it open", "stop the service, then restore")
    with _held(directory / name, fcntl.LOCK_EX, busy):
        yield


@contextmanager
def _held(path: Path, kind: int, busy: StoreBusy) -> Iterator[None]:
    try:
        # Whoever may read the file may lock it: one that root has made must keep nobody out.
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
    except OSError as error:
        raise StoreUnavailable(path.parent, error.strerror or str(error), _REMEDY) from error
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        yield
    finally:
        os.close(descriptor)
