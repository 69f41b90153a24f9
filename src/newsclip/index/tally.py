"""How many articles of an answer have each section, tag, author or year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import Columns, Rows, first_of_each
from newsclip.index.digest import attribute_name
from newsclip.index.filters import NEVER
from newsclip.index.strings import Strings

_Keys = NDArray[np.int64]


@dataclass(frozen=True)
class Tallied:
    """A folded name, how many articles have it, and the key of the first one."""

    folded: str
    articles: int
    key: int


class Tally:
    """Counts the names that some articles hold, over all segments."""

    def __init__(self, names: Strings, keys: _Keys, places: Iterable[tuple[Columns, Rows, Rows]]):
        """``places`` are, for each segment, the places in ``keys`` that lie in it and their rows.

        The first of several articles is the one that stands first in ``keys``.
        """
        self._names = names
        self._keys = keys
        found = [(columns.gathered("attribute", "name", rows), at) for columns, at, rows in places]
        numbers = np.concatenate([values for (values, _), _ in found] or [np.empty(0, np.int64)])
        owners = np.concatenate([at[row] for (_, row), at in found] or [np.empty(0, np.int64)])
        order = np.lexsort((owners, numbers))
        numbers, owners = numbers[order].astype(np.int64), owners[order]
        first = np.flatnonzero(first_of_each(numbers))
        self._numbers = numbers[first]
        self._counts = np.diff(np.append(first, len(numbers)))
        self._first = owners[first]
        self._kinds = names.first_bytes(self._numbers)

    def most_common(self, attribute: str, count: int) -> Sequence[Tallied]:
        """The names of one attribute that most articles hold; of equals the first by name."""
        # The attributes' own names begin with different letters.
        mine = np.flatnonzero(self._kinds == ord(attribute[0]))
        least = np.sort(self._counts[mine])[-count:][:1]
        mine = mine[self._counts[mine] >= least] if len(mine) else mine
        prefix = len(attribute_name(attribute, ""))
        counted = zip(
            self._names.texts(self._numbers[mine].tolist()),
            self._counts[mine].tolist(),
            self._keys[self._first[mine]].tolist(),
            strict=True,
        )
        found = [Tallied(name[prefix:], articles, key) for name, articles, key in counted]
        return sorted(found, key=lambda each: (-each.articles, each.folded))[:count]


def years(published_at: NDArray[np.int64]) -> dict[int, int]:
    """How many of the moments (seconds since 1970; NEVER for none) lie in each year, UTC."""
    dated = published_at[published_at != NEVER].astype("datetime64[s]")
    year, counts = np.unique(
        dated.astype("datetime64[Y]").astype(np.int64) + 1970, return_counts=True
    )
    return dict(zip(year.tolist(), counts.tolist(), strict=True))
