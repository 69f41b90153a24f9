"""The truth: articles, their embeddings and a change log, in one SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Self

from newsclip.errors import ArticleNotFound, StoreMissing, StoreUnavailable, StoreVersionUnknown
from newsclip.index.article import Article, content_hash
from newsclip.index.article_rows import (
    EVERY_FIELD,
    TAGS,
    Stored,
    article_of,
    insert_article,
    insert_names,
    strings_of,
)
from newsclip.index.audit import Audit
from newsclip.index.curation import Curation
from newsclip.index.database import DAMAGE_REMEDY, Database
from newsclip.index.embeddings import Embeddings
from newsclip.index.links import Links
from newsclip.index.locks import shared
from newsclip.index.migrations import FORMAT_VERSION, migrate, version_of
from newsclip.index.rankers import Rankers
from newsclip.index.stored_vocabulary import StoredVocabulary
from newsclip.index.tag_feedback import TagFeedback
from newsclip.index.taggers import Taggers
from newsclip.index.verdicts import JudgedDrafts

FILE_NAME = "archive.sqlite3"
LOCK_NAME = "archive.lock"
"""Whoever has the file open holds this one `shared`; only who is `alone` with it may replace it."""

_BATCH = 256  # articles held in memory while their tags change


class Store:
    """One archive on disk. Threads and processes may share it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._database = Database(directory / FILE_NAME)
        self._open = ExitStack()
        self.embeddings = Embeddings(self._database)
        self.rankers = Rankers(self._database)
        self.links = Links(self._database)
        self.curation = Curation(self._database)
        self.audit = Audit(self._database)
        self.vocabulary = StoredVocabulary(self._database)
        self.taggers = Taggers(self._database)
        self.tag_feedback = TagFeedback(self._database)
        self.judged_drafts = JudgedDrafts(self.tag_feedback)

    @classmethod
    def open(cls, directory: Path, create: bool = False) -> Self:
        """Opens the archive in ``directory``; ``create`` makes an empty one where there is none.

        Raises StoreMissing, StoreUnavailable, StoreVersionUnknown, or StoreBusy while a backup is
        being restored.
        """
        find(directory, create)
        store = cls(directory)
        try:
            store._open.enter_context(shared(directory, LOCK_NAME))
            store._prepare()
        except BaseException:
            store.close()
            raise
        return store

    def _prepare(self) -> None:
        """Brings the file to today's format, a new one from nothing; refuses a newer format."""
        if self._version() == FORMAT_VERSION:
            return
        with self._database.writing() as connection:
            version = version_of(connection)  # again: another process may have been first
            if version > FORMAT_VERSION:
                raise StoreVersionUnknown(self.directory, version, FORMAT_VERSION)
            migrate(connection)

    def _version(self) -> int:
        return int(self._database.rows("PRAGMA user_version")[0][0])

    def close(self) -> None:
        """Closes the file; the store must not be used after."""
        self._database.close()
        self._open.close()

    # Reading

    def reading(self) -> AbstractContextManager[None]:
        """All that this thread reads inside comes from one moment of the archive."""
        return self._database.reading()

    def revision(self) -> int:
        """A number that grows with every write; 0 for an archive that was never written."""
        row = self._database.first("SELECT value FROM setting WHERE name = 'revision'")
        return 0 if row is None else int(row[0])

    def lineage(self) -> int:
        """Which history of writes the revisions count: a number from 1 to 2**62 - 1.

        An archive that is restored from a backup begins another history.
        """
        return int(self._database.rows("SELECT value FROM setting WHERE name = 'lineage'")[0][0])

    def get(self, article_id: str) -> Article:
        """The article as stored, visible or not. Raises ArticleNotFound."""
        return self.keyed(article_id)[1]

    def keyed(self, article_id: str) -> tuple[int, Article]:
        """The key of an article's present version, and the article. Raises ArticleNotFound."""
        query = f"SELECT key, {EVERY_FIELD} FROM article WHERE id = ?"
        row = self._database.first(query, article_id)
        if row is None:
            raise ArticleNotFound(article_id)
        return row[0], self._article_of(row[1:])

    def key_of(self, article_id: str) -> int | None:
        """The key of an article's present version."""
        row = self._database.first("SELECT key FROM article WHERE id = ?", article_id)
        return None if row is None else int(row[0])

    def keys_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The key of each of these articles that is there, in the order of the ids."""
        keys = dict(self._database.rows_in("SELECT id, key FROM article WHERE id IN", ids))
        return {each: keys[each] for each in ids if each in keys}

    def ids(self, keys: Sequence[int]) -> list[str]:
        """The ids of articles, in the order of the keys; those that are no more are left out."""
        ids = dict(self._database.rows_in("SELECT key, id FROM article WHERE key IN", keys))
        return [ids[key] for key in keys if key in ids]

    def titles(self, keys: Sequence[int]) -> dict[int, tuple[str, str | None, str]]:
        """The id, URL and title of each of the articles; keys that are no more are left out."""
        query = "SELECT key, id, url, title FROM article WHERE key IN"
        return {row[0]: (row[1], row[2], row[3]) for row in self._database.rows_in(query, keys)}

    def articles(self, keys: Sequence[int]) -> dict[int, Article]:
        """The articles with these keys; keys that are no more are left out."""
        query = f"SELECT key, {EVERY_FIELD} FROM article WHERE key IN"
        return {row[0]: self._article_of(row[1:]) for row in self._database.rows_in(query, keys)}

    def _article_of(self, row: Sequence[Any]) -> Article:
        try:
            return article_of(row)
        except (TypeError, ValueError) as error:
            problem = f"the article {row[0]!r} is damaged: {error}"
            raise StoreUnavailable(self.directory, problem, DAMAGE_REMEDY) from error

    def names(self, keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The names in each article (see :func:`own_names`), where they are kept."""
        query = "SELECT key, names FROM article_names WHERE key IN"
        return {key: strings_of(names) for key, names in self._database.rows_in(query, keys)}

    def tags_of(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The tags of each of these articles that is there."""
        rows = self._database.rows_in(f"SELECT id, {TAGS} FROM article WHERE id IN", ids)
        return {article_id: strings_of(tags) for article_id, tags in rows}

    def carriers(self, tags: Sequence[str]) -> list[str]:
        """The ids of the articles, visible or not, that carry one of these very tags."""
        query = "SELECT id FROM article JOIN article_tag USING (key) WHERE tag IN"
        return sorted({row[0] for row in self._database.rows_in(query, tags)})

    def carries(self, tag: str) -> bool:
        """Whether any article, visible or not, carries this very tag."""
        return bool(self._database.first("SELECT 1 FROM article_tag WHERE tag = ?", tag))

    def hashes(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The content hash of each of these articles that exists."""
        query = "SELECT id, content_hash FROM article WHERE id IN"
        return dict(self._database.rows_in(query, ids))

    def keys_since(self, revision: int) -> tuple[list[int], list[int]]:
        """The keys that were added, and those that were removed, after ``revision``; ascending."""
        # Sorted here: asked for an order, SQLite reads all articles in it instead of its index.
        added, removed = (
            self._database.rows(f"SELECT key FROM {table} WHERE revision > ?", revision)
            for table in ("article", "removal")
        )
        return sorted(key for (key,) in added), sorted(key for (key,) in removed)

    def changes_since(self, revision: int) -> int:
        """How many versions of articles came or went after ``revision``."""
        counts = "SELECT count(*) FROM {} WHERE revision > ?"
        return sum(
            int(self._database.rows(counts.format(table), revision)[0][0])
            for table in ("article", "removal")
        )

    def rows_of(self, query: str, **named: object) -> list[tuple[Any, ...]]:
        """All rows of a query of one's own, with ``:named`` values."""
        return self._database.rows(query, **named)

    def integrity_problems(self) -> list[str]:
        """What SQLite finds wrong with the file; reads all of it."""
        found = [row[0] for row in self._database.rows("PRAGMA integrity_check")]
        orphans = self._database.rows("PRAGMA foreign_key_check")
        return [text for text in found if text != "ok"] + [
            f"a row of {table} belongs to no row of {parent}" for table, _, parent, _ in orphans
        ]

    def size_bytes(self) -> int:
        """Bytes on disk, the write-ahead log included."""
        path = self._database.path
        parts = (path, path.with_name(path.name + "-wal"))
        return sum(part.stat().st_size for part in parts if part.exists())

    # Writing

    def write(self, articles: Iterable[Stored], encoder: int) -> int:
        """Adds or replaces articles in one transaction; the new revision.

        ``encoder`` is the number of the one that made the embeddings. Raises EncoderMismatch if
        answers come from another one by now, StoreUnavailable or StoreBusy; then nothing of it
        is written.
        """
        with self._database.writing() as connection:
            self.embeddings.check_active(encoder)
            return self._write(connection, articles, encoder)

    def _write(
        self, connection: sqlite3.Connection, articles: Iterable[Stored], encoder: int
    ) -> int:
        revision = self._next_revision(connection)
        for stored in articles:
            self._remove(connection, stored.article.id, revision)
            insert_article(connection, stored, encoder, revision)
        return revision

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction: everything inside is kept, or nothing of it."""
        return self._database.writing()

    def keep_names(self, names: Mapping[int, tuple[str, ...]]) -> None:
        """Stores the names in articles; keys that are no more are passed over."""
        with self._database.writing() as connection:
            for key, of_article in names.items():
                insert_names(connection, key, of_article)

    def retag(self, connection: sqlite3.Connection, tags: Mapping[str, tuple[str, ...]]) -> None:
        """Gives articles other tags, in a transaction of :meth:`writing`; their texts stay."""
        active = self.embeddings.active()
        if tags and active:
            self._write(connection, self._retagged(tags, active.number), active.number)

    def _retagged(self, tags: Mapping[str, tuple[str, ...]], encoder: int) -> Iterator[Stored]:
        ids = list(tags)
        for start in range(0, len(ids), _BATCH):
            keys = list(self.keys_of(ids[start : start + _BATCH]).values())
            embedded, names = self.embeddings.embedded(encoder, keys), self.names(keys)
            for key, article in self.articles(keys).items():
                changed = article.model_copy(update={"tags": tags[article.id]})
                yield Stored(changed, embedded[key], content_hash(changed), names.get(key))

    def delete(self, article_id: str) -> int:
        """Removes an article; the new revision. Raises ArticleNotFound."""
        with self._database.writing() as connection:
            revision = self._next_revision(connection)
            if not self._remove(connection, article_id, revision):
                raise ArticleNotFound(article_id)
        return revision

    def _next_revision(self, connection: sqlite3.Connection) -> int:
        revision = self.revision() + 1
        connection.execute("REPLACE INTO setting VALUES ('revision', ?)", (revision,))
        return revision

    def _remove(self, connection: sqlite3.Connection, article_id: str, revision: int) -> bool:
        row = self._database.first("SELECT key FROM article WHERE id = ?", article_id)
        if row is None:
            return False
        connection.execute("DELETE FROM article WHERE key = ?", row)
        connection.execute("INSERT INTO removal VALUES (?, ?)", (row[0], revision))
        return True


def find(directory: Path, create: bool = False) -> Path:
    """The archive's file in ``directory``; with ``create`` only the directory need be there then.

    Raises StoreMissing or StoreUnavailable.
    """
    file = directory / FILE_NAME
    try:
        if not create and not file.exists():
            raise StoreMissing(directory)
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        remedy = "name a directory that this user may create and write"
        raise StoreUnavailable(directory, error.strerror or str(error), remedy) from error
    return file
