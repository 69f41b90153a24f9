"""Long texts in passages, and the passages' embeddings in one."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.long_texts import (
    cut,
    passage_length,
    passage_weights,
    pooled,
    readable,
    unit_rows,
)


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def test_a_short_text_is_one_passage() -> None:
    assert cut("one two", 16, words) == ["one two"]
    assert cut("", 16, words) == [""]


def test_passages_of_so_many_pieces() -> None:
    text = " ".join(f"w{n}" for n in range(9))
    assert cut(text, 4, words) == ["w0 w1 w2 w3 ", "w4 w5 w6 w7 ", "w8"]


def test_a_passage_begins_with_a_whole_word() -> None:
    # Pieces of three letters: the sixth begins within "our".
    def thirds(text: str) -> list[tuple[int, int]]:
        return [(n, n + 3) for n in range(0, len(text), 3)]

    passages = cut("the trams of our harbours run", 5, thirds)
    assert passages == ["the trams of ", "our harbours run"]


def test_a_very_long_text_ends_somewhere() -> None:
    passages = cut("word " * 100_000, 20, words)
    assert len(passages) == 64
    assert sum(map(len, passages)) <= 20 * 64 * 16


@given(st.text(st.sampled_from("ab \n"), max_size=400), st.integers(1, 30))
def test_nothing_is_lost_or_read_twice(text: str, length: int) -> None:
    passages = cut(text, length, words)
    assert "".join(passages).split() == text.split()


def test_the_first_passage_counts_most_and_the_others_by_their_length() -> None:
    a, b, c = np.eye(3, dtype=np.float32)
    cuts = [["four", "four", "to"], ["one"]]
    rows = pooled(np.array([a, b, c, a]), cuts)
    np.testing.assert_allclose(rows, [[1, 0.5, 0.25], [1, 0, 0]])
    assert pooled(np.empty((0, 3), np.float32), []).shape == (0, 3)


def test_the_other_passages_together_count_no_more_than_the_first() -> None:
    np.testing.assert_allclose(passage_weights([""]), [1])
    np.testing.assert_allclose(passage_weights(["four"] * 5), [1, 0.25, 0.25, 0.25, 0.25])
    np.testing.assert_allclose(passage_weights(["ab", "abcdef", "ab"]), [1, 0.75, 0.25])


def test_what_a_model_reads() -> None:
    assert passage_length(256, prompted=False) == 248
    assert passage_length(256, prompted=True) == 224
    assert passage_length(8192, prompted=False) == 504
    assert passage_length(20, prompted=True) == 16


def test_unit_rows() -> None:
    rows = np.array([[3, 4], [3, 4], [0, 0]], dtype=np.float32)
    np.testing.assert_allclose(
        unit_rows(rows, ["word", "?!", "word"]), [[0.6, 0.8], [1, 0], [1, 0]]
    )


@pytest.mark.parametrize("text", ["\ud83d", "a\udfffb", "fine 🙂"])
def test_lone_surrogates_are_replaced(text: str) -> None:
    readable(text).encode("utf-8")
    assert len(readable(text)) == len(text)
