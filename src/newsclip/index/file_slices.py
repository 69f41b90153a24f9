"""An array in a file, of which slices are read, so that none of it is mapped into the process."""

import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np


class FileSlices:
    """Gives the bytes of slices of a file of plain values, as an array's ``data`` would."""

    def __init__(self, file: Path, kind: np.dtype[Any]) -> None:
        self._descriptor = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self._size = kind.itemsize

    def __getitem__(self, part: slice) -> bytes:
        """Of the values from the slice's start up to its stop; it has both, and no step."""
        start, size = int(part.start), self._size
        return os.pread(self._descriptor, (int(part.stop) - start) * size, start * size)
