"""What a model's folder says about its ONNX file: pieces, prompts, pooling."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from tokenizers.normalizers import Lowercase
from tokenizers.normalizers import Sequence as InTurn

from newsclip.errors import EncoderUnavailable
from newsclip.index.model_files import Prompts, prompts_of, read_json

_FLOAT32 = ("onnx/model.onnx", "model.onnx")
_INT8 = {
    # Ours and Xenova's names first; those of sentence-transformers say which processor they suit.
    "x86_64": ("model_int8", "model_quantized", "model_qint8_avx512_vnni", "model_quint8_avx2"),
    "arm": ("model_int8", "model_quantized", "model_qint8_arm64"),
}

Pool = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(pieces, dimension) of one passage -> (dimension,)."""

_POOLS: dict[str, Pool] = {
    "mean": lambda pieces: pieces.mean(axis=0),
    "cls": lambda pieces: pieces[0],
    "max": lambda pieces: pieces.max(axis=0),
    "lasttoken": lambda pieces: pieces[-1],
}
_OLD_NAMES = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class OnnxLayout:
    """How to feed one ONNX file, and what to make of its output."""

    graph: Path
    cutter: Tokenizer
    reader: Tokenizer
    """As the cutter, but it adds the special pieces and stops at the limit."""
    limit: int
    """How many pieces the model reads, special ones included."""
    prompts: Prompts
    pool: Pool

    def read(self, text: str) -> Encoding:
        """The pieces of a text with the special ones, at most ``limit``."""
        return self.reader.encode(text)

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each piece of a text of any length begins and ends, in characters."""
        spans: Sequence[tuple[int, int]] = self.cutter.encode(
            text, add_special_tokens=False
        ).offsets
        return spans


def read_layout(name: str, int8: bool) -> OnnxLayout:
    """Read the folder of a model, from the hub if it is the name of none.

    Raises:
        EncoderUnavailable: there is no such model, or it has no such file, or it needs torch.
    """
    folder = Path(name) if Path(name).is_dir() else _from_hub(name, int8)
    graph = _graph(folder, name, int8)
    modules = [str(each["type"]).rsplit(".", 1)[-1] for each in read_json(folder / "modules.json")]
    if odd := set(modules) - {"Transformer", "Pooling", "Normalize"}:
        problem = f"{name!r} has a module that no ONNX file holds: {', '.join(sorted(odd))}"
        raise EncoderUnavailable(
            problem, "set backend to torch, and install newsclip[transformers]"
        )
    try:
        limit = _limit(folder)
        reader = _tokenizer(folder)
        reader.enable_truncation(limit)
        pool, prompts = _pool(folder), _prompts(folder)
        return OnnxLayout(graph, _tokenizer(folder), reader, limit, prompts, pool)
    except EncoderUnavailable:
        raise
    except Exception as error:  # tokenizers raises plain Exception for a damaged file
        raise EncoderUnavailable(f"cannot read the model in {folder}: {error}") from error


def _from_hub(name: str, int8: bool) -> Path:
    """The model as the hub's own client keeps it, downloaded if it was not."""
    from huggingface_hub import snapshot_download  # a dependency of tokenizers

    graphs = [f"onnx/{graph}.onnx" for graph in _int8_names()] if int8 else ["onnx/model.onnx*"]
    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*/config.json", *graphs]))
    except Exception as error:  # the hub raises many kinds
        raise EncoderUnavailable(
            f"cannot load the model {name!r}: no such model was found ({error})",
            "give the name of a sentence-transformers model, or the folder of one on this machine",
        ) from error


def _int8_names() -> Sequence[str]:
    return _INT8["arm" if platform.machine() in ("aarch64", "arm64") else "x86_64"]


def _graph(folder: Path, name: str, int8: bool) -> Path:
    names = [f"onnx/{graph}.onnx" for graph in _int8_names()] if int8 else list(_FLOAT32)
    found = next((folder / each for each in names if (folder / each).is_file()), None)
    if found is None:
        raise EncoderUnavailable(
            f"the model {name!r} has no ONNX file{' of 8 bits' if int8 else ''}: {names[0]}",
            f"make one: newsclip export-onnx {name} --out DIR; or set backend to torch",
        )
    return found


def _tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if read_json(folder / "sentence_bert_config.json").get("do_lower_case"):
        rest = [] if tokenizer.normalizer is None else [tokenizer.normalizer]
        tokenizer.normalizer = InTurn([Lowercase(), *rest])
    return tokenizer


def _limit(folder: Path) -> int:
    """How many pieces the model reads: what it says first, in the order of the library."""
    said = read_json(folder / "sentence_bert_config.json").get("max_seq_length")
    if said:
        return int(said)
    pieces = read_json(folder / "tokenizer_config.json").get("model_max_length", math.inf)
    positions = read_json(folder / "config.json").get("max_position_embeddings", math.inf)
    limit = min(pieces, positions)
    return int(limit) if limit < 10**6 else 512  # tokenizers say 10**30 for "no limit"


def _prompts(folder: Path) -> Prompts:
    return prompts_of(read_json(folder / "config_sentence_transformers.json").get("prompts") or {})


def _pool(folder: Path) -> Pool:
    """The pooling that the model's configuration names; the mean, where it has none."""
    modules: list[dict[str, Any]] = read_json(folder / "modules.json") or []
    paths = [each["path"] for each in modules if str(each["type"]).endswith("Pooling")]
    said = read_json(folder / paths[0] / "config.json") if paths else {"pooling_mode": "mean"}
    old = [new for name, new in _OLD_NAMES.items() if said.get(name)]
    mode = said.get("pooling_mode") or (old[0] if len(old) == 1 else old)
    if mode not in _POOLS or said.get("include_prompt") is False:
        problem = f"the model in {folder} pools its pieces in a way that is not known here: {mode}"
        raise EncoderUnavailable(
            problem, "set backend to torch, and install newsclip[transformers]"
        )
    return _POOLS[mode]
