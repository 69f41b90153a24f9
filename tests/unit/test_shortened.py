"""The first dimensions of an encoder."""

from pathlib import Path

import numpy as np
import pytest
from tests.doubles import AxisEncoder, article

from newsclip.errors import EncoderMismatch, EncoderUnavailable
from newsclip.index.archive import Archive
from newsclip.index.encoder import Encoder, load_encoder
from newsclip.index.encoder_choice import EncoderChoice
from newsclip.index.reembed import reembed, roll_back
from newsclip.index.shortened import ShortenedEncoder

from .encoder_contract import EncoderContract


@pytest.fixture(scope="module")
def name() -> str:
    return "builtin?dimension=128"


@pytest.fixture(scope="module")
def encoder(name: str) -> Encoder:
    return load_encoder(name)


class TestShortBuiltin(EncoderContract):
    pass


def test_the_first_dimensions_at_unit_length_again() -> None:
    whole = load_encoder()
    texts = ["Trams run to the harbour again", "The bank raised its rates"]
    rows = whole.encode_documents(texts)[:, :100]
    expected = rows / np.sqrt((rows**2).sum(axis=1, keepdims=True))
    short = load_encoder("builtin?dimension=100")
    np.testing.assert_allclose(short.encode_documents(texts), expected, atol=1e-6)
    np.testing.assert_allclose(short.encode_queries(texts), expected, atol=1e-6)
    assert (short.id, short.dimension) == (f"{whole.id}[:100]", 100)


def test_a_text_of_which_they_say_nothing_has_a_place_all_the_same() -> None:
    encoder = ShortenedEncoder(AxisEncoder(), 3)
    # AxisEncoder puts a text without one of its words on the last of its eight axes.
    np.testing.assert_array_equal(encoder.encode_documents(["unheard"]), [[0, 0, 1]])


def test_more_than_the_model_has_is_refused() -> None:
    whole = load_encoder()
    assert load_encoder(f"builtin?dimension={whole.dimension}").dimension == whole.dimension
    with pytest.raises(EncoderUnavailable, match="has 512 dimensions, of which 513") as refused:
        load_encoder("builtin?dimension=513")
    assert "512 or less" in refused.value.remedy


def test_an_archive_keeps_to_its_dimension(tmp_path: Path) -> None:
    with Archive.open(tmp_path, EncoderChoice(dimension=64), create=True) as archive:
        archive.put([article(1, title="Trams run again"), article(2, title="Rates rise")])
        assert archive.statistics().dimension == 64
    with Archive.open(tmp_path) as archive:
        assert archive.encoder.dimension == 64
    for other in (EncoderChoice(dimension=65), EncoderChoice("builtin")):
        with pytest.raises(EncoderMismatch) as refused:
            Archive.open(tmp_path, other)
        assert "[:64]" in refused.value.message
        assert "newsclip reembed" in refused.value.remedy


def test_a_dimension_is_changed_like_a_model(tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True) as archive:
        archive.put([article(1, title="Trams run again")])
        whole = archive.encoder.encode_documents(["Trams run again"])[0, :64]
        assert reembed(archive.store, "builtin?dimension=64").embedded == 1
        with archive.reading() as view:
            row = view.embedding(view.key_of("1"))
        np.testing.assert_allclose(row, whole / np.linalg.norm(whole), atol=1e-3)
        assert roll_back(archive.store).embedded == 0
        assert archive.encoder.dimension == 512
