"""Texts longer than a transformer reads: cut into passages, whose embeddings are pooled.

A transformer reads a few hundred pieces and drops the rest. Long articles are therefore cut into
passages of the model's own length, and the passages' embeddings are averaged; the first passage,
with the title and the lead, weighs as much as all the others together, or more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

POOLING = "passages/2"
"""Names how long texts are read, in the ids of the encoders: embeddings by another way differ."""

_REST = 0.5  # what a passage as long as the first counts beside it
_MOST_OF_REST = 1.0  # what all others together do, at the most
_LONGEST_PASSAGE = 512  # pieces; some models claim to read far more, at a quadratic price
_SPECIAL_PIECES = 8  # room for [CLS], [SEP] and the like
_PROMPT_PIECES = 24  # room for a prompt such as "passage: "
_MOST_PASSAGES = 64  # some 20,000 words; more would not move the mean
_PIECE_CHARACTERS = 16  # a piece is hardly ever longer

Spans = Callable[[str], Sequence[tuple[int, int]]]
"""Where the pieces of a text begin and end, in characters."""


class PassageEncoder(ABC):
    """An encoder whose model reads a text in passages: what torch and ONNX have in common."""

    def __init__(self, encoder_id: str, dimension: int) -> None:
        self._id = encoder_id
        self._dimension = dimension

    @property
    def id(self) -> str:
        """The model's name (of a folder with its content's hash), and how long texts are read."""
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
        """Return (len(texts), dimension) float32 rows of unit length; passages are pooled."""
        cuts = [self.passages(text) for text in texts]
        rows = self._document_rows([passage for each in cuts for passage in each])
        return unit_rows(pooled(rows, cuts), texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode_documents`, with the model's prompt for queries; only the head is read."""
        return unit_rows(self._query_rows([readable(text) for text in texts]), texts)

    @abstractmethod
    def passages(self, text: str) -> list[str]:
        """The parts of a text that the model reads one by one."""

    @abstractmethod
    def _document_rows(self, passages: Sequence[str]) -> NDArray[np.float32]:
        """One row for each passage, (len(passages), dimension)."""

    @abstractmethod
    def _query_rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each query, (len(texts), dimension)."""


def passage_length(limit: float, prompted: bool) -> int:
    """How many pieces of a text fit into one passage of a model that reads ``limit`` of them."""
    prompts = _PROMPT_PIECES if prompted else 0
    return max(16, int(min(limit, _LONGEST_PASSAGE)) - _SPECIAL_PIECES - prompts)


def cut(text: str, length: int, spans: Spans) -> list[str]:
    """The text in passages of at most some ``length`` pieces, each begun with a whole word."""
    if len(text) <= length:
        return [text]  # a piece has at least one character
    head = text[: length * _MOST_PASSAGES * _PIECE_CHARACTERS]
    starts = [start for start, _ in spans(head)[::length]][:_MOST_PASSAGES]
    cuts = [_word_start(head, start) for start in starts[1:]]
    parts = [head[a:b] for a, b in pairwise([0, *cuts, len(head)])]
    return [part for part in parts if part.strip()] or [head]


def _word_start(text: str, position: int) -> int:
    """Step back to the start of the word around ``position``, if it is near."""
    gap = max(text.rfind(" ", position - 32, position), text.rfind("\n", position - 32, position))
    return position if gap < 0 else gap + 1


def pooled(rows: NDArray[np.float32], cuts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """One row for each text: the weighted mean of its passages' rows.

    ``rows`` is (passages of all texts, dimension), in the order of ``cuts``.
    """
    ends = np.cumsum([0, *map(len, cuts)])
    means = [
        passage_weights(cut) @ rows[start:end]
        for cut, (start, end) in zip(cuts, pairwise(ends), strict=True)
    ]
    return np.array(means, dtype=np.float32).reshape(len(cuts), rows.shape[1])


def passage_weights(passages: Sequence[str]) -> NDArray[np.float32]:
    """How much each passage of a text counts, (passages,): 1 for the first.

    The others count by their length, so that a last one of three words changes little.
    """
    lengths = np.array([max(1, len(passage)) for passage in passages], dtype=np.float32)
    weights: NDArray[np.float32] = _REST * lengths / lengths[0]
    weights[0] = 0.0
    weights *= min(1.0, _MOST_OF_REST / max(float(weights.sum()), 1e-12))
    weights[0] = 1.0
    return weights


def readable(text: str) -> str:
    """The text with lone surrogates replaced, which tokenizers refuse."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unit_rows(rows: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
    """The rows at unit length.

    A text without a word gets the first axis, (1, 0, …, 0): what a transformer makes of nothing
    is near to short texts of any kind.
    """
    embeddings = np.zeros_like(rows)
    for target, row, text in zip(embeddings, rows, texts, strict=True):
        length = float(np.linalg.norm(row))
        if length > 1e-6 and any(map(str.isalnum, text)):
            target[:] = row / length
        else:
            target[0] = 1.0
    return embeddings
