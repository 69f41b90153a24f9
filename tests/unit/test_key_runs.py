"""Rows of keys, against a plain dictionary."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.key_runs import KeyRuns

# Few numbers, so that many of them follow each other; and some that lie far apart.
keys_there = st.sets(st.integers(1, 30) | st.integers(2**40, 2**40 + 5))


@given(keys_there, st.lists(st.integers(-2, 33) | st.integers(2**40 - 2, 2**40 + 8)))
def test_each_key_is_where_it_stands_among_all(there: set[int], asked: list[int]) -> None:
    row = {key: place for place, key in enumerate(sorted(there))}
    runs = KeyRuns(np.array(sorted(there), np.int64))
    places, here = runs.located(np.array(asked, np.int64))
    assert here.tolist() == [key in row for key in asked]
    found = [place for place, is_here in zip(places.tolist(), here, strict=True) if is_here]
    assert found == [row[key] for key in asked if key in row]
    assert [runs.row_of(key) for key in asked] == [row.get(key) for key in asked]


def test_a_gap_begins_another_run() -> None:
    places, here = KeyRuns(np.array([4, 5, 6, 9, 10])).located(np.array([6, 7, 8, 9, 3, 11]))
    assert here.tolist() == [True, False, False, True, False, False]
    assert places[here].tolist() == [2, 3]
