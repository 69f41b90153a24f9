"""The columns of a segment: one entry a row.

A *row* is the place of one version of an article in its segment; rows ascend with their keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.index.file_slices import FileSlices
from newsclip.index.key_runs import KeyRuns
from newsclip.index.sketch import WIDTH

Array = NDArray[Any]
Rows = NDArray[np.int64]

TEXT_FIELDS = ("title", "summary", "body", "tags")
"""The fields that are searched for words; a term in a field has the code ``4 * term + field``."""

BODY = TEXT_FIELDS.index("body")

MOST_COUNTED = 2**6 - 1
"""A term that stands more often in a field counts as often as this: BM25 gains a hundredth."""

IN_LEAD = 2**6
"""The bit of an entry that says that the term is among the first LEAD words of the body."""

LEAD = 60
"""Words of a body that tell what the article is about: as a rule two or three sentences."""

COUNT_BITS = 7
_FIELD_BITS = 2  # of a code, which begins after those of the count

MOST_TERMS = 2 ** (32 - COUNT_BITS) // len(TEXT_FIELDS)
"""Terms from this number on, 8.4 million, have no code, and count for nothing."""

PLAIN: Mapping[str, np.dtype[Any]] = {
    "key": np.dtype("<i8"),
    "visible_from": np.dtype("<i8"),  # seconds since 1970, as the two that follow
    "visible_until": np.dtype("<i8"),
    "published_at": np.dtype("<i8"),
    "section": np.dtype("<i4"),  # number of the name as written; -1 for none
}
"""Columns with one value a row."""

RAGGED: Mapping[str, Mapping[str, np.dtype[Any]]] = {
    "term": {"entry": np.dtype("<u4")},  # code << COUNT_BITS | IN_LEAD, if it is, | count
    "attribute": {"name": np.dtype("<u4")},
    "tag": {"written": np.dtype("<u4")},
}
"""Columns with any number of values a row; the values of one group lie side by side."""

# In half precision a cosine is less than .0001 off, and an archive of a million half as large.
_WIDE: Mapping[str, np.dtype[Any]] = {
    "embedding": np.dtype("<f2"),
    "field_length": np.dtype("<u4"),
    "sketch": np.dtype("<u4"),
}


@dataclass(frozen=True)
class Block:
    """Some rows of every column, to be appended to a segment.

    ``plain`` and ``wide`` have one entry a row, ``(n,)`` and ``(n, width)``; ``lengths[group]``
    says how many of the ``values["group.value"]`` belong to each row.
    """

    plain: Mapping[str, Array]
    wide: Mapping[str, Array]
    lengths: Mapping[str, NDArray[np.int64]]
    values: Mapping[str, Array]

    def __len__(self) -> int:
        return len(self.plain["key"])


@dataclass(frozen=True)
class RowTerms:
    """The terms of some rows, as they are stored.

    ``entries`` are those of all rows, one row after the other, and ``ends`` says where each row's
    end there, ``(n,)``; ``lengths`` are those of each row's fields, ``(n, fields)``.
    """

    entries: NDArray[np.uint32]
    ends: NDArray[np.int64]
    lengths: NDArray[np.uint32]


def terms_of(entries: NDArray[np.integer]) -> NDArray[np.int64]:
    """The term of each entry."""
    return (entries >> (COUNT_BITS + _FIELD_BITS)).astype(np.int64)


def fields_of(entries: NDArray[np.integer]) -> NDArray[np.integer]:
    """The place in TEXT_FIELDS of the field that each entry is of."""
    return (entries >> COUNT_BITS) & (len(TEXT_FIELDS) - 1)


def in_field(entries: NDArray[np.integer], field: str) -> NDArray[np.bool_]:
    """Which entries are of a text field; by their bits, in a fifth of a remainder's time."""
    bits = (len(TEXT_FIELDS) - 1) << COUNT_BITS
    within: NDArray[np.bool_] = entries & bits == TEXT_FIELDS.index(field) << COUNT_BITS
    return within


def spans(ends: Array, rows: Rows) -> tuple[Rows, Rows]:
    """Where the values of each row begin and end in a ragged column whose rows end at ``ends``."""
    return np.where(rows > 0, ends[rows - 1], 0), ends[rows]


def span(ends: Array, row: int) -> slice:
    """Where the values of one row lie in a ragged column whose rows end at ``ends``."""
    return slice(ends[row - 1] if row else 0, ends[row])


def runs(starts: Rows, lengths: Rows) -> tuple[Rows, Rows]:
    """The places of some runs, one after the other, and for each the number of its run."""
    run = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(len(run)) + (starts - before)[run], run


def first_of_each(ascending: Array) -> NDArray[np.bool_]:
    """Which of some ascending numbers are not the one before again."""
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return first


def widths(dimension: int) -> dict[str, int]:
    """How many values the columns of fixed width have in a row."""
    return {"embedding": dimension, "field_length": len(TEXT_FIELDS), "sketch": WIDTH}


def file_types() -> dict[str, np.dtype[Any]]:
    """The type of each column's file."""
    ends = {f"{group}.end": np.dtype("<i8") for group in RAGGED}
    values = {
        f"{group}.{value}": kind for group, kinds in RAGGED.items() for value, kind in kinds.items()
    }
    return {**PLAIN, **_WIDE, **ends, **values}


class Columns:
    """Reads columns, wherever their arrays lie."""

    def __init__(
        self, arrays: Mapping[str, Array], unmapped: Mapping[str, FileSlices] | None = None
    ) -> None:
        """``unmapped`` are ragged columns that only :meth:`joined` and :meth:`values` give."""
        self._arrays = arrays
        self._unmapped = unmapped or {}
        self._runs: KeyRuns | None = None

    def __len__(self) -> int:
        return len(self["key"])

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def rows_of(self, keys: Rows) -> Rows:
        """The row of each key that is here, in the order of the keys; others are left out."""
        places, here = self.located(keys)
        return places[here]

    def located(self, keys: Rows) -> tuple[Rows, NDArray[np.bool_]]:
        """For each key its row, and whether it has one here; without one the row means nothing."""
        return self._key_runs().located(keys)

    def row_of(self, key: int) -> int | None:
        """The row of a key, if it has one here; of one key in a tenth of the time."""
        return self._key_runs().row_of(key)

    def _key_runs(self) -> KeyRuns:
        if self._runs is None:
            self._runs = KeyRuns(self["key"])
        return self._runs

    def joined(self, group: str, value: str, rows: Rows) -> tuple[Array, Rows]:
        """The values of some rows, one row after the other; and where each row's end there."""
        starts, stops = spans(self[f"{group}.end"], rows)
        data, kind = self._bytes(f"{group}.{value}"), RAGGED[group][value]
        if isinstance(data, FileSlices):
            joined = data.joined(starts, stops)
        else:  # half the time of arrays, a sixth of what picking value by value takes
            runs = zip(starts.tolist(), stops.tolist(), strict=True)
            joined = b"".join([data[start:stop] for start, stop in runs])
        return np.frombuffer(joined, kind), np.cumsum(stops - starts, dtype=np.int64)

    def gathered(self, group: str, value: str, rows: Rows) -> tuple[Array, Rows]:
        """The values of some rows, and for each the place in ``rows``; quick for short groups."""
        starts, stops = spans(self[f"{group}.end"], rows)
        places, row = runs(starts, stops - starts)
        return self[f"{group}.{value}"][places], row

    def terms(self, rows: Rows) -> RowTerms:
        """The terms of some rows."""
        lengths = self["field_length"].take(rows, axis=0)
        return RowTerms(*self.joined("term", "entry", rows), lengths)

    def values(self, group: str, value: str, row: int) -> Array:
        """The values of one row."""
        own = self._bytes(f"{group}.{value}")[span(self[f"{group}.end"], row)]
        return np.frombuffer(own, RAGGED[group][value])

    def _bytes(self, name: str) -> memoryview | FileSlices:
        """What has a column's bytes: a slice of values gives those of them."""
        return self._unmapped[name] if name in self._unmapped else self[name].data

    def take(self, rows: Rows) -> Block:
        """A copy of some rows."""
        lengths, values = {}, {}
        for group, kinds in RAGGED.items():
            for value in kinds:
                values[f"{group}.{value}"], ends = self.joined(group, value, rows)
                lengths[group] = np.diff(ends, prepend=0)
        plain = {name: self[name][rows] for name in PLAIN}
        return Block(plain, {name: self[name][rows] for name in _WIDE}, lengths, values)


class GrowingColumns(Columns):
    """Columns in memory that blocks can be appended to."""

    def __init__(self, dimension: int) -> None:
        self._grown = {
            name: Growing(kind, widths(dimension).get(name)) for name, kind in file_types().items()
        }
        super().__init__({name: column.array for name, column in self._grown.items()})

    def append(self, block: Block) -> None:
        """Adds rows whose keys are higher than all before."""
        for name, part in parts_of(block, self):
            self._grown[name].append(part)
        self._arrays = {name: column.array for name, column in self._grown.items()}
        self._runs = None


def parts_of(block: Block, before: Columns | Mapping[str, int]) -> Iterable[tuple[str, Array]]:
    """What a block adds to each column; ``before`` tells where each group's values have ended."""
    yield from block.plain.items()
    yield from block.wide.items()
    yield from block.values.items()
    for group, lengths in block.lengths.items():
        if isinstance(before, Columns):
            ends = before[f"{group}.end"]
            last = int(ends[-1]) if len(ends) else 0
        else:
            last = before[group]
        yield f"{group}.end", last + np.cumsum(lengths, dtype=np.int64)


class Growing:
    """An array with room at its end, so that appending costs what is appended."""

    def __init__(self, kind: np.dtype[Any], width: int | None = None) -> None:
        """``width`` is None for plain values, else how many stand in a row."""
        self._room = np.empty((64,) if width is None else (64, width), kind)
        self._size = 0

    @property
    def array(self) -> Array:
        """What has been appended; good until more is."""
        return self._room[: self._size]

    def append(self, part: Array) -> None:
        """Adds values, or rows, at the end."""
        size = self._size + len(part)
        if size > len(self._room):
            more = max(size, 2 * len(self._room)) - self._size
            self._room = np.concatenate(
                (self.array, np.empty((more, *self._room.shape[1:]), self._room.dtype))
            )
        self._room[self._size : size] = part
        self._size = size
