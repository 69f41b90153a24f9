"""What is remembered, and for how long."""

from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.memo import Memo


class Counting:
    """Words backwards, and which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, word: str) -> str:
        self.asked.append(word)
        return word[::-1]


def test_what_is_asked_for_again_outlives_a_generation() -> None:
    made = Counting()
    memo = Memo(made, remembered=2, longest=9)
    for word in ("ab", "cd", "ef", "ab", "gh", "ab", "cd"):
        assert memo[word] == word[::-1]
    # "ef" begins the second generation and "gh" the third, into which "ab" is taken each time.
    assert made.asked == ["ab", "cd", "ef", "gh", "cd"]


def test_long_words_are_made_each_time() -> None:
    made = Counting()
    memo = Memo(made, remembered=2, longest=3)
    assert [memo["abcd"], memo["abcd"], memo["abc"]] == ["dcba", "dcba", "cba"]
    assert (made.asked, list(memo)) == (["abcd", "abcd", "abc"], ["abc"])


@given(st.lists(st.text("abc", max_size=3)), st.integers(1, 4))
def test_answers_are_the_same_and_room_is_bounded(words: list[str], remembered: int) -> None:
    memo = Memo(Counting(), remembered, longest=2)
    for word in words:
        assert memo[word] == word[::-1]
        assert len(memo) <= remembered
