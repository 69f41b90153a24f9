"""One process at a time: a lock that the operating system frees if its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsclip.errors import StoreBusy, StoreUnavailable


@contextmanager
def exclusive(directory: Path, name: str, purpose: str) -> Iterator[None]:
    """Holds the lock file ``name`` in a directory; ``purpose`` says what for.

    Raises StoreBusy, with the number of the process, if another one holds it.
    """
    try:
        file = (directory / name).open("a+")
    except OSError as error:
        remedy = "check that this user may write there"
        raise StoreUnavailable(directory, error.strerror or str(error), remedy) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StoreBusy(f"{purpose} by process {holder}") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)
