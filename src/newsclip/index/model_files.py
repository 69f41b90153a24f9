"""The files of a sentence-transformers model, in a folder or as the Hugging Face hub keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_WEIGHTS = (
    ("*.safetensors", "[0-9]*/*.safetensors"),
    ("pytorch_model*.bin", "[0-9]*/pytorch_model*.bin"),
    ("onnx/model.onnx*",),
)


def content_hash(files: Iterable[Path]) -> str:
    """Eight hex digits that change with the content of the files."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(2**20):
                digest.update(block)
    return digest.hexdigest()[:8]


def model_id(name: str) -> str:
    """The id of the model of that name: of a folder its own name and its content's hash.

    A model of the hub keeps its name there: its author may change it, but a copy once downloaded
    stays what it is.
    """
    folder = Path(name)
    if not folder.is_dir():
        return name
    kinds = (_matching(folder, *patterns) for patterns in _WEIGHTS)
    weights = next((files for files in kinds if files), [])
    configurations = _matching(folder, "*.json", "[0-9]*/config.json")
    return f"{folder.resolve().name}@{content_hash([*weights, *configurations])}"


def _matching(folder: Path, *patterns: str) -> list[Path]:
    return sorted({file for pattern in patterns for file in folder.glob(pattern)})


def read_json(file: Path) -> Any:
    """The content of a JSON file; an empty dict where there is none."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


class Prompts(NamedTuple):
    """What a model wants to read before a text."""

    query: str
    document: str


def prompts_of(configured: Mapping[str, str | None]) -> Prompts:
    """The prompts that a model's configuration names, in any of the words for a document."""
    documents = (configured.get(name) for name in ("document", "passage", "corpus"))
    return Prompts(configured.get("query") or "", next(filter(None, documents), ""))
