"""Text to embeddings: what an encoder is, and how one is loaded by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.encoder_choice import BUILTIN, Backend, EncoderChoice

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
    """Load an encoder by the string of an `EncoderChoice`.

    Its model is ``"builtin"``, a static model's folder, or a sentence-transformers model.

    Raises:
        EncoderUnavailable: the model cannot be had, or not so; its remedy says what to do.
    """
    choice = EncoderChoice.parse(name)
    encoder = _load_model(choice.model or "", choice.backend)
    if choice.dimension is None:
        return encoder
    from newsclip.index.shortened import ShortenedEncoder

    return ShortenedEncoder(encoder, choice.dimension)


def _load_model(model: str, backend: Backend | None) -> Encoder:
    from newsclip.index.static_encoder import StaticEncoder, is_static_model

    if not model.strip():
        raise EncoderUnavailable("no encoder named", "give 'builtin', a folder or a model's name")
    folder = BUILTIN_FOLDER if model == BUILTIN else Path(model)
    if is_static_model(folder):
        if backend is not None:
            problem = f"{model} is a static model, which no backend runs: it is looked up"
            raise EncoderUnavailable(problem, "leave out the setting backend")
        return StaticEncoder(folder)
    if backend is None:  # torch and onnx give the same embeddings, so what is installed decides
        without_torch = find_spec("onnxruntime") and not find_spec("sentence_transformers")
        backend = "onnx" if without_torch else "torch"
    if backend == "torch":
        from newsclip.index.transformer_encoder import SentenceTransformerEncoder

        return SentenceTransformerEncoder(model)
    from newsclip.index.onnx_encoder import OnnxEncoder

    return OnnxEncoder(model, int8=backend == "int8")
