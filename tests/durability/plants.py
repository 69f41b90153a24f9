"""Faults to be planted, so that it is seen that the harness finds such ones."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from newsclip.index import backup, compaction
from newsclip.index.article_rows import Stored
from newsclip.index.database import Database
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store

from . import jobs, scenes
from .stories import Step

_BLOCK = 32 * 2**10


def _transaction_for_each_article() -> None:
    write = Store.write

    def write_one_by_one(store: Store, articles: Iterable[Stored], encoder: int) -> int:
        return [write(store, [stored], encoder) for stored in articles][-1]

    Store.write = write_one_by_one  # type: ignore[method-assign]


def _no_transaction() -> None:
    @contextmanager
    def writing(database: Database) -> Iterator[sqlite3.Connection]:
        try:
            yield database._connection
        except sqlite3.DatabaseError as error:
            raise database._translated(error) from error

    Database.writing = writing  # type: ignore[method-assign, assignment]


def _acknowledged_too_early() -> None:
    take = scenes.take

    def take_later(archive: object, steps: list[Step]) -> None:
        waiting.extend(steps)
        if len(waiting) > 5:
            take(archive, waiting)  # type: ignore[arg-type]
            waiting.clear()

    waiting: list[Step] = []
    jobs.take = take_later  # type: ignore[assignment]


def _snapshot_in_its_place() -> None:
    @contextmanager
    def folder(snapshots: Snapshots) -> Iterator[Path]:
        made = snapshots.next_folder()
        made.mkdir(parents=True)
        yield made

    compaction._folder = folder


def _backup_copied_to_its_place() -> None:
    @contextmanager
    def appearing(path: Path, like: Path) -> Iterator[Path]:
        part = path.with_name("part")
        part.touch()
        yield part
        with part.open("rb") as source, path.open("wb") as target:
            while block := source.read(_BLOCK):
                target.write(block)
                target.flush()
                os.fsync(target.fileno())

    backup.appearing = appearing


PLANTS: Mapping[str, Callable[[], None]] = {
    "a transaction for each article": _transaction_for_each_article,
    "no transaction": _no_transaction,
    "acknowledged too early": _acknowledged_too_early,
    "a snapshot in its place": _snapshot_in_its_place,
    "a backup copied to its place": _backup_copied_to_its_place,
}
