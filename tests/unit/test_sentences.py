"""Where sentences begin and end: told by hand."""

import pytest

from newsclip.index.sentences import SENTENCE, SENTENCE_END, sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["The tower fell in May.", "Nobody was hurt."],
        ["Was it raining?", "It was!", "“It burns!”", "He left."],
        ["Sens. Ada Byron and Eve Moore met Lt. Col. Åse.", "Mr. Lee did not."],
        ["Capt. Lee, Rev. Moore and Prof. Byron spoke.", "So did the Govs. of three states."],
        ["J. P. Moore owns 3.5 million.", "The U.S. said no."],
        ["It was sold for sens.", "A rep.", "And a gen."],  # in small letters none is a title
        ["He lives in St. Louis with Ada Byron Jr. and others."],
    ],
)
def test_a_text_is_cut_into_its_sentences(sentences: list[str]) -> None:
    assert [found.group().strip() for found in SENTENCE.finditer(" ".join(sentences))] == sentences
    ends = [found.end() for found in SENTENCE_END.finditer(" ".join(sentences))]
    assert ends == [len(" ".join(sentences[:count])) + 1 for count in range(1, len(sentences))]


def test_a_line_break_ends_a_sentence() -> None:
    text = "A subhead\nThe tower fell.\n\nNobody"
    assert [found.group().strip() for found in SENTENCE.finditer(text)] == [
        "A subhead",
        "The tower fell.",
        "Nobody",
    ]
    assert [found.end() for found in SENTENCE_END.finditer(text)] == [10, 27]


def test_what_is_too_short_or_too_long_is_not_worth_showing() -> None:
    text = f"Too short. {'Long ' * 80}end. A sentence of 25 letters."
    assert [text[start:end] for start, end in sentence_spans(text, 5)] == [
        "A sentence of 25 letters."
    ]
    assert sentence_spans("A sentence that is shown. " * 3, 2) == [(0, 25), (26, 51)]
