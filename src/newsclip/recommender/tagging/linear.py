"""A linear classifier for each tag, over the words and the embedding of a text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.recommender.tagging.words import ByWord, Floats, Places, Sparse

_PENALTY = 0.1  # C of the support vector machines: the same for words, embeddings and all tags
_DIMENSIONS = 128  # the embedding is learned from; they hold most of what differs between texts
_MOST_ROWS = 1_000_000  # articles times tags that are learned from
_LEAST_OTHERS, _MOST_OTHERS = 1_000, 10_000  # articles without a tag that it is told from
_MOST_WORDS = 1_000  # kept for each tag, those with the largest weights


@dataclass(frozen=True)
class Linear:
    """The classifiers of ``t`` tags: ``embedding`` is ``(dimension, t)``, ``offset`` ``(t,)``."""

    words: ByWord
    embedding: Floats
    offset: Floats

    def decisions(self, places: Places, values: Floats, embedding: Floats) -> Floats:
        """How far a text lies on each tag's side, ``(t,)``: about 1 in its midst, -1 far from it.

        ``places`` and ``values`` are its weighted words.
        """
        of_words = self.words.products(places, values)
        decisions: Floats = of_words + embedding @ self.embedding + self.offset
        return decisions

    def table(self, words: Sparse, embeddings: Floats) -> Floats:
        """The decisions of many texts, ``(n, t)``.

        ``words`` is sparse, ``(n, v)``, ``embeddings`` is ``(n, dimension)``.
        """
        return self.words.table(words) + embeddings @ self.embedding + self.offset


def fitted(
    words: Sparse,
    embeddings: Floats,
    carried: Sparse,
    judged: Sequence[Places | None],
    text_weights: Floats,
    seed: int,
) -> Linear:
    """Support vector machines, one against the rest, both sides of a tag weighing the same.

    ``words`` is ``(n, v)``, ``embeddings`` ``(n, d)``, ``carried`` ``(n, t)``, true where a text
    has the tag. ``judged[t]`` are the rows that are known to have the tag or not; None is all of
    them. ``text_weights`` ``(n,)`` say how much each text counts.
    """
    from scipy.sparse import hstack

    mean = embeddings.mean(axis=0)
    axes = _axes(embeddings - mean)
    table = hstack([words, _sparse((embeddings - mean) @ axes)], "csr")
    width = words.shape[1]
    del words  # of fifty thousand articles a hundred megabytes
    columns = carried.tocsc()
    random = np.random.default_rng(seed)
    others = int(np.clip(_MOST_ROWS // max(1, columns.shape[1]), _LEAST_OTHERS, _MOST_OTHERS))
    kept, reduced, offsets = [], [], []
    for tag in range(columns.shape[1]):
        own = columns.indices[columns.indptr[tag] : columns.indptr[tag + 1]]
        rows = _rows(own, judged[tag], embeddings, others, random)
        weights, offset = _one(table, rows, np.isin(rows, own), text_weights)
        kept.append(_largest(weights[:width]))
        reduced.append(weights[width:])
        offsets.append(offset)
    full = axes @ np.array(reduced, np.float32).reshape(-1, axes.shape[1]).T
    offset = np.array(offsets, np.float32) - mean @ full
    return Linear(ByWord.of(kept, width), full.astype(np.float32), offset)


def _sparse(table: Floats) -> Sparse:
    """A table without zeros, without the copies that looking for zeros takes."""
    from scipy.sparse import csr_matrix

    rows, width = table.shape
    columns = np.tile(np.arange(width, dtype=np.int32), rows)
    return csr_matrix((table.ravel(), columns, np.arange(rows + 1) * width), table.shape)


def _axes(centred: Floats) -> Floats:
    """The directions in which embeddings differ most, ``(d, at most _DIMENSIONS)``."""
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return vectors[:, -_DIMENSIONS:].astype(np.float32)


def _rows(
    own: NDArray[np.int32],
    judged: Places | None,
    embeddings: Floats,
    most: int,
    random: np.random.Generator,
) -> Places:
    """The rows that a tag is learned from: all, or its own, the likest others, and some by chance.

    A rare tag of a large archive is told from ten thousand articles as well as from all.
    """
    is_known = np.ones(len(embeddings), np.bool_)
    if judged is not None:
        is_known[:] = False
        is_known[judged] = True
    has = own[is_known[own]]
    is_known[own] = False
    others = np.flatnonzero(is_known)
    if len(others) > most and len(own):
        likeness = (embeddings @ embeddings[own].mean(axis=0))[others]
        order = np.argpartition(-likeness, most // 2)
        rest = random.choice(order[most // 2 :], most - most // 2, replace=False)
        others = others[np.append(order[: most // 2], rest)]
    return np.sort(np.append(has, others))


def _one(
    table: Sparse, rows: Places, has: NDArray[np.bool_], text_weights: Floats
) -> tuple[Floats, float]:
    from sklearn.svm import LinearSVC

    if has.all() or not has.any():
        return np.zeros(table.shape[1], np.float32), 1.0 if has.all() else -1.0
    part = table if len(rows) == table.shape[0] else table[rows]
    machine = LinearSVC(C=_PENALTY, class_weight="balanced", random_state=0)
    machine.fit(part, has, sample_weight=text_weights[rows])
    return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])


def _largest(weights: Floats) -> tuple[Places, Floats]:
    places = np.flatnonzero(weights)
    if len(places) > _MOST_WORDS:
        largest = np.argpartition(-np.abs(weights[places]), _MOST_WORDS)[:_MOST_WORDS]
        places = np.sort(places[largest])
    return places, weights[places]
