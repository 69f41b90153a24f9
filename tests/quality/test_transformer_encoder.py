"""The transformer encoder, with the real all-MiniLM-L6-v2 that a development package carries."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.encoder_contract import EncoderContract

from newsclip.errors import EncoderUnavailable
from newsclip.index.encoder import load_encoder
from newsclip.index.transformer_encoder import SentenceTransformerEncoder

pytestmark = [
    pytest.mark.transformer,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def encoder(minilm: str) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(minilm)


@pytest.fixture(scope="module")
def name(minilm: str) -> str:
    return minilm


class TestMiniLM(EncoderContract):
    pass


def test_loads_by_folder(minilm: str, encoder: SentenceTransformerEncoder) -> None:
    loaded = load_encoder(minilm)
    assert isinstance(loaded, SentenceTransformerEncoder)
    assert (loaded.id, loaded.dimension) == (encoder.id, 384)
    assert re.fullmatch("model@[0-9a-f]{8} passages/2", loaded.id)


def test_short_text_equals_the_library(minilm: str, encoder: SentenceTransformerEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    text = "The council approved a new tram line to the harbour on Tuesday."
    expected = SentenceTransformer(minilm).encode([text], normalize_embeddings=True)
    np.testing.assert_allclose(encoder.encode_documents([text]), expected, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_queries([text]), expected, atol=1e-5)


def test_the_head_weighs_as_much_as_a_long_rest(encoder: SentenceTransformerEncoder) -> None:
    text = " ".join(f"sentence {i} about the harbour and its trams." for i in range(200))
    passages = encoder.passages(text)
    assert len(passages) > 3
    assert "".join(passages) == text
    rows = encoder.encode_documents(passages)
    lengths = np.array([len(passage) for passage in passages])
    expected = rows[0] + lengths[1:] @ rows[1:] / lengths[1:].sum()
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(encoder.encode_documents([text])[0], expected, atol=1e-4)


def test_prompts_of_the_model_are_used(minilm: str, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(minilm, prompts={"query": "query: ", "document": "passage: "})
    model.save(str(tmp_path / "prompted"))
    prompted = SentenceTransformerEncoder(str(tmp_path / "prompted"))
    plain = SentenceTransformer(minilm)
    expected = plain.encode(["query: trams", "passage: trams"], normalize_embeddings=True)
    np.testing.assert_allclose(prompted.encode_queries(["trams"])[0], expected[0], atol=1e-5)
    np.testing.assert_allclose(prompted.encode_documents(["trams"])[0], expected[1], atol=1e-5)


def test_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("sentence_transformers"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(EncoderUnavailable, match="needs sentence-transformers") as caught:
        load_encoder("some/model")
    assert caught.value.remedy == "pip install 'newsclip[transformers]'"


def test_a_model_that_cannot_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sentence_transformers")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderUnavailable, match="the folder is not a model"):
        load_encoder(str(tmp_path))
    with pytest.raises(EncoderUnavailable, match="no such model was found"):
        load_encoder("nobody/has-this-model")
