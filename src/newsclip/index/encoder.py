"""Text to embeddings: what an encoder is, and how one is loaded by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.columns import runs
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


@dataclass(frozen=True)
class Reading:
    """Texts as the numbers of their pieces: those of all, and where those of each text end."""

    pieces: NDArray[np.int32]
    ends: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many pieces each text has."""
        return np.diff(self.ends, prepend=0)

    def at(self, places: NDArray[np.int64]) -> Reading:
        """The texts at some places, in that order."""
        lengths = self.lengths[places]
        taken, _ = runs(self.ends[places] - lengths, lengths)
        return Reading(self.pieces[taken], np.cumsum(lengths))

    def between(self, start: int, end: int) -> Reading:
        """The texts from one place up to another."""
        first = int(self.ends[start - 1]) if start else 0
        ends = self.ends[start:end]
        return Reading(self.pieces[first : int(ends[-1]) if len(ends) else first], ends - first)

    def joined(self, ends: NDArray[np.int64]) -> Reading:
        """Texts joined to longer ones; ``ends`` says where those of each end, none is empty."""
        return Reading(self.pieces, self.ends[ends - 1])


@runtime_checkable
class PieceSums(Encoder, Protocol):
    """An encoder whose embedding of a text is the sum of its pieces' rows, to unit length."""

    @property
    def cuts_at_blanks(self) -> bool:
        """Whether a text that is cut between two words has the same pieces as in one."""
        ...

    def read(self, texts: Sequence[str]) -> Reading:
        """The pieces of texts."""
        ...

    def sums(self, reading: Reading) -> NDArray[np.float32]:
        """The sum of the rows of each text's pieces, (len(texts), dimension)."""
        ...

    def embed(self, reading: Reading) -> NDArray[np.float32]:
        """What `encode_documents` gives for the texts."""
        ...

    def products(
        self, pieces: NDArray[np.int32], embedding: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The inner product of the row of each piece with an embedding, (len(pieces),)."""
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
