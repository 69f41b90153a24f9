"""What a command reads: a file, a compressed file, or standard input."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from newsclip.errors import SourceUnreadable

STANDARD_INPUT = "-"
_OPENERS: dict[str, Callable[..., object]] = {".bz2": bz2.open, ".gz": gzip.open, ".xz": lzma.open}
_DAMAGED = (EOFError, lzma.LZMAError, zlib.error, OSError)


class Source:
    """Bytes to read, unpacked if the name ends in ``.gz``, ``.xz`` or ``.bz2``.

    ``size`` is the length on disk in bytes, None where it is unknown; ``position`` counts up to it.
    """

    def __init__(self, name: str, raw: BinaryIO) -> None:
        self.name = name
        self._raw = raw
        opener = _OPENERS.get(Path(name).suffix)
        self.stream = cast(BinaryIO, opener(raw)) if opener else raw
        self.size = None if name == STANDARD_INPUT else Path(name).stat().st_size or None

    @property
    def position(self) -> int:
        """How many bytes of the file are read."""
        return 0 if self.size is None else self._raw.tell()


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """Opens the file ``name``, or standard input for ``-``. Raises SourceUnreadable."""
    if name == STANDARD_INPUT:
        yield Source(name, sys.stdin.buffer)
        return
    with reading(name):
        raw = Path(name).open("rb")  # noqa: SIM115 - closed below; only opening is `reading`
    with raw:
        yield Source(name, raw)


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns what goes wrong while reading ``name`` into SourceUnreadable."""
    try:
        yield
    except _DAMAGED as error:
        problem = getattr(error, "strerror", None) or str(error)
        remedy = "check the path and the file; - reads standard input"
        raise SourceUnreadable(name, f"cannot be read: {problem}", remedy) from error
