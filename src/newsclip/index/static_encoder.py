"""The built-in encoder: a table of piece embeddings, summed. Needs numpy and ``tokenizers`` only.

A text's embedding is the mean of its pieces' rows, L2-normalised, exactly as
``SentenceTransformer(folder).encode(text, normalize_embeddings=True)`` gives for the same folder
(the ``StaticEmbedding`` layout: ``modules.json``, ``tokenizer.json``, ``model.safetensors``).
There is no length limit. The table stays in the file, memory-mapped, so worker processes share it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from newsclip.errors import EncoderUnavailable
from newsclip.index.columns import runs
from newsclip.index.encoder import Reading
from newsclip.index.model_files import content_hash
from newsclip.index.pieces import PieceReader, Pieces

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "<i1", "I32": "<i4", "I64": "<i8"}
_SHORT = 64  # pieces; fewer, as a sentence has, are added up before they could be counted
_TOGETHER = 32  # short texts are looked up at once: their rows stay in a core's cache
_BLOCK = 1024  # pieces gathered at a time: 10 MB of text must not gather 2 GB of rows


def is_static_model(folder: Path) -> bool:
    """Whether ``folder`` holds one StaticEmbedding, with at most a Normalize after it."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    files = (folder / "tokenizer.json", folder / "model.safetensors")
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]) and all(
        file.is_file() for file in files
    )


class StaticEncoder:
    """Embeds texts with a folder in the StaticEmbedding layout. Safe to share between threads."""

    def __init__(self, folder: Path, name: str | None = None) -> None:
        """Load ``folder``; its id is ``name`` (the folder's own if None) and a content hash.

        Raises:
            EncoderUnavailable: a file is missing, damaged, or of another layout.
        """
        if not is_static_model(folder):
            raise EncoderUnavailable(f"{folder} is not a folder in the StaticEmbedding layout")
        try:
            self._load(folder)
        except EncoderUnavailable:
            raise
        except Exception as error:  # tokenizers raises plain Exception for a damaged file
            raise EncoderUnavailable(f"cannot read the model in {folder}: {error}") from error
        digest = content_hash([folder / "tokenizer.json", folder / "model.safetensors"])
        self._id = f"{name or folder.resolve().name}@{digest}"

    def _load(self, folder: Path) -> None:
        self._table, self._mapping, weights = _read_table(folder / "model.safetensors")
        if self._table.ndim != 2 or 0 in self._table.shape:
            raise EncoderUnavailable(f"{folder}: the table has shape {self._table.shape}")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        rows = len(self._table if self._mapping is None else self._mapping)
        if tokenizer.get_vocab_size() > rows:
            raise EncoderUnavailable(f"{folder}: the tokenizer has more pieces than the table rows")
        self._weights = np.ones(rows, np.float32) if weights is None else weights
        self._reader = PieceReader(tokenizer)

    @property
    def id(self) -> str:
        """Name and content hash, e.g. ``newsclip-static-v1@3f9c2d81``."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return int(self._table.shape[1])

    @property
    def is_quick(self) -> bool:
        """Always: it looks words up."""
        return True

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), dimension) float32 rows of unit length.

        A text without a known piece gets the last axis, (0, …, 0, 1): the axis on which real
        texts vary least, so it is near to none of them.
        """
        return self.embed(self.read(texts))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as `encode_documents`: a static model treats both sides alike."""
        return self.encode_documents(texts)

    @property
    def cuts_at_blanks(self) -> bool:
        """Whether a text that is cut between two words has the same pieces as in one."""
        return self._reader.cuts_at_blanks

    def read(self, texts: Sequence[str]) -> Reading:
        """The pieces of texts."""
        return Reading(*self._reader.read(texts))

    def embed(self, reading: Reading) -> NDArray[np.float32]:
        """What `encode_documents` gives for the texts."""
        return _unit_rows(self.sums(reading))

    def sums(self, reading: Reading) -> NDArray[np.float32]:
        """The sum of the weighted rows of each text's pieces, (len(texts), dimension)."""
        sums = np.zeros((len(reading.ends), self.dimension), dtype=np.float32)
        pieces, lengths = reading.pieces, reading.lengths
        starts = reading.ends - lengths
        short = np.flatnonzero(lengths <= _SHORT)
        for at in range(0, len(short), _TOGETHER):
            part = short[at : at + _TOGETHER]
            own = pieces[runs(starts[part], lengths[part])[0]]
            self._sum_short([sums[place] for place in part], own, lengths[part].tolist())
        for place in np.flatnonzero(lengths > _SHORT).tolist():
            self._sum_long(sums[place], pieces[starts[place] : reading.ends[place]])
        return sums

    def products(self, pieces: Pieces, embedding: NDArray[np.float32]) -> NDArray[np.float32]:
        """The inner product of each piece's weighted row with an embedding, (len(pieces),).

        Each different piece is looked up once.
        """
        known = np.zeros(len(self._weights), np.bool_)
        known[pieces] = True
        products = np.zeros(len(known), np.float32)
        different = np.flatnonzero(known).astype(np.int32)
        for start in range(0, len(different), _BLOCK):
            part = different[start : start + _BLOCK]
            products[part] = (self._rows(part) @ embedding) * self._weights[part]
        return products[pieces]

    def _sum_short(
        self, rows: Sequence[NDArray[np.float32]], pieces: Pieces, lengths: Sequence[int]
    ) -> None:
        weights, looked_up = self._weights[pieces], self._rows(pieces)
        end = 0
        for row, length in zip(rows, lengths, strict=True):
            start, end = end, end + length
            np.matmul(weights[start:end], looked_up[start:end], out=row)

    def _sum_long(self, row: NDArray[np.float32], text: Pieces) -> None:
        # A word that stands ten times is looked up, scaled and added once.
        pieces, counts = np.unique(text, return_counts=True)
        weights = counts.astype(np.float32) * self._weights[pieces]
        for start in range(0, len(pieces), _BLOCK):
            row += weights[start : start + _BLOCK] @ self._rows(pieces[start : start + _BLOCK])

    def _rows(self, pieces: Pieces) -> NDArray[np.float32]:
        rows = self._table[pieces if self._mapping is None else self._mapping[pieces]]
        return rows.astype(np.float32, copy=False)


def _unit_rows(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(sums, axis=1)
    some = (lengths > 1e-12) & np.isfinite(lengths)
    sums[some] /= lengths[some, None]
    sums[~some] = 0.0
    sums[~some, -1] = 1.0
    return sums


def _read_table(
    file: Path,
) -> tuple[NDArray[Any], NDArray[Any] | None, NDArray[np.float32] | None]:
    """Return the rows, the row of each piece, and each piece's weight (None: one each).

    sentence-transformers stores `embedding.weight`; model2vec `embeddings`, and a `mapping` and
    `weights` where the vocabulary is quantised. `weights` carries our int8 rows' scale as well.
    """
    tensors = _read_safetensors(file)
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None:
        raise EncoderUnavailable(f"{file} has neither 'embedding.weight' nor 'embeddings'")
    if "embedding.weight" in tensors:
        return table, None, None
    weights = tensors.get("weights")
    return table, tensors.get("mapping"), None if weights is None else weights.astype(np.float32)


def _read_safetensors(file: Path) -> dict[str, NDArray[Any]]:
    """Map the tensors of a safetensors file: a length, a JSON header, then the raw bytes.

    https://github.com/huggingface/safetensors#format
    """
    data = np.memmap(file, dtype=np.uint8, mode="r")
    start = 8 + int(data[:8].view("<u8")[0])
    header = json.loads(bytes(data[8:start]))
    tensors: dict[str, NDArray[Any]] = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] not in _DTYPES:
            raise EncoderUnavailable(f"{file}: {name} has the unsupported type {entry['dtype']}")
        first, last = (start + offset for offset in entry["data_offsets"])
        raw = np.asarray(data[first:last]).view(_DTYPES[entry["dtype"]])
        tensors[name] = raw.reshape(entry["shape"])
    return tensors
