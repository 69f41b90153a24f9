"""Words by their beginning and by what they were mistyped for, against a look at each of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsclip.index.wordlist import WordList, edits, nearest

_words = st.one_of(
    st.text(st.sampled_from("aabbc"), min_size=1, max_size=11),
    st.text(st.sampled_from("ааббж"), min_size=1, max_size=11),
)


def word_list(*texts: str) -> WordList:
    return WordList(WordList.arrays_of([(text, place) for place, text in enumerate(texts)]))


def texts_at(words: WordList, places: np.ndarray) -> list[str]:
    return [words[place] for place in places.tolist()]


def one_edit_apart(one: str, other: str) -> bool:
    """Straight from the definition: drop, add, replace a letter, or swap two neighbours."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[:start] + one[start + 1 : start + 2] + one[start] + one[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped == other


@settings(max_examples=300, deadline=None)
@given(st.lists(_words, max_size=20), _words)
def test_beginnings(texts: list[str], prefix: str) -> None:
    words = word_list(*texts)
    ordered = sorted(texts, key=str.encode)
    assert [words[place] for place in range(len(words))] == ordered
    found = words.starting(prefix)
    assert texts_at(words, found) == [text for text in ordered if text.startswith(prefix)]
    near = set(texts_at(words, words.starting_nearly(prefix)))
    expected = {
        text
        for text in texts
        if any(one_edit_apart(text[:n], prefix) for n in range(len(text) + 1))
    }
    assert near == (expected if len(prefix) >= 5 else set())


@settings(max_examples=200, deadline=None)
@given(st.lists(_words, max_size=20, unique=True), _words)
def test_the_nearest(texts: list[str], word: str) -> None:
    found = {text for text, _ in word_list(*texts).nearest(word)}
    one_away = {text for text in texts if one_edit_apart(text, word)}
    further = {text for text, _ in nearest(word, dict.fromkeys(texts, 0))} - one_away
    if len(word) < 4 or one_away:
        assert found == (one_away if len(word) >= 4 else set())
    else:
        assert found == {text for text in further if text[0] == word[0]}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("harbuor", ["harbour"]),  # two changed places
        ("harbor", ["harbour"]),
        ("goverment", ["government"]),
        ("gvoerment", ["government"]),  # two edits, of nine letters
        ("ogvermnent", []),  # one of them to the first letter
        ("hrabuor", []),  # two edits, of seven
        ("lwa", []),
        ("harbour", []),  # as it is
        ("c3po", []),
    ],
)
def test_how_far_a_word_may_be(word: str, expected: list[str]) -> None:
    words = word_list("government", "harbour", "law", "c3pa")
    assert [text for text, _ in words.nearest(word)] == expected


def test_those_with_the_highest_numbers() -> None:
    words = WordList(WordList.arrays_of([("ab", 3), ("aa", 1), ("ac", 9), ("b", 99), ("ad", 3)]))
    best = words.most(words.starting("a"), 3)
    assert [(words[place], words.numbers[place]) for place in best] == [
        ("ac", 9),
        ("ab", 3),
        ("ad", 3),
    ]
    assert len(words.most(words.starting("x"), 3)) == 0


def test_an_empty_list() -> None:
    words = WordList.empty()
    assert (len(words), words.nearest("harbour"), len(words.starting("h"))) == (0, [], 0)
    assert len(words.starting_nearly("harbour")) == 0


def test_short_beginnings_are_taken_as_they_are() -> None:
    assert edits("harb") == frozenset()
    assert {"harbo", "harbou", "ahrbor", "xharbor", "harborz"} <= edits("harbor")
    assert not {"harbor", "harb", "abhror", "harbxyr"} & edits("harbor")
    assert edits("h" * 41) == frozenset()
