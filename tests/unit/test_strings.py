"""Numbered strings do as a dictionary does, added or stored."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.strings import UNKNOWN, Strings

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from("abc")
batches = st.lists(st.lists(texts, max_size=6), max_size=6)
steps = st.lists(st.lists(texts, max_size=6) | st.just("stored"), max_size=8)


def stored(strings: Strings) -> Strings:
    """The same strings, as another process reads them."""
    return Strings(
        {
            name: np.frombuffer(array.tobytes(), array.dtype)
            for name, array in strings.arrays().items()
        }
    )


@given(steps, st.lists(texts, max_size=8))
def test_numbers_are_those_of_a_dictionary(
    steps: Sequence[list[str] | str], asked: list[str]
) -> None:
    strings, model = Strings(), dict[str, int]()
    for step in steps:
        if isinstance(step, str):
            strings = stored(strings)
            continue
        expected = [model.setdefault(text, len(model)) for text in step]
        assert strings.add(step).tolist() == expected
    assert len(strings) == len(model)
    everything = [*asked, *model]
    assert strings.numbers(everything).tolist() == [model.get(t, UNKNOWN) for t in everything]
    assert [strings.number(text) for text in asked] == [model.get(t, UNKNOWN) for t in asked]
    assert strings.texts(range(len(model))) == list(model)
    sizes = strings.byte_lengths(np.array(list(model.values())[::-1], np.int64))
    assert sizes.tolist() == [len(text.encode()) for text in reversed(model)]


def test_what_is_remembered_of_lookups_changes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsclip.index.strings._REMEMBERED", 2)
    first = Strings()
    first.add(["a", "b", "c", "d"])
    strings = stored(first)
    for _ in range(2):
        assert strings.numbers(["a", "x", "d", "b", "c", "a"]).tolist() == [0, -1, 3, 1, 2, 0]
    assert strings.add(["x", "a"]).tolist() == [4, 0]
    assert strings.numbers(["x", "y"]).tolist() == [4, -1]


@given(batches)
def test_arrays_keep_everything(batches: list[list[str]]) -> None:
    strings = Strings()
    for batch in batches:
        strings = stored(strings)
        strings.add(batch)
    once = Strings.arrays_of(list(dict.fromkeys(text for batch in batches for text in batch)))
    arrays = strings.arrays()
    assert arrays.keys() == once.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, once[name])


def test_the_arrays_by_hand() -> None:
    arrays = Strings.arrays_of(["é", "", "ab"])
    assert arrays["ends"].tolist() == [2, 2, 4]
    assert bytes(arrays["text"].tobytes()).decode() == "éab"
    assert sorted(arrays["numbers"].tolist()) == [0, 1, 2]
    assert arrays["hashes"].tolist() == sorted(arrays["hashes"].tolist())


def test_strings_added_after_the_stored_ones_count_on() -> None:
    strings = stored(Strings(Strings.arrays_of(["a", "b"])))
    assert strings.add(["c", "b", "c", "d"]).tolist() == [2, 1, 2, 3]
    assert strings.text(1) == "b"
    assert strings.text(3) == "d"
    assert (len(strings), strings.number("e")) == (4, UNKNOWN)


@pytest.mark.parametrize("known", [[], ["a"]])
def test_nothing_asked_for(known: list[str]) -> None:
    strings = Strings(Strings.arrays_of(known))
    assert strings.numbers([]).tolist() == strings.add([]).tolist() == []
    assert strings.byte_lengths(np.empty(0, np.int64)).tolist() == []
    assert strings.texts([]) == []
