"""The first sentences of a body, read by an encoder once, so that the nearest is shown at once.

To read the sentences of ten hits takes longer than all else of a search. An encoder that sums up
its pieces' rows needs of a sentence only which pieces it has and how long their sum is: its cosine
with a query then takes one product for each different piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.encoder import Encoder, PieceSums, Reading
from newsclip.index.sentences import sentence_spans

MOST = 24
"""Sentences of a body that are looked at."""

_VERSION = 1  # of what is kept; what another one has kept is read anew
_SILENT = 1e-12  # a sum that is no longer says nothing
_HEAD = 3  # numbers before the columns: the version, how many sentences, the bytes of a piece

Floats = NDArray[np.float32]
Spans = Sequence[tuple[int, int]]


class Nearness(NamedTuple):
    """How near sentences are to a query.

    ``spans`` are their characters' ranges, ``(n, 2)``; ``cosines`` those with the query, and
    ``beside`` that of each with the next, the last's without meaning; both ``(n,)``.
    """

    spans: NDArray[np.uint32]
    cosines: Floats
    beside: Floats


@dataclass(frozen=True)
class Passages:
    """The first sentences of a body as an encoder has read them.

    ``spans`` and ``beside`` are those of :class:`Nearness`; ``lengths`` are those of the sums of
    the sentences' rows, 0 for one that says nothing to the encoder, ``(n,)``.
    """

    spans: NDArray[np.uint32]
    lengths: Floats
    beside: Floats
    reading: Reading

    def cosines(self, products: Floats) -> Floats:
        """The cosine of each sentence with a query, from the query's product with each piece."""
        count = len(self.spans)
        sums = np.bincount(np.repeat(np.arange(count), self.reading.lengths), products, count)
        cosines: Floats = (sums / np.maximum(self.lengths, _SILENT)).astype(np.float32)
        return cosines

    def to_bytes(self) -> bytes:
        """What :meth:`from_bytes` makes the same of."""
        pieces = self.reading.pieces
        kind = np.dtype("<u2" if pieces.max(initial=0) < 2**16 else "<u4")
        head = np.array([_VERSION, len(self.spans), kind.itemsize], "<u4")
        columns = (
            self.spans.astype("<u4"),
            self.reading.ends.astype("<u4"),
            self.lengths.astype("<f4"),
            self.beside.astype("<f4"),
        )
        parts = (head, *columns, pieces.astype(kind))
        return b"".join(part.tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self | None:
        """None if another version has kept it."""
        version, count, size = np.frombuffer(kept, "<u4", _HEAD).tolist()
        if version != _VERSION:
            return None
        numbers = np.frombuffer(kept, "<u4", 3 * count, 4 * _HEAD)
        floats = np.frombuffer(kept, "<f4", 2 * count, 4 * (_HEAD + 3 * count))
        pieces = np.frombuffer(kept, f"<u{size}", -1, 4 * (_HEAD + 5 * count))
        reading = Reading(pieces.astype(np.int32), numbers[2 * count :].astype(np.int64))
        spans = numbers[: 2 * count].reshape(count, 2)
        return cls(spans, floats[:count], floats[count:], reading)


def read_within(
    model: PieceSums, texts: Sequence[str], bodies: Sequence[str]
) -> tuple[Reading, list[Passages]]:
    """Reads texts, and the passages of the body that each ends with."""
    spans = [sentence_spans(body, MOST) for body in bodies]
    if model.cuts_at_blanks:
        reading, sentences = _read_at_once(model, texts, bodies, spans)
    else:
        reading, sentences = model.read(texts), model.read(_sentences(bodies, spans))
    return reading, _passages(model, spans, sentences)


def _read_at_once(
    model: PieceSums, texts: Sequence[str], bodies: Sequence[str], spans: Sequence[Spans]
) -> tuple[Reading, Reading]:
    """The texts and their sentences, which begin and end at blanks."""
    parts: list[str] = []
    ends: list[int] = []  # of each text, in parts
    sentences: list[int] = []
    for text, body, of_body in zip(texts, bodies, spans, strict=True):
        start = len(text) - len(body)
        places = [0, *(start + place for span in of_body for place in span), len(text)]
        # What stands before the first sentence is a part, and what stands behind each.
        sentences += range(len(parts) + 1, len(parts) + 2 * len(of_body), 2)
        parts += [text[a:b] for a, b in pairwise(places)]
        ends.append(len(parts))
    reading = model.read(parts)
    return reading.joined(np.array(ends, np.int64)), reading.at(np.array(sentences, np.int64))


def _sentences(bodies: Sequence[str], spans: Sequence[Spans]) -> list[str]:
    return [body[a:b] for body, own in zip(bodies, spans, strict=True) for a, b in own]


def _passages(model: PieceSums, spans: Sequence[Spans], reading: Reading) -> list[Passages]:
    """Those of each body; ``reading`` is that of all sentences of all bodies."""
    rows = model.sums(reading)
    lengths = np.linalg.norm(rows, axis=1)
    rows /= np.maximum(lengths, _SILENT)[:, None]
    lengths[lengths <= _SILENT] = 0
    beside = _beside(rows)
    passages = []
    end = 0
    for of_body in spans:
        start, end = end, end + len(of_body)
        table = np.array(of_body, np.uint32).reshape(-1, 2)
        own = reading.between(start, end)
        passages.append(Passages(table, lengths[start:end], beside[start:end], own))
    return passages


def _beside(rows: Floats) -> Floats:
    """The cosine of each row of unit length with the next; of the last 0."""
    beside = np.zeros(len(rows), np.float32)
    np.einsum("ij,ij->i", rows[:-1], rows[1:], out=beside[:-1])
    return beside


def nearness(
    model: Encoder, query: Floats, bodies: Sequence[str], kept: Sequence[Passages | None]
) -> list[Nearness]:
    """How near the first sentences of each body are to a query's embedding.

    ``kept`` is what is known of each body; what is not is read.
    """
    if not isinstance(model, PieceSums):
        return _embedded(model, query, bodies)
    missing = [body for body, known in zip(bodies, kept, strict=True) if known is None]
    made = iter(read_within(model, missing, missing)[1] if missing else ())
    passages = [known or next(made) for known in kept]
    pieces = [each.reading.pieces for each in passages]
    products = model.products(np.concatenate([np.empty(0, np.int32), *pieces]), query)
    own = np.split(products, np.cumsum([*map(len, pieces)]))[: len(pieces)]
    return [
        Nearness(each.spans, each.cosines(of_pieces), each.beside)
        for each, of_pieces in zip(passages, own, strict=True)
    ]


def _embedded(model: Encoder, query: Floats, bodies: Sequence[str]) -> list[Nearness]:
    spans = [sentence_spans(body, MOST) for body in bodies]
    embeddings = model.encode_documents(_sentences(bodies, spans))
    rows = np.split(embeddings, np.cumsum([*map(len, spans)]))[: len(spans)]
    return [
        Nearness(np.array(of_body, np.uint32).reshape(-1, 2), own @ query, _beside(own))
        for of_body, own in zip(spans, rows, strict=True)
    ]
