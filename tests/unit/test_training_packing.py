"""A table into the shipped folder. Needs none of the training libraries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from newsclip.index.static_encoder import StaticEncoder
from newsclip.training.packing import pack, quantised, turned


@pytest.fixture
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(
        models.WordPiece({"[UNK]": 0, "cat": 1, "##s": 2, "dog": 3}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def test_quantised_rows_by_hand() -> None:
    table = np.array([[1.27, -0.635, 0.004], [0, 0, 0]], dtype=np.float32)
    rows, scale = quantised(table)
    assert rows.dtype == np.int8
    assert rows.tolist() == [[127, -64, 0], [0, 0, 0]]  # -63.5 goes to the even -64
    assert scale == pytest.approx([0.01, 0])


def test_packed_folder_gives_the_means(tmp_path: Path, tokenizer: Tokenizer) -> None:
    table = np.array([[0, 0], [3, 0], [0, 4], [-5, 0]], dtype=np.float32)
    pack(tmp_path / "new" / "model", tokenizer, table, "# card\n")
    encoder = StaticEncoder(tmp_path / "new" / "model")
    got = encoder.encode_documents(["Cats", "cat dog", "bird"])
    np.testing.assert_allclose(got, [[0.6, 0.8], [-1, 0], [0, 1]], atol=1e-6)
    assert (tmp_path / "new" / "model" / "README.md").read_text("utf-8") == "# card\n"


def test_turning_keeps_inner_products_and_sorts_axes(tokenizer: Tokenizer) -> None:
    rng = np.random.default_rng(7)
    table = rng.normal(size=(4, 5)).astype(np.float32)
    table[0] = 0
    texts = ["cat cats dog", "dogs dog", "cats cats dog", "dog cat", "dogs", "cats"]
    result = turned(table, tokenizer, texts)
    np.testing.assert_allclose(result @ result.T, table @ table.T, atol=1e-5)
    ids = [tokenizer.encode(text).ids for text in texts]
    embeddings = np.array([result[row].sum(axis=0) for row in ids])
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    strengths = (embeddings**2).sum(axis=0)
    assert list(strengths) == sorted(strengths, reverse=True)
