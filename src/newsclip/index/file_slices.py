"""An array in a file, of which slices are read, so that none of it is mapped into the process."""

import os
import weakref
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class FileSlices:
    """Gives the bytes of slices of a file of plain values, as an array's ``data`` would."""

    def __init__(self, file: Path, kind: np.dtype[Any]) -> None:
        self._descriptor = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self._size = kind.itemsize

    def joined(self, starts: NDArray[np.int64], stops: NDArray[np.int64]) -> bytes:
        """Of the values from each start up to its stop, one part after the other."""
        sizes, places = (stops - starts) * self._size, starts * self._size
        # Told apart in Python, a hundred parts take twice as long.
        return b"".join(map(os.pread, repeat(self._descriptor), sizes.tolist(), places.tolist()))

    def __getitem__(self, part: slice) -> bytes:
        """Of the values from the slice's start up to its stop; it has both, and no step."""
        start, size = int(part.start), self._size
        return os.pread(self._descriptor, (int(part.stop) - start) * size, start * size)
