"""Columns on disk: written block by block, memory-mapped to be read."""

from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from newsclip.index.columns import RAGGED, Array, Block, Columns, file_types, parts_of, widths
from newsclip.index.file_slices import FileSlices

# A question needs the terms of a hundred rows, a kilobyte here and there, and mapping brings in
# what lies around each: of a million articles 1.2 GB in the end, and in 3 GB of memory answers take
# six times as long. A hundred slices are mapped 85 us faster than they are read, so of up to some
# eighty thousand articles they are; of more, a service would take more than 500 MB.
_MOST_MAPPED = 100 * 2**20  # bytes


class ColumnWriter:
    """Writes columns to files, block by block, without holding them."""

    def __init__(self, folder: Path) -> None:
        self.rows = 0
        self._files: dict[str, IO[bytes]] = {}
        self._last_end = dict.fromkeys(RAGGED, 0)
        for name in file_types():
            self._files[name] = (folder / f"{name}.column").open("wb")

    def append(self, block: Block) -> None:
        """Adds rows whose keys are higher than all before."""
        for name, part in parts_of(block, self._last_end):
            np.ascontiguousarray(part, file_types()[name]).tofile(self._files[name])
        for group, lengths in block.lengths.items():
            self._last_end[group] += int(lengths.sum())
        self.rows += len(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()


def mapped_columns(folder: Path, dimension: int, most_terms: int = _MOST_MAPPED) -> Columns:
    """The columns that a ColumnWriter has written, memory-mapped; the terms up to so many bytes."""
    arrays, unmapped = {}, {}
    for name, kind in file_types().items():
        file = folder / f"{name}.column"
        if name == "term.entry" and file.stat().st_size > most_terms:
            unmapped[name] = FileSlices(file, kind)
            continue
        array = mapped(file, kind)
        width = widths(dimension).get(name)
        arrays[name] = array if width is None else array.reshape(-1, width)
    return Columns(arrays, unmapped)


def mapped(file: Path, kind: np.dtype[Any]) -> Array:
    """A file of plain values as an array, memory-mapped; of a file without any, an empty array."""
    if not file.stat().st_size:
        return np.empty(0, kind)
    # A plain array over the map: numpy's own subclass makes each slice an object ten times as slow.
    return np.asarray(np.memmap(file, kind, mode="r"))
