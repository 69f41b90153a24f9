"""What a command reads: a file, a compressed file, or standard input."""

import bz2
import gzip
import io
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsclip.errors import SourceUnreadable

STANDARD_INPUT = "-"
_OPENERS: dict[str, Callable[..., object]] = {".bz2": bz2.open, ".gz": gzip.open, ".xz": lzma.open}
_BEGINNINGS: dict[bytes, Callable[..., object]] = {
    rb"BZh[1-9][1\x17]": bz2.open,
    rb"\x1f\x8b": gzip.open,
    rb"\xfd7zXZ\0": lzma.open,
}
_DAMAGED = (EOFError, lzma.LZMAError, zlib.error, OSError)


class Source:
    """Bytes to read, unpacked if they begin, or the name ends, as ``.gz``, ``.xz`` or ``.bz2`` do.

    ``size`` is the length on disk in bytes, None where it is unknown; ``position`` counts up to it.
    """

    def __init__(self, name: str, raw: io.BufferedReader) -> None:
        self.name = name
        self._raw = raw
        opener = _opener(name, raw.peek())
        self.stream = cast(BinaryIO, opener(raw)) if opener else raw
        self.size = None if name == STANDARD_INPUT else Path(name).stat().st_size or None

    @property
    def position(self) -> int:
        """How many bytes of the file are read."""
        return 0 if self.size is None else self._raw.tell()


def _opener(name: str, start: bytes) -> Callable[..., object] | None:
    """What unpacks it. A name that promises what the bytes are not is held to it."""
    told = (opener for kind, opener in _BEGINNINGS.items() if re.match(kind, start))
    return next(told, _OPENERS.get(Path(name).suffix))


@contextmanager
def open_source(name: str) -> Iterator[Source]:
    """Opens the file ``name``, or standard input for ``-``. Raises SourceUnreadable."""
    with ExitStack() as opened:
        with reading(name):
            if name == STANDARD_INPUT:
                raw = io.BufferedReader(cast(Any, sys.stdin.buffer))
                opened.callback(raw.detach)  # it is not ours to close
            else:
                raw = opened.enter_context(Path(name).open("rb"))
            source = Source(name, raw)
        yield source


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turns what goes wrong while reading ``name`` into SourceUnreadable."""
    try:
        yield
    except _DAMAGED as error:
        problem = getattr(error, "strerror", None) or str(error)
        remedy = "check the path and the file; - reads standard input"
        raise SourceUnreadable(name, f"cannot be read: {problem}", remedy) from error
