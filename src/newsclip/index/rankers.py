"""The rankers that were learned on an archive, as its store keeps them: one for each encoder."""

from newsclip.index.database import Database


class Rankers:
    """Stored texts; what they mean is for the recommender to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, encoder: str) -> str | None:
        """The ranker that was learned with the encoder of this identity."""
        row = self._database.first("SELECT weights FROM ranker WHERE encoder = ?", encoder)
        return None if row is None else str(row[0])

    def keep(self, encoder: str, weights: str) -> None:
        """Stores a ranker in the place of the one before; every worker has it next time."""
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO ranker VALUES (?, ?)", (encoder, weights))

    def forget(self) -> int:
        """Removes the rankers of all encoders, and says how many there were."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM ranker").rowcount
