"""Text to embeddings: what an encoder is, and how one is loaded by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable

BUILTIN = "builtin"
BUILTIN_FOLDER = Path(__file__).parent / "models" / "newsclip-static-v1"


class Encoder(Protocol):
    """Turns texts into embeddings. Thread-safe; the same text always gives the same embedding."""

    @property
    def id(self) -> str:
        """Stable name. Embeddings of two encoders compare only where their ids are equal."""
        ...

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        ...

    @property
    def is_quick(self) -> bool:
        """Whether it embeds some hundred sentences in milliseconds."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one L2-normalised float32 row per text, shape (len(texts), dimension).

        Any text has one, so that inner products are always defined: a text that says nothing
        to the model (empty, only punctuation) gets a fixed unit vector.
        """
        ...

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode_documents`, for what a reader typed into the search box."""
        ...


def load_encoder(name: str = BUILTIN) -> Encoder:
    """Load an encoder: ``"builtin"``, a static model's folder, or a sentence-transformers model.

    Raises:
        EncoderUnavailable: the model cannot be had; its remedy says what to do.
    """
    from newsclip.index.static_encoder import StaticEncoder, is_static_model

    if name == BUILTIN:
        return StaticEncoder(BUILTIN_FOLDER)
    if not name.strip():
        raise EncoderUnavailable("no encoder named", "give 'builtin', a folder or a model's name")
    if is_static_model(Path(name)):
        return StaticEncoder(Path(name))
    from newsclip.index.transformer_encoder import SentenceTransformerEncoder

    return SentenceTransformerEncoder(name)
