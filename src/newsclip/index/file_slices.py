"""An array in a file, of which slices are read, so that none of it is mapped into the process."""

import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class FileSlices:
    """Gives slices of a file of plain values, as an array over it would."""

    def __init__(self, file: Path, kind: np.dtype[Any]) -> None:
        self._descriptor = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self._kind = kind
        self._length = file.stat().st_size // kind.itemsize

    def __getitem__(self, part: slice) -> NDArray[Any]:
        start, stop, _ = part.indices(self._length)
        size = self._kind.itemsize
        data = os.pread(self._descriptor, max(0, stop - start) * size, start * size)
        return np.frombuffer(data, self._kind)
