"""The articles' embeddings as the store keeps them: one for each article and encoder."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderMismatch
from newsclip.index.database import Database
from newsclip.index.passages import Passages

# Named values of the archive that say which encoder is which; each holds an encoder's number.
_ACTIVE, _PREVIOUS, _NEXT = "encoder", "previous_encoder", "next_encoder"
_KNOWN = "SELECT number, name, identity, dimension FROM encoder"
_MISSING = (
    "FROM article WHERE NOT EXISTS"
    " (SELECT 1 FROM {} made WHERE made.key = article.key AND made.encoder = ?)"
)

Made = Literal["embedding", "passages"]
"""What an encoder makes of an article, each in a table of that name."""


@dataclass(frozen=True)
class KnownEncoder:
    """An encoder that the archive has embeddings of.

    ``name`` loads it; ``identity`` (the model's id and the text recipe) tells whether what was
    loaded is still the same.
    """

    number: int
    name: str
    identity: str
    dimension: int


@dataclass(frozen=True)
class Embedded:
    """What an encoder makes of an article.

    Its embedding, float32 of ``(dimension,)``, and what was read of its first sentences, if the
    encoder is one that gains by it.
    """

    vector: NDArray[np.float32]
    passages: Passages | None = None


def insert_embedded(
    connection: sqlite3.Connection, key: int, encoder: int, embedded: Embedded
) -> None:
    """Stores what an encoder makes of the article with a key, in place of what was there."""
    vector = embedded.vector.astype("<f4").tobytes()
    connection.execute("REPLACE INTO embedding VALUES (?, ?, ?)", (key, encoder, vector))
    if embedded.passages is not None:
        read = embedded.passages.to_bytes()
        connection.execute("REPLACE INTO passages VALUES (?, ?, ?)", (key, encoder, read))


class Embeddings:
    """Which encoder answers come from, and the embeddings of it and of others."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def active(self) -> KnownEncoder | None:
        """The encoder that answers come from; None for an archive that was never written."""
        return self._in_role(_ACTIVE)

    def previous(self) -> KnownEncoder | None:
        """The encoder that answers came from before the last switch."""
        return self._in_role(_PREVIOUS)

    def next(self) -> KnownEncoder | None:
        """The encoder whose embeddings are being filled in, to be switched to."""
        return self._in_role(_NEXT)

    def _in_role(self, role: str) -> KnownEncoder | None:
        query = f"{_KNOWN} WHERE number = (SELECT value FROM setting WHERE name = ?)"
        row = self._database.first(query, role)
        return None if row is None else KnownEncoder(*row)

    def register(self, name: str, identity: str, dimension: int) -> KnownEncoder:
        """The encoder with this identity, made known if it was not; ``name`` is kept up to date."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO encoder (name, identity, dimension) VALUES (?, ?, ?)"
                " ON CONFLICT (identity) DO UPDATE SET name = excluded.name",
                (name, identity, dimension),
            )
            row = self._database.rows(f"{_KNOWN} WHERE identity = ?", identity)[0]
        return KnownEncoder(*row)

    def announce(self, number: int) -> None:
        """Tells every worker which encoder comes next, so that it can be loaded in time."""
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO setting VALUES (?, ?)", (_NEXT, number))

    def missing(
        self, number: int, limit: int, after: int = 0, made: Made = "embedding"
    ) -> list[int]:
        """Keys above ``after`` of articles of which an encoder has not made it yet, ascending."""
        query = f"SELECT key {_MISSING.format(made)} AND key > ? ORDER BY key LIMIT ?"
        return [row[0] for row in self._database.rows(query, number, after, limit)]

    def count_missing(self, number: int, made: Made = "embedding") -> int:
        """How many articles there are of which an encoder has not made it yet."""
        return int(self._database.rows(f"SELECT count(*) {_MISSING.format(made)}", number)[0][0])

    def add(self, number: int, embedded: Mapping[int, Embedded]) -> None:
        """Stores what an encoder makes of articles; keys that are no more are passed over."""
        query = "SELECT key FROM article WHERE key IN"
        with self._database.writing() as connection:
            for (key,) in [*self._database.rows_in(query, [*embedded])]:
                insert_embedded(connection, key, number, embedded[key])

    def of(self, number: int, keys: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The embeddings of some keys by one encoder."""
        query = f"SELECT key, vector FROM embedding WHERE encoder = {int(number)} AND key IN"
        rows = self._database.rows_in(query, keys)
        return {key: np.frombuffer(vector, "<f4") for key, vector in rows}

    def passages(self, number: int, keys: Sequence[int]) -> dict[int, Passages]:
        """What one encoder has read of the first sentences of some keys, where it is kept."""
        query = f"SELECT key, read FROM passages WHERE encoder = {int(number)} AND key IN"
        rows = self._database.rows_in(query, keys)
        read = {key: Passages.from_bytes(kept) for key, kept in rows}
        return {key: passages for key, passages in read.items() if passages is not None}

    def embedded(self, number: int, keys: Sequence[int]) -> dict[int, Embedded]:
        """All that one encoder has made of some keys."""
        passages = self.passages(number, keys)
        vectors = self.of(number, keys)
        return {key: Embedded(vector, passages.get(key)) for key, vector in vectors.items()}

    def activate(self, number: int) -> bool:
        """Switches every worker to an encoder, at its next request.

        Does nothing and returns False while an article has no embedding by it. What it replaces
        becomes the previous one; embeddings of any others are removed.
        """
        with self._database.writing() as connection:
            if self.missing(number, 1):
                return False
            active = self.active()
            connection.execute("DELETE FROM setting WHERE name = ?", (_NEXT,))
            if active is None or active.number != number:
                roles = [(_ACTIVE, number)] + ([(_PREVIOUS, active.number)] if active else [])
                connection.executemany("REPLACE INTO setting VALUES (?, ?)", roles)
            kept = [known.number for known in (self.active(), self.previous()) if known]
            marks = ", ".join("?" * len(kept))
            connection.execute(f"DELETE FROM encoder WHERE number NOT IN ({marks})", kept)
        return True

    def check_active(self, number: int) -> None:
        """Raises EncoderMismatch if answers come from another encoder by now."""
        active = self.active()
        if active is not None and active.number != number:
            raise EncoderMismatch(active.identity, f"encoder {number}")
