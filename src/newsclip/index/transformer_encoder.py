"""Any sentence-transformers model as an encoder, for who can afford one (extra: transformers).

A transformer reads a few hundred pieces and drops the rest. Long articles are therefore cut into
passages of the model's own length, and the passages' embeddings are averaged; the first passage,
with the title and the lead, weighs as much as all the others together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_LONGEST_PASSAGE = 512  # pieces; some models claim to read far more, at a quadratic price
_SPECIAL_PIECES = 8  # room for [CLS], [SEP] and the like
_PROMPT_PIECES = 24  # room for a prompt such as "passage: "
_MOST_PASSAGES = 64  # some 20,000 words; more would not move the mean
_PIECE_CHARACTERS = 16  # a piece is hardly ever longer
_BATCH = 32


class SentenceTransformerEncoder:
    """Embeds texts with a sentence-transformers model, by name or local path."""

    def __init__(self, name: str) -> None:
        """Load the model; a name that is no local path may be downloaded by the library.

        Raises:
            EncoderUnavailable: the library is not installed, or the model cannot be had.
        """
        self._model = _load(name)
        self._id = name
        self._cut_length = _passage_length(self._model)
        width = len(self._model.encode([""], convert_to_numpy=True)[0])
        self._dimension = int(width)

    @property
    def id(self) -> str:
        """The name or path that it was loaded by."""
        return self._id

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self._dimension

    @property
    def is_quick(self) -> bool:
        """Never: a sentence takes milliseconds."""
        return False

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), dimension) float32 rows of unit length.

        A text without a word gets the first axis, (1, 0, …, 0): what a transformer makes of
        nothing is near to short texts of any kind.
        """
        passages = [self._passages(_readable(text)) for text in texts]
        flat = [passage for cut in passages for passage in cut]
        encoded = self._encode(flat, self._model.encode_document)
        ends = np.cumsum([0, *map(len, passages)])
        rows = [_pool(encoded[start:end]) for start, end in pairwise(ends)]
        return _unit_rows(rows, texts, self._dimension)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode_documents`, with the model's prompt for queries; only the head is read."""
        rows = self._encode([_readable(text) for text in texts], self._model.encode_query)
        return _unit_rows(list(rows), texts, self._dimension)

    def _encode(self, texts: list[str], encode: Any) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        rows = encode(
            texts,
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(rows, dtype=np.float32)

    def _passages(self, text: str) -> list[str]:
        if self._cut_length is None or len(text) <= self._cut_length:
            return [text]  # a piece has at least one character
        head = text[: self._cut_length * _MOST_PASSAGES * _PIECE_CHARACTERS]
        spans = self._model.tokenizer(
            head, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        starts = [start for start, _ in spans[:: self._cut_length]][:_MOST_PASSAGES]
        cuts = [_word_start(head, start) for start in starts[1:]]
        parts = [head[a:b] for a, b in pairwise([0, *cuts, len(head)])]
        return [part for part in parts if part.strip()] or [head]


def _load(name: str) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderUnavailable(
            f"the model {name!r} needs sentence-transformers, which is not installed",
            "pip install 'newsclip[transformers]'",
        ) from error
    try:
        return SentenceTransformer(name)
    except Exception as error:  # the library and the hub raise many kinds
        where = "the folder is not a model" if Path(name).exists() else "no such model was found"
        raise EncoderUnavailable(
            f"cannot load the model {name!r}: {where} ({error})",
            "give the name of a sentence-transformers model, or the folder of one on this machine",
        ) from error


def _passage_length(model: SentenceTransformer) -> int | None:
    """How many of the text's pieces fit into one passage; None for a model without a limit."""
    limit = model.max_seq_length
    if limit is None:
        limit = _LONGEST_PASSAGE
    if math.isinf(limit):
        return None
    prompts = _PROMPT_PIECES if any((model.prompts or {}).values()) else 0
    return max(16, min(int(limit), _LONGEST_PASSAGE) - _SPECIAL_PIECES - prompts)


def _word_start(text: str, position: int) -> int:
    """Step back to the start of the word around ``position``, if it is near."""
    gap = max(text.rfind(" ", position - 32, position), text.rfind("\n", position - 32, position))
    return position if gap < 0 else gap + 1


def _pool(passages: NDArray[np.float32]) -> NDArray[np.float32]:
    weights = np.ones(len(passages), dtype=np.float32)
    weights[0] = max(1, len(passages) - 1)
    mean: NDArray[np.float32] = weights @ passages
    return mean


def _readable(text: str) -> str:
    """Replace lone surrogates, which tokenizers refuse."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unit_rows(
    rows: list[NDArray[np.float32]], texts: Sequence[str], dimension: int
) -> NDArray[np.float32]:
    embeddings = np.zeros((len(texts), dimension), dtype=np.float32)
    for target, row, text in zip(embeddings, rows, texts, strict=True):
        length = float(np.linalg.norm(row))
        if length > 1e-6 and any(map(str.isalnum, text)):
            target[:] = row / length
        else:
            target[0] = 1.0
    return embeddings
