"""Any sentence-transformers model as an encoder, for who can afford one (extra: transformers)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.long_texts import POOLING, PassageEncoder, cut, passage_length, readable
from newsclip.index.model_files import model_id, prompts_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32


class SentenceTransformerEncoder(PassageEncoder):
    """Embeds texts with a sentence-transformers model, by name or local path."""

    def __init__(self, name: str) -> None:
        """Load the model; a name that is no local path may be downloaded by the library.

        Raises:
            EncoderUnavailable: the library is not installed, or the model cannot be had.
        """
        self._model = _load(name)
        self._prompts = prompts_of(self._model.prompts)
        self._cut_length = _passage_length(self._model, any(self._prompts))
        dimension = len(self._model.encode([""], convert_to_numpy=True)[0])
        super().__init__(f"{model_id(name)} {POOLING}", dimension)

    def passages(self, text: str) -> list[str]:
        """The parts of a text that the model reads one by one."""
        text = readable(text)
        return [text] if self._cut_length is None else cut(text, self._cut_length, self._spans)

    def _document_rows(self, passages: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(passages, self._model.encode_document, self._prompts.document)

    def _query_rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, self._model.encode_query, self._prompts.query)

    def _encode(self, texts: Sequence[str], encode: Any, prompt: str) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        rows = encode(  # in batches by length, the longest first
            list(texts),
            prompt=prompt,
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(rows, dtype=np.float32)

    def _spans(self, text: str) -> Sequence[tuple[int, int]]:
        pieces = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        spans: Sequence[tuple[int, int]] = pieces["offset_mapping"]
        return spans


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


def _passage_length(model: SentenceTransformer, prompted: bool) -> int | None:
    """How many of the text's pieces fit into one passage; None for a model without a limit."""
    limit = model.max_seq_length
    if limit is not None and math.isinf(limit):
        return None
    return passage_length(math.inf if limit is None else limit, prompted)
