"""Where each key's row is: keys that follow each other without a gap are one run of rows.

A search in the keys themselves touches a dozen places in a file for each key that is looked up; the
runs of an archive are few, since only a changed or deleted article leaves a gap.
"""

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.int64]
_LEAST = np.iinfo(np.int64).min  # less than any key


class KeyRuns:
    """Finds the rows of keys. A row is the place of a key among all of them, which ascend."""

    def __init__(self, keys: _Numbers) -> None:
        """``keys`` ascend, ``(rows,)``."""
        starts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 2) != 1)
        ends = np.flatnonzero(np.diff(keys, append=keys[-1:] + 2) != 1)
        # Before all others stands a run without a key: what is in none of them is looked for there.
        self._first = np.append(_LEAST, keys[starts])
        self._last = np.append(_LEAST, keys[ends])
        self._less = np.append(0, keys[starts] - starts)  # what a key is more than its row

    def located(self, keys: _Numbers) -> tuple[_Numbers, NDArray[np.bool_]]:
        """For each key its row, and whether it has one; without one the row means nothing."""
        run = self._first.searchsorted(keys, side="right") - 1
        return keys - self._less[run], keys <= self._last[run]

    def row_of(self, key: int) -> int | None:
        """The row of one key, if it has one."""
        run = int(self._first.searchsorted(key, side="right")) - 1
        return int(key - self._less[run]) if key <= self._last[run] else None
