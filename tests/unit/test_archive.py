"""Handing articles in: what became of each, what is embedded anew, and what a failure leaves."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, FailingEncoder, article, contents

from newsclip.errors import (
    ArticleNotFound,
    EncoderMismatch,
    EncoderUnavailable,
    StoreMissing,
)
from newsclip.index import recipe
from newsclip.index.archive import Archive


def encoded(archive: Archive) -> list[str]:
    """The texts embedded since the last time of asking."""
    assert isinstance(archive.encoder, AxisEncoder)
    texts = list(archive.encoder.encoded)
    archive.encoder.encoded.clear()
    return texts


def axis(place: int) -> list[float]:
    return [float(each == place) for each in range(8)]


# put


def test_added_updated_unchanged(archive: Archive) -> None:
    first = [article("a", title="fish"), article("b", title="ship")]
    assert archive.put(first) == ["added", "added"]
    assert archive.put(first) == ["unchanged", "unchanged"]
    changed = [article("b", title="ship", section="S"), article("c"), article("a", title="fish")]
    assert archive.put(changed) == ["updated", "added", "unchanged"]
    assert archive.get("b").section == "S"
    assert archive.put([]) == []


def test_an_unchanged_article_costs_nothing(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert encoded(archive) == ["fish", "ship"]
    revision = archive.revision()
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert encoded(archive) == []
    assert archive.revision() == revision
    archive.put([article("a", title="fish"), article("b", title="law")])
    assert encoded(archive) == ["law"]


def test_two_articles_that_swap_their_texts_are_both_embedded_again(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert archive.put([article("a", title="ship"), article("b", title="fish")]) == [
        "updated",
        "updated",
    ]
    assert contents(archive) == {"a": ("ship", axis(1)), "b": ("fish", axis(0))}


def test_a_text_that_comes_back_is_an_update_again(archive: Archive) -> None:
    outcomes = [archive.put([article("a", title=t)])[0] for t in ("fish", "ship", "fish", "fish")]
    assert outcomes == ["added", "updated", "updated", "unchanged"]
    assert contents(archive) == {"a": ("fish", axis(0))}


def test_of_a_repeated_id_the_last_stays(archive: Archive) -> None:
    same = [article("a", title=title) for title in ("fish", "ship", "ship", "law")]
    assert archive.put([*same, article("b")]) == [
        "added",
        "updated",
        "unchanged",
        "updated",
        "added",
    ]
    assert contents(archive)["a"] == ("law", axis(6))
    assert archive.statistics().articles == 2


def test_a_deleted_article_can_be_added_again(archive: Archive) -> None:
    archive.put([article("a", title="fish")])
    archive.delete("a")
    with pytest.raises(ArticleNotFound):
        archive.get("a")
    with pytest.raises(ArticleNotFound):
        archive.delete("a")
    assert archive.put([article("a", title="fish")]) == ["added"]
    assert archive.get("a").title == "fish"


@pytest.mark.parametrize(
    "hidden", [{"status": "draft"}, {"status": "withdrawn"}, {"published_at": "9000-01-01"}]
)
def test_get_gives_the_truth_as_stored(archive: Archive, hidden: dict[str, Any]) -> None:
    entry = article("a", **hidden)
    archive.put([entry])
    assert archive.get("a") == entry


def test_the_vocabulary_and_the_statistics(archive: Archive) -> None:
    archive.put([article(1, tags=["B", "A"]), article(2, tags=["B"]), article(3, tags=["A"])])
    archive.put([article(4, tags=["Secret"], status="draft")])
    counts = [(count.tag, count.articles) for count in archive.vocabulary()]
    assert counts == [("A", 2), ("B", 2)]
    numbers = archive.statistics()
    assert (numbers.articles, numbers.visible, numbers.encoder, numbers.dimension) == (
        4,
        3,
        "axes@1",
        8,
    )
    assert numbers.revision == archive.revision() == 2


# Failures


def test_a_crash_in_the_encoder_leaves_the_previous_state(tmp_path: Path) -> None:
    with Archive.open(tmp_path, FailingEncoder(), create=True) as archive:
        archive.put([article("a", title="fish")])
        with pytest.raises(RuntimeError, match="memory"):
            archive.put([article("a", title="ship"), article("b", title="goal")])
        assert contents(archive) == {"a": ("fish", axis(0))}
        assert archive.revision() == 1


def test_an_encoder_that_loses_a_text_is_caught(archive: Archive) -> None:
    def forgetful(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(8, dtype=np.float32)[: len(texts) - 1]

    archive.put([article("a", title="fish")])
    archive.encoder.encode_documents = forgetful  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="shorter"):
        archive.put([article("a", title="ship"), article("b"), article("c")])
    assert contents(archive) == {"a": ("fish", axis(0))}


# The encoder and its archive


def encoder(name: str = "axes@1", dimension: int = 8) -> AxisEncoder:
    encoder = AxisEncoder()
    encoder.id, encoder.dimension = name, dimension
    return encoder


@pytest.mark.parametrize(
    ("name", "dimension", "known"),
    [
        ("axes@2", 8, None),
        ("axes@1", 8, "title/1"),
        pytest.param(
            "axes@1",
            9,
            None,
            marks=pytest.mark.xfail(reason="the dimension is no part of an encoder's identity"),
        ),
    ],
)
def test_embeddings_of_another_origin_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    dimension: int,
    known: str | None,
) -> None:
    with Archive.open(tmp_path, encoder(), create=True) as archive:
        archive.put([article("a", title="fish")])
    if known:
        monkeypatch.setattr(recipe, "_HEAD_WEIGHTS", {known: 0.0})
    for create in (True, False):
        with pytest.raises(EncoderMismatch) as caught:
            Archive.open(tmp_path, encoder(name, dimension), create=create)
        assert "axes@1" in caught.value.stored
        assert name in caught.value.asked
        assert "reembed" in caught.value.remedy
    monkeypatch.undo()
    with Archive.open(tmp_path, encoder()) as archive:
        assert contents(archive) == {"a": ("fish", axis(0))}


def test_an_encoder_that_cannot_be_had_binds_the_archive_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable):
        Archive.open(tmp_path, encoder=" ", create=True)
    Archive.open(tmp_path, encoder("axes@2")).close()


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Archive.open(tmp_path)
    assert list(tmp_path.iterdir()) == []
