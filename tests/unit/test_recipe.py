"""Which of an article is embedded, and what of that counts more."""

from typing import Any

import numpy as np
import pytest
from tests.doubles import AxisEncoder, article, embedding_of

from newsclip.index.recipe import embed_documents, embedding_text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"title": "T", "summary": "S", "body": "B"}, "T\nS\nB"),
        ({"title": "T", "summary": " ", "body": "B"}, "T\nB"),
        ({"body": "B"}, "B"),
        ({"title": "T", "tags": ["X"], "section": "Y", "authors": ["Z"]}, "T"),
    ],
)
def test_the_text_that_gets_embedded(fields: dict[str, Any], text: str) -> None:
    assert embedding_text(article("a", **fields)) == text


def test_the_first_twenty_words_count_once_more_by_half() -> None:
    # fish is axis 0, ship axis 1: the whole lies at 45 degrees between them, the head on the first.
    text = " ".join(["fish"] * 20 + ["ship"] * 20)
    expected = np.array([0.5**0.5 + 0.5, 0.5**0.5]) / np.hypot(0.5**0.5 + 0.5, 0.5**0.5)
    [row] = embed_documents(AxisEncoder(), [text])
    assert row[:2] == pytest.approx(expected, abs=1e-6)
    assert row.dtype == np.float32


def test_no_more_than_twenty_words_are_all_head() -> None:
    texts = ["fish ship " * 10, "", "ship"]
    np.testing.assert_array_equal(
        embed_documents(AxisEncoder(), texts), AxisEncoder().encode_documents(texts)
    )


def test_each_text_of_a_batch_has_its_own_head() -> None:
    long, other = ("ship " * 20 + "fish " * 200, "fish " * 20 + "ship " * 200)
    rows = embed_documents(AxisEncoder(), [long, "fish", other])
    np.testing.assert_array_equal(rows[[0, 2]][:, :2], rows[[2, 0]][:, [1, 0]])
    assert rows[1] == pytest.approx(embedding_of("fish"))
    assert embed_documents(AxisEncoder(), []).shape == (0, 8)
