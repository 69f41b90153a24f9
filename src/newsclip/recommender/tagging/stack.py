"""What all witnesses together make of a tag: one logistic regression, the same for all tags.

A stacked generalisation (Wolpert, 1992): it is learned on what the classifiers say of texts that
they have not seen, so that its scores are probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WITNESSES = ("decision", "votes", "more votes", "title", "name")
"""What speaks for a tag, in the order of FEATURES."""

FEATURES = (
    ("decision", "decision"),
    ("beyond", "decision"),
    ("votes", "votes"),
    ("rare votes", "votes"),
    ("more votes", "more votes"),
    ("rare more votes", "more votes"),
    ("title", "title"),
    ("name", "name"),
    ("names", "name"),
    ("name's words", "name"),
    ("name's meaning", "name"),
)
"""The columns that the regression sees, and the witness that each is made of."""

LEARNED = ("decision", "beyond", "name's words", "name's meaning")
"""Those of FEATURES that only a tag has which was there when the tagger was learned."""

_FLOOR = 0.02  # a share of votes below which it makes no difference how small it is


@dataclass(frozen=True)
class Table:
    """The witnesses of some pairs of a text and a tag, all of the same shape.

    ``decision`` is the classifier's, ``votes`` and ``more_votes`` are shares, 0 to 1, ``title``
    is 1 where the tag's name stands in the title, ``times`` how often it stands in the text;
    ``worded`` and ``meant`` are the text's likeness to the name.
    """

    decision: Floats
    votes: Floats
    more_votes: Floats
    title: Floats
    times: Floats
    worded: Floats
    meant: Floats

    def take(self, rows: Sequence[int]) -> "Table":
        """Some of the pairs."""
        return Table(*(getattr(self, column.name)[rows] for column in fields(self)))

    def features(self) -> Floats:
        """FEATURES along a new last axis."""
        return np.stack(
            [
                self.decision,
                np.maximum(self.decision + 0.5, 0),
                *_spread(self.votes),
                *_spread(self.more_votes),
                self.title,
                np.minimum(self.times, 1),
                np.log1p(self.times),
                self.worded,
                self.meant,
            ],
            axis=-1,
        ).astype(np.float32)


def _spread(votes: Floats) -> tuple[Floats, Floats]:
    """A share twice: as large ones differ, and as small ones do."""
    rare: Floats = np.log(votes + np.float32(_FLOOR))
    return np.sqrt(votes), rare


@dataclass(frozen=True)
class Stack:
    """The log odds that a tag fits: ``offset`` and the weighted ``f`` FEATURES.

    ``unseen`` and ``unseen_offset`` are for tags without a classifier.
    """

    weights: Floats
    offset: float
    unseen: Floats
    unseen_offset: float

    def probabilities(self, table: Table, seen: bool = True) -> Floats:
        """The chance that each pair fits, 0 to 1, of the table's shape."""
        weights = self.weights if seen else self.unseen
        odds = table.features() @ weights + (self.offset if seen else self.unseen_offset)
        chances: Floats = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        return chances

    def parts(self, table: Table) -> dict[str, Floats]:
        """What each witness adds to the log odds, above what its absence would."""
        nothing = Table(table.decision, *(np.zeros_like(table.votes) for _ in range(6)))
        added = (table.features() - nothing.features()) * self.weights
        added[..., :2] = table.features()[..., :2] * self.weights[:2]
        return {
            witness: added[..., [w == witness for _, w in FEATURES]].sum(axis=-1)
            for witness in WITNESSES
        }


def learned_stack(features: Floats, fits: NDArray[np.bool_], weights: Floats) -> Stack:
    """The regression over pairs: ``features`` ``(n, f)``, the rest ``(n,)``."""
    of_classifier = np.array([feature in LEARNED for feature, _ in FEATURES])
    full, offset = _regression(features, fits, weights, np.ones(len(FEATURES), np.bool_))
    unseen, unseen_offset = _regression(features, fits, weights, ~of_classifier)
    return Stack(full, offset, unseen, unseen_offset)


def _regression(
    features: Floats, fits: NDArray[np.bool_], weights: Floats, used: NDArray[np.bool_]
) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    scale = np.maximum(features.std(axis=0), 1e-6)
    model = LogisticRegression(max_iter=1_000)
    model.fit(features[:, used] / scale[used], fits, sample_weight=weights)
    full = np.zeros(len(used), np.float32)
    full[used] = model.coef_[0] / scale[used]
    return full, float(model.intercept_[0])


def best_thresholds(
    chances: Floats, fits: NDArray[np.bool_], grid: Sequence[float]
) -> tuple[Floats, float]:
    """For each tag the threshold with the best F1, and the one that is best for all together.

    ``chances`` and ``fits`` are ``(texts, tags)``. A tag that none of the texts has gets the
    common one; of equally good ones the nearest to that is taken (SCut, Yang, 2001).
    """
    steps = np.array(grid, np.float32)
    found = np.stack([(chances >= step).sum(axis=0) for step in steps])
    right = np.stack([((chances >= step) & fits).sum(axis=0) for step in steps])
    have = fits.sum(axis=0)
    common = int(np.argmax(2 * right.sum(axis=1) / (found.sum(axis=1) + max(have.sum(), 1))))
    f1 = 2 * right / np.maximum(found + have, 1)
    apart = np.abs(np.arange(len(steps)) - common)[:, None]
    chosen = np.lexsort((np.broadcast_to(apart, f1.shape), -f1), axis=0)[0]
    thresholds = np.where(f1.max(axis=0) > 0, steps[chosen], steps[common])
    return thresholds.astype(np.float32), float(steps[common])
