"""Which encoder: a model, how many of its dimensions, and what runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, cast

Backend = Literal["torch", "onnx", "int8"]

BUILTIN = "builtin"
_NAME = re.compile(
    r"(?P<model>.*?)(?:\?dimension=(?P<dimension>\d+))?(?:\?backend=(?P<backend>torch|onnx|int8))?",
    re.DOTALL,
)


@dataclass(frozen=True)
class EncoderChoice:
    """A choice of the encoder; what is None is left to the archive, or to the model itself.

    As a string it is what an archive remembers its encoder by: the model, and where they were
    chosen ``?dimension=256`` and ``?backend=int8``.
    """

    model: str | None = None
    dimension: int | None = None
    backend: Backend | None = None

    @classmethod
    def parse(cls, name: str) -> Self:
        """The choice that a name stands for."""
        parts = re.fullmatch(_NAME, name)
        assert parts is not None  # the pattern matches any string
        dimension, backend = parts["dimension"], cast("Backend | None", parts["backend"])
        return cls(parts["model"], int(dimension) if dimension else None, backend)

    def __str__(self) -> str:
        parts = [BUILTIN if self.model is None else self.model]
        parts += [f"?dimension={self.dimension}"] if self.dimension else []
        parts += [f"?backend={self.backend}"] if self.backend else []
        return "".join(parts)

    def over(self, present: str | None) -> Self:
        """What is meant for an archive whose encoder is ``present``, None for a new archive.

        Without a model the archive's own is meant, with its dimension and backend unless others
        are chosen. A folder gets its whole path, by which every process finds it.
        """
        if self.model is not None:
            folder = self.model != BUILTIN and Path(self.model).is_dir()
            model = str(Path(self.model).resolve()) if folder else self.model
            return type(self)(model, self.dimension, self.backend)
        kept = type(self).parse(BUILTIN if present is None else present)
        return type(self)(
            kept.model, self.dimension or kept.dimension, self.backend or kept.backend
        )
