"""What was learned from an archive's tags, as its store keeps it: one for each encoder."""

from dataclasses import dataclass
from datetime import UTC, datetime

from newsclip.index.database import Database


@dataclass(frozen=True)
class StoredTagger:
    """Bytes that the recommender understands, learned from the archive at ``revision``."""

    made_at: datetime
    revision: int
    weights: bytes


class Taggers:
    """Stored bytes; what they mean is for the recommender to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, encoder: str) -> tuple[str, int] | None:
        """What changes with each tagger of this encoder: cheap to ask at each request."""
        query = "SELECT made_at, revision FROM tagger WHERE encoder = ?"
        row = self._database.first(query, encoder)
        return None if row is None else (row[0], row[1])

    def of(self, encoder: str) -> StoredTagger | None:
        """The tagger that was learned with the encoder of this identity."""
        query = "SELECT made_at, revision, weights FROM tagger WHERE encoder = ?"
        row = self._database.first(query, encoder)
        if row is None:
            return None
        made_at, revision, weights = row
        return StoredTagger(datetime.fromisoformat(made_at), revision, weights)

    def keep(self, encoder: str, revision: int, weights: bytes) -> None:
        """Stores a tagger in the place of the one before; every worker has it next time."""
        # To the microsecond: two of the same revision must not pass for one.
        made_at = datetime.now(UTC).isoformat()
        with self._database.writing() as connection:
            values = (encoder, made_at, revision, weights)
            connection.execute("REPLACE INTO tagger VALUES (?, ?, ?, ?)", values)

    def forget(self) -> int:
        """Removes the taggers of all encoders, and says how many there were."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM tagger").rowcount
