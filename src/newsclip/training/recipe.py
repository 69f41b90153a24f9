"""The settings of one training, and what it reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Recipe:
    """Settings of `train_model`; the defaults made the built-in model."""

    dimension: int = 512
    """Length of an embedding."""
    pieces: int | None = None
    """Word pieces to learn from the articles; None keeps the teacher's vocabulary.

    Of pieces that are worth the same the library keeps any, so a model with learned ones is
    another one in each run.
    """
    rounds: float = 10.0
    """How often each article is seen."""
    batch: int = 1024
    """Pairs in a step; each is told apart from all the others."""
    learning_rate: float = 0.0025
    """Highest step size of Adam; it rises over the first twentieth and then falls to zero."""
    scale: float = 20.0
    """Factor on cosines before softmax, for the pairs and for the teacher alike."""
    passage_share: float = 0.5
    """Share of the pairs that join two passages; the others join a title and a passage."""
    teacher_weight: float = 2.0
    """Weight of the teacher's similarities beside the pairs; 0 leaves them out."""
    taught: int = 35_000
    """Most articles used: the teacher reads each one's title and lead, about 50 a second."""
    held_out: int = 500
    """Articles that training never sees, to tell what it reached."""
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a training reached, on articles that it did not see."""

    folder: Path
    articles: int
    pieces: int
    dimension: int
    megabytes: float
    seconds: float
    steps: int
    started_at: float
    """Mean reciprocal rank of the own body for a held-out title, before training."""
    reached: float
    """The same after training, with the packed model."""

    def __str__(self) -> str:
        return (
            f"{self.folder}: {self.pieces:,} pieces x {self.dimension}, {self.megabytes:.1f} MB, "
            f"{self.steps:,} steps on {self.articles:,} articles in {self.seconds / 60:.0f} min; "
            f"held-out title -> body MRR {self.started_at:.3f} -> {self.reached:.3f}"
        )
