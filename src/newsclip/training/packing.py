"""A trained table into the folder that Newsclip and sentence-transformers both load."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from newsclip.index.pieces import PieceReader

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.models.Normalize",
    },
]


def pack(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32], card: str) -> None:
    """Write the four files of a StaticEmbedding model; rows become int8 with a scale each.

    Args:
        folder: made if it is not there.
        tokenizer: one piece for each row of the table.
        table: (pieces, dimension), finite.
        card: the text of README.md.
    """
    folder.mkdir(parents=True, exist_ok=True)
    layout = json.loads(tokenizer.to_str())
    layout.update(truncation=None, padding=None, added_tokens=[], post_processor=None)
    _write_json(folder / "tokenizer.json", layout)
    _write_json(folder / "modules.json", _MODULES)
    rows, scale = quantised(table)
    write_safetensors(folder / "model.safetensors", {"embeddings": rows, "weights": scale})
    (folder / "README.md").write_text(card, "utf-8")


def turned(
    table: NDArray[np.float32], tokenizer: Tokenizer, texts: Sequence[str]
) -> NDArray[np.float32]:
    """Turn the table so that its axes are the texts' principal axes, the strongest first.

    A rotation changes no inner product. Afterwards an embedding can be cut short at little loss.
    """
    embeddings = np.zeros((len(texts), table.shape[1]), dtype=np.float64)
    reader = PieceReader(tokenizer)
    for row, text in zip(embeddings, texts, strict=True):
        row[:] = table[reader.read([text])[0]].sum(axis=0)
    embeddings /= np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-12)
    strengths, axes = np.linalg.eigh(embeddings.T @ embeddings)
    result: NDArray[np.float32] = (table @ axes[:, np.argsort(-strengths)]).astype(np.float32)
    return result


def quantised(table: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 rows and each row's float32 factor; their product is near the table.

    The factor is stored as the tensor ``weights``, which model2vec and sentence-transformers
    multiply each piece's row with.
    """
    scale = np.abs(table).max(axis=1).astype(np.float32) / 127
    safe = np.where(scale > 0, scale, 1)
    return np.rint(table / safe[:, None]).astype(np.int8), scale


def write_safetensors(file: Path, tensors: dict[str, NDArray[Any]]) -> None:
    """Write int8 and float32 arrays (https://github.com/huggingface/safetensors#format)."""
    names = {np.dtype(np.int8): "I8", np.dtype(np.float32): "F32"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, array in tensors.items():
        start, end = end, end + array.nbytes
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, end],
        }
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)  # the format asks for aligned tensors
    blobs = (array.tobytes() for array in tensors.values())
    file.write_bytes(struct.pack("<Q", len(head)) + head + b"".join(blobs))


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")
