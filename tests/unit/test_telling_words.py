"""Words in common, counted pair by pair, and the outlines that never say less than they are."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.columns import GrowingColumns
from newsclip.index.digest import Digester
from newsclip.index.strings import Strings
from newsclip.index.telling_words import LEAST_CONTAINED, LEAST_COVERED, Kinds, Outlines, Words

TERMS = Analyzer().terms
WORDS = [f"w{'aeiou'[i % 5]}{'bcdf'[i // 5 % 4]}{'klmn'[i // 20 % 4]}a{i}x" for i in range(3_100)]
"""More than there are classes, so that some share one."""


def columns_of(*bodies: str) -> tuple[GrowingColumns, Kinds]:
    terms = Strings()
    terms.add([TERMS(word)[0] for word in WORDS])  # each has its number, whatever the bodies say
    entries = {key: article(str(key), body=body) for key, body in enumerate(bodies)}
    block = Digester(TERMS, terms, Strings()).block(entries, np.ones((len(bodies), 2), np.float32))
    columns = GrowingColumns(2)
    columns.append(block)
    return columns, Kinds(terms)


def outlined(one: str, other: str) -> bool:
    columns, kinds = columns_of(one, other)
    outlines = Outlines(columns, kinds)
    return bool(outlines.may_agree(np.array([0]), outlines, np.array([1]))[0])


def test_words_in_common_are_counted_as_often_as_both_have_them() -> None:
    columns, kinds = columns_of("harbour harbour strike 1904 the", "strike harbour 1904 1905 a")
    one, other = (Words.of(columns, np.array([row]), kinds) for row in (0, 1))
    common, figures = one.common(other)
    assert (common.tolist(), figures.tolist()) == ([3.0], [1.0]), "the and a are not telling"
    assert (one.sizes.tolist(), other.sizes.tolist()) == ([4.0], [4.0])
    assert (one.figures.tolist(), other.figures.tolist()) == ([1.0], [2.0])


bodies = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60)


@given(bodies, bodies, st.integers(0, 60))
def test_bodies_that_agree_are_never_told_off_by_their_outlines(
    one: list[str], other: list[str], taken_over: int
) -> None:
    other = [*one[:taken_over], *other]
    common = sum((Counter(one) & Counter(other)).values())
    shorter, longer = sorted((len(one), len(other)))
    if common >= LEAST_CONTAINED * shorter and common >= LEAST_COVERED * longer:
        assert outlined(" ".join(one), " ".join(other))


def test_outlines_tell_off_what_shares_too_little() -> None:
    assert not outlined(" ".join(WORDS[:60]), " ".join(WORDS[40:100]))


def test_bodies_too_long_for_their_outlines_may_agree() -> None:
    same_class = " ".join(WORDS[0::512] * 63)
    columns, kinds = columns_of(same_class)
    assert Words.of(columns, np.array([0]), kinds).sizes.tolist() == [7 * 63], "of one class"
    assert outlined(same_class, same_class)
