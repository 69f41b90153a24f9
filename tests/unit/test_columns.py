"""Columns in memory, columns on disk and a plain list of rows hold the same."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsclip.index.column_files import ColumnWriter, mapped, mapped_columns
from newsclip.index.columns import (
    MOST_TERMS,
    PLAIN,
    RAGGED,
    TEXT_FIELDS,
    Block,
    Columns,
    GrowingColumns,
    file_types,
    in_field,
    terms_of,
)
from newsclip.index.sketch import WIDTH

DIMENSION = 3
Row = dict[str, Any]

small = st.integers(0, 2**31 - 1)
moments = st.integers(-(2**62), 2**62)
_eighths = st.integers(-8, 8).map(
    lambda number: number / 8
)  # of which half precision loses nothing


rows = st.fixed_dictionaries(
    {
        "key": st.integers(1, 2**40),
        "visible_from": moments,
        "visible_until": moments,
        "published_at": moments,
        "section": st.integers(-1, 2**31 - 1),
        "embedding": st.lists(_eighths, min_size=DIMENSION, max_size=DIMENSION),
        "field_length": st.lists(small, min_size=4, max_size=4),
        "sketch": small.map(lambda number: [number] * WIDTH),
        "term": st.lists(st.integers(0, 2**32 - 1), max_size=4),
        "attribute": st.lists(small, max_size=3),
        "tag": st.lists(small, max_size=3),
    }
)
_rows: st.SearchStrategy[list[Row]] = st.lists(rows, max_size=8, unique_by=lambda row: row["key"])
tables = _rows.map(lambda table: sorted(table, key=lambda row: int(row["key"])))


def block_of(table: Sequence[Row]) -> Block:
    """The rows of the model as a block."""
    ragged = [(group, value) for group, kinds in RAGGED.items() for value in kinds]
    return Block(
        plain={name: np.array([row[name] for row in table], np.int64) for name in PLAIN},
        wide={
            "embedding": np.array([row["embedding"] for row in table], np.float32).reshape(-1, 3),
            "field_length": np.array([row["field_length"] for row in table], np.int64).reshape(
                -1, 4
            ),
            "sketch": np.array([row["sketch"] for row in table], np.int64).reshape(-1, WIDTH),
        },
        lengths={g: np.array([len(row[g]) for row in table], np.int64) for g in RAGGED},
        values={
            f"{group}.{value}": np.array(
                [number for row in table for number in row[group]], np.int64
            )
            for group, value in ragged
        },
    )


def parts(table: Sequence[Row], cuts: Sequence[int]) -> Iterator[Block]:
    """The table in several blocks, some of them empty."""
    bounds = [0, *sorted(min(cut, len(table)) for cut in cuts), len(table)]
    for start, end in pairwise(bounds):
        yield block_of(table[start:end])


def every_kind(table: Sequence[Row], cuts: Sequence[int], folder: Path) -> list[Columns]:
    """The table in memory and in files, all filled block by block."""
    growing = GrowingColumns(DIMENSION)
    with ColumnWriter(folder) as writer:
        for block in parts(table, cuts):
            growing.append(block)
            writer.append(block)
    assert writer.rows == len(table)
    unmapped = mapped_columns(folder, DIMENSION, most_terms=-1)
    return [growing, mapped_columns(folder, DIMENSION), unmapped]


def assert_same(block: Block, table: Sequence[Row]) -> None:
    expected = block_of(table)
    assert len(block) == len(table)
    for kind in ("plain", "wide", "lengths", "values"):
        for name, array in getattr(expected, kind).items():
            np.testing.assert_array_equal(getattr(block, kind)[name], array, err_msg=name)


@settings(max_examples=60)
@given(tables, st.lists(st.integers(0, 8), max_size=3), st.lists(st.integers(0, 7), max_size=10))
def test_memory_files_and_a_list_of_rows_agree(
    table: list[Row], cuts: list[int], picked: list[int]
) -> None:
    picked = [place for place in picked if place < len(table)]
    chosen = np.array(picked, np.int64)
    with TemporaryDirectory() as folder:
        for columns in every_kind(table, cuts, Path(folder)):
            assert len(columns) == len(table)
            assert_same(columns.take(np.arange(len(table))), table)
            assert_same(columns.take(chosen), [table[place] for place in picked])
            for group, kinds in RAGGED.items():
                for value in kinds:
                    held = [row[group] for row in table]
                    assert [
                        columns.values(group, value, n).tolist() for n in range(len(table))
                    ] == held
                    joined, ends = columns.joined(group, value, chosen)
                    assert joined.tolist() == [n for place in picked for n in held[place]]
                    lengths = [len(held[place]) for place in picked]
                    assert ends.tolist() == [*accumulate(lengths)]


@given(st.lists(st.tuples(st.integers(0, MOST_TERMS - 1), st.integers(0, 3), st.integers(0, 127))))
def test_an_entry_tells_its_term_and_its_field(parts: list[tuple[int, int, int]]) -> None:
    entries = np.array([(term * 4 + field) * 128 + rest for term, field, rest in parts], np.uint32)
    assert terms_of(entries).tolist() == [term for term, _, _ in parts]
    for number, field in enumerate(TEXT_FIELDS):
        assert in_field(entries, field).tolist() == [number == own for _, own, _ in parts]


@settings(max_examples=60)
@given(tables, st.lists(st.integers(0, 2**40), max_size=5))
def test_rows_of_keys_leaves_out_those_that_are_not_here(
    table: list[Row], others: list[int]
) -> None:
    place = {row["key"]: number for number, row in enumerate(table)}
    columns = GrowingColumns(DIMENSION)
    for row in table:
        columns.append(block_of([row]))
        assert columns.rows_of(np.array([row["key"]])).tolist() == [place[row["key"]]]
    for keys in ([*others, *reversed(place)], [*place, *others]):
        expected = [place[key] for key in keys if key in place]
        assert columns.rows_of(np.array(keys, np.int64)).tolist() == expected


def test_each_file_has_the_type_that_is_written_down(tmp_path: Path) -> None:
    row: Row = {name: [] for name in RAGGED} | {
        "embedding": [1, 0, 0],
        "field_length": [1, 2, 3, 4],
        "sketch": list(range(WIDTH)),
    }
    table = [dict.fromkeys(PLAIN, 7) | row | {"term": [9], "tag": [1, 2]}]
    growing, stored, _ = every_kind(table, [], tmp_path)
    sizes = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    assert sizes == {
        "key.column": 8,
        "visible_from.column": 8,
        "visible_until.column": 8,
        "published_at.column": 8,
        "section.column": 4,
        "embedding.column": 6,
        "field_length.column": 16,
        "sketch.column": 4 * WIDTH,
        "term.end.column": 8,
        "term.entry.column": 4,
        "attribute.end.column": 8,
        "attribute.name.column": 0,
        "tag.end.column": 8,
        "tag.written.column": 8,
    }
    for name, kind in file_types().items():
        assert growing[name].dtype == stored[name].dtype == kind


def test_without_rows(tmp_path: Path) -> None:
    for columns in every_kind([], [0, 0], tmp_path):
        nothing = np.empty(0, np.int64)
        assert len(columns) == 0
        assert columns["embedding"].shape == (0, DIMENSION)
        assert columns.rows_of(np.array([1, 2])).tolist() == columns.rows_of(nothing).tolist() == []
        assert columns.joined("term", "entry", nothing)[0].tolist() == []
        assert len(columns.take(nothing)) == 0


def test_growing_keeps_what_was_read_before() -> None:
    columns = GrowingColumns(DIMENSION)
    table = [
        dict.fromkeys(PLAIN, key)
        | {"embedding": [key, 0, 0], "field_length": [key] * 4, "sketch": [key] * WIDTH}
        | {"term": [key] * (key % 3), "attribute": [key], "tag": []}
        for key in range(1, 301)
    ]
    columns.append(block_of(table[:64]))
    before = columns["embedding"]
    columns.append(block_of(table[64:65]))
    columns.append(block_of(table[65:]))
    assert before[:, 0].tolist() == list(range(1, 65))
    assert_same(columns.take(np.arange(300)), table)


def test_stored_columns_cannot_be_changed(tmp_path: Path) -> None:
    (tmp_path / "numbers").write_bytes(bytes(8))
    array = mapped(tmp_path / "numbers", np.dtype("<i4"))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
