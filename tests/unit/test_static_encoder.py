"""The static encoder against hand-made tables and against `tokenizers` plus a plain mean."""

from __future__ import annotations

import json
import pickle
import shutil
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer

from newsclip.errors import EncoderUnavailable
from newsclip.index import pieces
from newsclip.index.encoder import BUILTIN_FOLDER, load_encoder
from newsclip.index.static_encoder import StaticEncoder

from .encoder_contract import EncoderContract

SEED = "After Trump's Threat, Colombia's Petro Finds Diplomatic Ground in Bogotá — again"


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(BUILTIN_FOLDER)


@pytest.fixture(scope="module")
def name() -> str:
    return "builtin"


class TestBuiltin(EncoderContract):
    pass


def write_safetensors(file: Path, tensors: dict[str, NDArray[Any]]) -> None:
    """The published format, written from its description: length, JSON header, raw bytes."""
    kinds = {"float32": "F32", "float16": "F16", "int8": "I8", "int64": "I64", "complex64": "C64"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    raw = b""
    for name, array in tensors.items():
        blob = array.tobytes()
        entry = {"dtype": kinds[str(array.dtype)], "shape": list(array.shape)}
        header[name] = {**entry, "data_offsets": [len(raw), len(raw) + len(blob)]}
        raw += blob
    head = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(head)) + head + raw)


def write_model(folder: Path, tensors: dict[str, NDArray[Any]], **tokenizer: Any) -> Path:
    """A model of five pieces: [UNK]=0, cat=1, ##s=2, dog=3, !=4."""
    folder.mkdir(exist_ok=True)
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True}
    layout = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {**bert, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {"[UNK]": 0, "cat": 1, "##s": 2, "dog": 3, "!": 4},
        },
        **tokenizer,
    }
    (folder / "tokenizer.json").write_text(json.dumps(layout), "utf-8")
    kind = "sentence_transformers.models.StaticEmbedding"
    (folder / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": kind}])
    )
    write_safetensors(folder / "model.safetensors", tensors)
    return folder


ROWS = np.array([[0, 0, 0], [3, 0, 0], [0, 4, 0], [0, 0, 5], [1, 2, 2]], dtype=np.float32)
#   text                the sum of its rows, by hand, and that over its length
HAND = [
    ("cat", [1, 0, 0]),
    ("Cats", [0.6, 0.8, 0]),  # (3,4,0)/5
    ("dog dog\tCAT", [3 / 109**0.5, 0, 10 / 109**0.5]),
    ("ÇÀT", [1, 0, 0]),  # without its accents and capitals it is "cat"
    ("zebra", [0, 0, 1]),  # unknown: says nothing, so the last axis
    ("", [0, 0, 1]),
    ("!", [1 / 3, 2 / 3, 2 / 3]),
    ("ca\x00ts!", [4 / 56**0.5, 6 / 56**0.5, 2 / 56**0.5]),  # (3+0+1, 0+4+2, 2); NUL removed
]


@pytest.mark.parametrize(("text", "expected"), HAND)
def test_hand_made_table(tmp_path: Path, text: str, expected: list[float]) -> None:
    model = StaticEncoder(write_model(tmp_path / "m", {"embedding.weight": ROWS}))
    np.testing.assert_allclose(model.encode_documents([text])[0], expected, atol=1e-6)
    np.testing.assert_allclose(model.encode_queries([text])[0], expected, atol=1e-6)


def test_int8_rows_with_weights_and_mapping(tmp_path: Path) -> None:
    tensors = {
        "embeddings": np.array([[0, 0], [100, 0], [0, 50]], dtype=np.int8),
        "mapping": np.array([0, 1, 2, 1, 0], dtype=np.int64),  # dog shares the row of cat
        "weights": np.array([1, 0.03, 0.08, 0.06, 1], dtype=np.float32),
    }
    model = StaticEncoder(write_model(tmp_path / "m", tensors))
    got = model.encode_documents(["cats", "cat dog", "cat dogs"])
    # cats: 100*.03=3 and 50*.08=4; cat dogs: 3+6=9 and 4
    expected = [[0.6, 0.8], [1, 0], [9 / 97**0.5, 4 / 97**0.5]]
    np.testing.assert_allclose(got, expected, atol=1e-6)


def test_float16_rows(tmp_path: Path) -> None:
    model = StaticEncoder(write_model(tmp_path / "m", {"embeddings": ROWS.astype(np.float16)}))
    np.testing.assert_allclose(model.encode_documents(["cats"])[0], [0.6, 0.8, 0], atol=1e-3)


@pytest.mark.parametrize("change", ["table", "tokenizer"])
def test_id_names_the_content(tmp_path: Path, change: str) -> None:
    folder = write_model(tmp_path / "m", {"embedding.weight": ROWS})
    first = StaticEncoder(folder).id
    assert first == StaticEncoder(folder).id
    assert first.startswith("m@")
    if change == "table":
        write_model(folder, {"embedding.weight": ROWS + 1})
    else:
        write_model(
            folder,
            {"embedding.weight": ROWS},
            decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
        )
    assert StaticEncoder(folder).id != first


@cache
def plainly_read(folder: Path) -> tuple[Tokenizer, NDArray[Any]]:
    blob = (folder / "model.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", blob[:8])[0]
    header = json.loads(blob[8:start])

    def tensor(name: str, kind: str) -> NDArray[Any]:
        first, last = header[name]["data_offsets"]
        rows = np.frombuffer(blob[start + first : start + last], dtype=kind)
        return rows.reshape(header[name]["shape"])

    table = tensor("embeddings", "<i1") * tensor("weights", "<f4")[:, None]
    return Tokenizer.from_file(str(folder / "tokenizer.json")), table


def reference(folder: Path, texts: list[str]) -> NDArray[np.float32]:
    """The definition, done the plain way: whole text -> pieces -> mean of rows -> unit length."""
    tokenizer, table = plainly_read(folder)
    rows = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        mean = table[ids].mean(axis=0) if ids else np.zeros(table.shape[1])
        length = np.linalg.norm(mean)
        rows.append(mean / length if length > 0 else np.eye(table.shape[1])[-1])
    return np.array(rows, dtype=np.float32)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(st.text(max_size=100), min_size=1, max_size=4))
def test_equals_the_reference_for_any_texts(encoder: StaticEncoder, texts: list[str]) -> None:
    np.testing.assert_allclose(
        encoder.encode_documents(texts), reference(BUILTIN_FOLDER, texts), atol=1e-4
    )


NEWS = st.sampled_from(
    [
        "The",
        "the",
        "Trump's",
        "U.S.",
        "naïve",
        "İstanbul",
        "ΟΔΥΣΣΕΥΣ",
        "ﬁne",
        "中国",
        "한국",
        "e\u0301",
    ]
)
GLUE = st.sampled_from(["", " ", "\n", "\t", "\x1c", "\x85", "\xa0", "-", "’", "\u0301", "\u200b"])


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.tuples(NEWS, GLUE), max_size=12))
def test_equals_the_reference_for_odd_joints(
    encoder: StaticEncoder, parts: list[tuple[str, str]]
) -> None:
    text = "".join(word + glue for word, glue in parts)
    np.testing.assert_allclose(
        encoder.encode_documents([text]), reference(BUILTIN_FOLDER, [text]), atol=1e-4
    )


def test_added_tokens_and_other_splitters_take_the_whole_text(tmp_path: Path) -> None:
    added = {"id": 5, "content": "[X]", "single_word": False, "lstrip": False, "rstrip": False}
    one = write_model(
        tmp_path / "added",
        {"embedding.weight": np.vstack([ROWS, ROWS[4:]])},
        added_tokens=[{**added, "normalized": False, "special": True}],
    )
    # "[X]" is piece 5, (1,2,2), only when the text is not cut at its brackets
    got = StaticEncoder(one).encode_documents(["cat [X]"])
    np.testing.assert_allclose(got, [np.array([4, 2, 2]) / 24**0.5], atol=1e-6)
    two = write_model(
        tmp_path / "splitter",
        {"embedding.weight": ROWS},
        pre_tokenizer={"type": "WhitespaceSplit"},
    )
    # not cut at punctuation: "cat!" is one unknown word
    got = StaticEncoder(two).encode_documents(["cat! dog"])
    np.testing.assert_allclose(got, [[0, 0, 1]], atol=1e-6)


def test_ten_megabytes_have_no_limit(encoder: StaticEncoder) -> None:
    head, tail = "interest rates rose ", "football cup goal "
    text = head * 250_000 + tail * 300_000  # 10.4 MB
    by_hand = reference(BUILTIN_FOLDER, [head * 5 + tail * 6])  # the same proportions
    np.testing.assert_allclose(encoder.encode_documents([text]), by_hand, atol=1e-3)


def test_a_full_memo_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_REMEMBERED", 7)
    small = StaticEncoder(BUILTIN_FOLDER)
    texts = [SEED, SEED[::-1], "one two three four five six seven eight nine ten"] * 5
    expected = reference(BUILTIN_FOLDER, texts)
    np.testing.assert_allclose(small.encode_documents(texts), expected, atol=1e-4)
    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(lambda _: small.encode_documents(texts), range(20)):
            np.testing.assert_allclose(got, expected, atol=1e-4)
    for number in range(100):
        small.encode_documents([f"word{number} other{number}"])
        assert len(small._reader._words) <= 7 + 4


def test_long_words_fill_the_memo_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_REMEMBERED", 7)
    small = StaticEncoder(BUILTIN_FOLDER)
    for number in range(100):
        small.encode_documents([f"{'long' * 20}{number} " * 2])
        assert len(small._reader._words._ends.array) <= 7 + 3


def test_texts_are_read_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", SEED, "one", "", "two three", SEED[::-1], "four " * 80, ""]
    expected = reference(BUILTIN_FOLDER, texts)
    for size in (1, 5, 30, 1_000):
        monkeypatch.setattr(pieces, "_AT_A_TIME", size)
        got = StaticEncoder(BUILTIN_FOLDER).encode_documents(texts)
        np.testing.assert_allclose(got, expected, atol=1e-4)


def test_a_tokenizer_that_fails_once_leaves_nothing_half_read() -> None:
    broken = StaticEncoder(BUILTIN_FOLDER)
    tokenizer = broken._reader._tokenizer
    broken._reader._tokenizer = None
    with pytest.raises(AttributeError):
        broken.encode_documents([SEED])
    broken._reader._tokenizer = tokenizer
    np.testing.assert_allclose(
        broken.encode_documents([SEED, "again"]),
        reference(BUILTIN_FOLDER, [SEED, "again"]),
        atol=1e-4,
    )


def test_it_can_be_handed_to_another_process(encoder: StaticEncoder) -> None:
    expected = encoder.encode_documents([SEED])
    handed = pickle.loads(pickle.dumps(encoder))
    assert handed.id == encoder.id
    np.testing.assert_array_equal(handed.encode_documents([SEED]), expected)


def test_two_processes_agree_to_the_bit(encoder: StaticEncoder) -> None:
    program = (
        "import sys; from newsclip.index.encoder import load_encoder; e = load_encoder();"
        "sys.stdout.write(e.id + ' ' + e.encode_documents([sys.argv[1]]).tobytes().hex())"
    )
    ran = [sys.executable, "-X", "utf8", "-c", program, SEED]
    outputs = {subprocess.run(ran, capture_output=True, check=True).stdout for _ in range(2)}
    here = f"{encoder.id} {encoder.encode_documents([SEED]).tobytes().hex()}"
    assert outputs == {here.encode()}


def test_needs_no_torch() -> None:
    program = (
        "import sys; from newsclip.index.encoder import load_encoder; load_encoder();"
        "print([m for m in ('torch', 'transformers', 'model2vec') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def test_builtin_folder_fits_a_wheel() -> None:
    files = [file for file in BUILTIN_FOLDER.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= 16_000_000
    card = (BUILTIN_FOLDER / "README.md").read_text("utf-8")
    assert "license:" in card
    assert "/tmp" not in card


def damaged(folder: Path, kind: str) -> Path:
    if kind == "no table":
        write_model(folder, {"other": ROWS})
    elif kind == "one-dimensional":
        write_model(folder, {"embeddings": ROWS[:, 0].copy()})
    elif kind == "few rows":
        write_model(folder, {"embeddings": ROWS[:3]})
    elif kind == "odd type":
        write_model(folder, {"embeddings": ROWS.astype(np.complex64)})
    else:
        write_model(folder, {"embeddings": ROWS})
        if kind == "cut off":
            blob = (folder / "model.safetensors").read_bytes()
            (folder / "model.safetensors").write_bytes(blob[:-20])
        elif kind == "empty file":
            (folder / "model.safetensors").write_bytes(b"")
        elif kind == "bad tokenizer":
            (folder / "tokenizer.json").write_text("{}")
    return folder


KINDS = ["no table", "one-dimensional", "few rows", "odd type", "cut off", "empty file"]


@pytest.mark.parametrize("kind", [*KINDS, "bad tokenizer"])
def test_damaged_model_says_so(tmp_path: Path, kind: str) -> None:
    with pytest.raises(EncoderUnavailable, match="m"):
        StaticEncoder(damaged(tmp_path / "m", kind))


def test_load_encoder_by_name_and_folder(tmp_path: Path, encoder: StaticEncoder) -> None:
    assert load_encoder().id == load_encoder("builtin").id == encoder.id
    assert encoder.id.startswith("newsclip-static-v1@")
    copied = shutil.copytree(BUILTIN_FOLDER, tmp_path / "copy")
    assert load_encoder(str(copied)).id == encoder.id.replace("newsclip-static-v1", "copy")


def test_not_a_model_folder(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="StaticEmbedding layout"):
        StaticEncoder(tmp_path)
    with pytest.raises(EncoderUnavailable, match="no encoder named"):
        load_encoder(" ")
