"""Which of an article is embedded, and what of that counts more."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.doubles import AxisEncoder, article, contents, embedding_of

from newsclip.errors import EncoderMismatch
from newsclip.index.archive import Archive
from newsclip.index.recipe import RECIPE, ArticleEncoder, embedding_text
from newsclip.index.reembed import reembed, roll_back
from newsclip.index.store import Store


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
    [row] = ArticleEncoder(AxisEncoder()).embed([text])
    assert row[:2] == pytest.approx(expected, abs=1e-6)
    assert row.dtype == np.float32


def test_no_more_than_twenty_words_are_all_head() -> None:
    texts = ["fish ship " * 10, "", "ship"]
    np.testing.assert_array_equal(
        ArticleEncoder(AxisEncoder()).embed(texts), AxisEncoder().encode_documents(texts)
    )


def test_each_text_of_a_batch_has_its_own_head() -> None:
    long, other = ("ship " * 20 + "fish " * 200, "fish " * 20 + "ship " * 200)
    rows = ArticleEncoder(AxisEncoder()).embed([long, "fish", other])
    np.testing.assert_array_equal(rows[[0, 2]][:, :2], rows[[2, 0]][:, [1, 0]])
    assert rows[1] == pytest.approx(embedding_of("fish"))
    assert ArticleEncoder(AxisEncoder()).embed([]).shape == (0, 8)


# An archive of an earlier release

FIRST = "title+summary+body/1"
LONG = " ".join(["fish"] * 20 + ["ship"] * 20)
EVEN = [0.5**0.5, 0.5**0.5]


def test_an_archive_keeps_to_the_recipe_of_its_embeddings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("archive", "loaded_encoders", "reembed"):
        monkeypatch.setattr(f"newsclip.index.{module}.load_encoder", lambda _: AxisEncoder())
    store = Store.open(tmp_path, create=True)
    store.embeddings.activate(store.embeddings.register("axes@1", f"axes@1 {FIRST}", 8).number)
    store.close()
    with Archive.open(tmp_path) as archive:
        archive.put([article("a", body=LONG)])
        assert contents(archive)["a"][1][:2] == pytest.approx(EVEN)
        with archive.reading() as view:
            assert view.embed_document(LONG)[:2] == pytest.approx(EVEN)
        assert reembed(archive.store, "axes@1").encoder == f"axes@1 {RECIPE}"
        fish, ship, *_ = contents(archive)["a"][1]
        assert fish > ship
        roll_back(archive.store)
        assert contents(archive)["a"][1][:2] == pytest.approx(EVEN)


def test_a_recipe_that_nobody_knows_is_refused() -> None:
    with pytest.raises(EncoderMismatch, match="title/9"):
        ArticleEncoder.known_as("axes@1 title/9", AxisEncoder())
