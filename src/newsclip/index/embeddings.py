"""The articles' embeddings as the store keeps them: one for each article and encoder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderMismatch
from newsclip.index.database import Database

# Named values of the archive that say which encoder is which; each holds an encoder's number.
_ACTIVE, _PREVIOUS, _NEXT = "encoder", "previous_encoder", "next_encoder"
_KNOWN = "SELECT number, name, identity, dimension FROM encoder"
_MISSING = (
    "FROM article WHERE NOT EXISTS"
    " (SELECT 1 FROM embedding e WHERE e.key = article.key AND e.encoder = ?)"
)


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

    def missing(self, number: int, limit: int, after: int = 0) -> list[int]:
        """Keys above ``after`` of articles that an encoder has no embedding of, ascending."""
        query = f"SELECT key {_MISSING} AND key > ? ORDER BY key LIMIT ?"
        return [row[0] for row in self._database.rows(query, number, after, limit)]

    def count_missing(self, number: int) -> int:
        """How many articles an encoder has no embedding of."""
        return int(self._database.rows(f"SELECT count(*) {_MISSING}", number)[0][0])

    def add(self, number: int, embeddings: Iterable[tuple[int, NDArray[np.float32]]]) -> None:
        """Stores embeddings, float32 of ``(dimension,)``; keys that are no more are passed over."""
        rows = [(key, number, vector.astype("<f4").tobytes(), key) for key, vector in embeddings]
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO embedding"
                " SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM article WHERE key = ?)",
                rows,
            )

    def of(self, number: int, keys: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The embeddings of some keys by one encoder."""
        query = f"SELECT key, vector FROM embedding WHERE encoder = {int(number)} AND key IN"
        rows = self._database.rows_in(query, keys)
        return {key: np.frombuffer(vector, "<f4") for key, vector in rows}

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
