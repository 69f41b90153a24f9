"""The first dimensions of an encoder's embeddings: less memory, at some loss.

Little is lost by a model that puts most of the meaning first: one trained for it (Matryoshka
representation learning, https://arxiv.org/abs/2205.13147), or one turned to its principal axes, as
the built-in model is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.encoder import Encoder


class ShortenedEncoder:
    """Cuts another encoder's embeddings, and brings them to unit length again."""

    def __init__(self, encoder: Encoder, dimension: int) -> None:
        """Keep the first ``dimension`` of ``encoder``.

        Raises:
            EncoderUnavailable: the encoder has not so many.
        """
        if dimension > encoder.dimension:
            raise EncoderUnavailable(
                f"{encoder.id} has {encoder.dimension} dimensions, of which {dimension} were asked",
                f"set dimension to {encoder.dimension} or less, or leave it out",
            )
        self._encoder = encoder
        self._dimension = dimension

    @property
    def id(self) -> str:
        """The encoder's own and how much of it is kept: ``newsclip-static-v1@3f9c2d81[:256]``."""
        return f"{self._encoder.id}[:{self._dimension}]"

    @property
    def dimension(self) -> int:
        """Length of an embedding."""
        return self._dimension

    @property
    def is_quick(self) -> bool:
        """As the other encoder."""
        return self._encoder.is_quick

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (len(texts), dimension) float32 rows of unit length.

        A text of which the first dimensions say nothing gets the last of them, (0, …, 0, 1).
        """
        return self._shortened(self._encoder.encode_documents(texts))

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode_documents`, for queries."""
        return self._shortened(self._encoder.encode_queries(texts))

    def _shortened(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = embeddings[:, : self._dimension].copy()
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        silent = lengths[:, 0] < 1e-6
        rows /= np.where(lengths < 1e-6, 1, lengths)
        rows[silent] = 0.0
        rows[silent, -1] = 1.0
        return rows
