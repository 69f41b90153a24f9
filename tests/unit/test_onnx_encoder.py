"""A tiny ONNX model whose embeddings can be worked out by hand."""

import builtins
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsclip.errors import EncoderUnavailable
from newsclip.index import encoder as loading
from newsclip.index.encoder import load_encoder
from newsclip.index.onnx_encoder import OnnxEncoder

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

WORDS = ["[UNK]", "[CLS]", "[SEP]", "cat", "dog", "query", "text", ":"]
TABLE = np.array([[0, 0], [1, 0], [0, 1], [4, 0], [0, 3], [6, 0], [0, 6], [0, 0]], dtype=np.float32)


def write_graph(file: Path, output: str = "last_hidden_state") -> None:
    """Each piece becomes its row; a ``sentence_embedding`` is the sum of them."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    shape: list[str | int] = ["batch", "pieces", 2]
    if output == "sentence_embedding":
        nodes += [
            helper.make_node("ReduceSum", ["last_hidden_state", "axis"], [output], keepdims=0)
        ]
        shape = ["batch", 2]
    names = ("input_ids", "attention_mask", "token_type_ids")
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "pieces"]) for n in names],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [
            numpy_helper.from_array(TABLE, "table"),
            numpy_helper.from_array(np.array([1]), "axis"),
        ],
    )
    file.parent.mkdir(exist_ok=True)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(file))


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), "utf-8")


def modules(*kinds: str) -> list[dict[str, str]]:
    return [
        {"type": f"sentence_transformers.models.{kind}", "path": f"{n}_{kind}" if n else ""}
        for n, kind in enumerate(kinds)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    write_graph(folder / "onnx/model.onnx")
    framed = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    tokenizer = {
        "version": "1.0",
        "truncation": {
            "max_length": 3,
            "strategy": "LongestFirst",
            "stride": 0,
            "direction": "Right",
        },
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "decoder": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": framed,
            "pair": framed,
            "special_tokens": {
                t: {"id": t, "ids": [WORDS.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")
            },
        },
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {word: n for n, word in enumerate(WORDS)},
        },
    }
    write(folder, "tokenizer.json", tokenizer)
    write(folder, "modules.json", modules("Transformer", "Pooling", "Normalize"))
    write(folder, "sentence_bert_config.json", {"max_seq_length": 40})
    write(
        folder,
        "1_Pooling/config.json",
        {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
    )
    return folder


def unit(*row: float) -> np.ndarray[Any, Any]:
    return np.array(row) / np.linalg.norm(row)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        # [CLS] cat dog [SEP]: rows (1,0) (4,0) (0,3) (0,1)
        ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, unit(5, 4)),
        ({"pooling_mode": "mean"}, unit(5, 4)),
        ({"pooling_mode_cls_token": True}, unit(1, 0)),
        ({"pooling_mode": "max"}, unit(4, 3)),
        ({"pooling_mode_lasttoken": True}, unit(0, 1)),
    ],
)
def test_each_pooling(folder: Path, pooling: dict[str, Any], expected: Any) -> None:
    write(folder, "1_Pooling/config.json", pooling)
    encoder = OnnxEncoder(str(folder))
    np.testing.assert_allclose(encoder.encode_documents(["cat dog"])[0], expected, atol=1e-6)
    assert encoder.dimension == 2


def test_a_graph_that_pools_by_itself(folder: Path) -> None:
    write_graph(folder / "onnx/model.onnx", "sentence_embedding")
    write(folder, "1_Pooling/config.json", {"pooling_mode": "cls"})
    np.testing.assert_allclose(
        OnnxEncoder(str(folder)).encode_documents(["cat dog"])[0], unit(5, 4), atol=1e-6
    )


def test_prompts_of_either_side(folder: Path) -> None:
    configured = {"prompts": {"query": "query : ", "passage": "text : "}}
    write(folder, "config_sentence_transformers.json", configured)
    encoder = OnnxEncoder(str(folder))
    # [CLS] query : cat [SEP] is (1+6+0+4, 1), [CLS] text : cat [SEP] is (1+4, 6+1)
    np.testing.assert_allclose(encoder.encode_queries(["cat"])[0], unit(11, 1), atol=1e-6)
    np.testing.assert_allclose(encoder.encode_documents(["cat"])[0], unit(5, 7), atol=1e-6)


def test_long_texts_are_pooled_and_queries_cut(folder: Path) -> None:
    encoder = OnnxEncoder(str(folder))
    text = "cat " * 32 + "dog " * 64  # 40 - 8 pieces a passage: one of cats, two of dogs
    cats, dogs = unit(1 + 4 * 32, 1), unit(1, 1 + 3 * 32)
    expected = unit(*(cats + dogs))  # the dogs count half each
    np.testing.assert_allclose(encoder.encode_documents([text])[0], expected, atol=1e-5)
    # A query is read once: [CLS], 38 cats and dogs, [SEP]
    np.testing.assert_allclose(
        encoder.encode_queries([text])[0], unit(1 + 4 * 32, 1 + 3 * 6), atol=1e-5
    )


def test_capitals_where_the_model_knows_none(folder: Path) -> None:
    write(folder, "sentence_bert_config.json", {"max_seq_length": 40, "do_lower_case": True})
    np.testing.assert_allclose(
        OnnxEncoder(str(folder)).encode_documents(["CAT Dog"])[0], unit(5, 4), atol=1e-6
    )


def test_the_id_follows_the_content_and_the_bits(folder: Path) -> None:
    plain = load_encoder(f"{folder}?backend=onnx")
    assert plain.id.startswith("tiny@")
    graph = folder / "onnx/model.onnx"
    (folder / "onnx/model_int8.onnx").write_bytes(graph.read_bytes())
    short = load_encoder(f"{folder}?backend=int8")
    assert short.id.startswith(f"{plain.id.split()[0]} int8@")
    write(folder, "1_Pooling/config.json", {"pooling_mode": "cls"})
    assert load_encoder(f"{folder}?backend=onnx").id != plain.id


def test_without_torch_onnx_is_taken_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = loading.find_spec
    monkeypatch.setattr(
        loading, "find_spec", lambda name: None if name == "sentence_transformers" else find(name)
    )
    assert isinstance(load_encoder(str(folder)), OnnxEncoder)


def test_needs_no_torch(folder: Path) -> None:
    program = (
        "import sys; from newsclip.index.encoder import load_encoder;"
        "load_encoder(sys.argv[1]).encode_documents(['cat']);"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    command = [sys.executable, "-c", program, f"{folder}?backend=onnx"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def refusal(name: object, **options: Any) -> EncoderUnavailable:
    with pytest.raises(EncoderUnavailable) as refused:
        OnnxEncoder(str(name), **options)
    return refused.value


def test_what_cannot_be_loaded_says_what_to_do(folder: Path) -> None:
    error = refusal(folder, int8=True)
    assert "has no ONNX file of 8 bits: onnx/model_int8.onnx" in error.message
    assert f"newsclip export-onnx {folder}" in error.remedy
    write(folder, "modules.json", modules("Transformer", "Pooling", "Dense"))
    assert "Dense" in refusal(folder).message
    assert "backend to torch" in refusal(folder).remedy
    write(folder, "modules.json", modules("Transformer", "Pooling"))
    for pooling in (
        {"pooling_mode": "weightedmean"},
        {"pooling_mode": "mean", "include_prompt": False},
    ):
        write(folder, "1_Pooling/config.json", pooling)
        assert "backend to torch" in refusal(folder).remedy
    write(folder, "1_Pooling/config.json", {"pooling_mode": "mean"})
    (folder / "onnx/model.onnx").write_bytes(b"no graph")
    assert "cannot load" in refusal(folder).message
    (folder / "tokenizer.json").unlink()
    assert "cannot read the model" in refusal(folder).message


def test_a_static_model_has_no_backend() -> None:
    with pytest.raises(EncoderUnavailable, match="no backend") as refused:
        load_encoder("builtin?backend=int8")
    assert refused.value.remedy == "leave out the setting backend"


def test_a_model_of_the_hub(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its client keeps it on disk."""
    kept = tmp_path / "hub/models--org--tiny"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs/main").write_text("f" * 40)
    (kept / "snapshots").mkdir()
    folder.rename(kept / "snapshots" / ("f" * 40))
    program = (
        "import sys; from newsclip.index.onnx_encoder import OnnxEncoder;"
        "e = OnnxEncoder(sys.argv[1]);"
        "print(e.id, e.encode_documents(['cat dog']).tolist())"
    )
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    command = [sys.executable, "-c", program]
    found = subprocess.run([*command, "org/tiny"], capture_output=True, text=True, check=True)
    said, row = found.stdout.split(" [", 1)
    assert said == "org/tiny passages/2"
    np.testing.assert_allclose(json.loads(f"[{row}"), [unit(5, 4)], atol=1e-6)
    missing = subprocess.run([*command, "org/none"], capture_output=True, text=True, check=False)
    assert "no such model was found" in missing.stderr


def test_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("onnxruntime"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    error = refusal("some/model")
    assert "needs onnxruntime" in error.message
    assert error.remedy == "pip install 'newsclip[onnx]'"
