"""Keeps the snapshot young while the service runs, in a process of its own.

::

    before the workers start   the newest snapshot is compared with its checksums; one that is
                               damaged, or missing where it would be large, is made anew
    while they run             every few seconds: has enough changed? Then a child process with
                               low priority makes the next one, and each worker changes to it
"""

import threading
from contextlib import AbstractContextManager
from pathlib import Path

import structlog

from newsclip.api.background import run_beside, watching
from newsclip.errors import NewsclipError, SnapshotError, StoreBusy
from newsclip.index import compaction
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store

_SECONDS_BETWEEN_LOOKS = 2
_STALE = 3 * compaction.MOST_CHANGES  # changes that would keep a worker from starting soon

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def prepare(directory: Path) -> None:
    """Sees to it that workers start from a snapshot that is sound, and near the newest revision.

    Raises a StoreError; SnapshotVersionUnknown for a snapshot of a newer Newsclip.
    """
    store = Store.open(directory)
    try:
        if _damaged(store):
            _make(store, fresh=True)
        elif _is_stale(store):
            _make(store, fresh=False)
    except StoreBusy as error:  # a command makes one; the workers start from what there is
        log.warning("snapshot not made", reason=error.message)
    finally:
        store.close()


def _damaged(store: Store) -> bool:
    """Whether the newest snapshot cannot be used as it is; what is wrong goes to the log."""
    encoder = store.embeddings.active()
    if encoder is None:
        return False
    found = Snapshots(store.directory).usable(
        store.lineage(), store.revision(), encoder.identity, trusting=False
    )
    newest = next(found, None)
    if isinstance(newest, SnapshotError):
        log.warning("snapshot not used", problem=newest.message)
        return True
    return False


def _is_stale(store: Store) -> bool:
    changes, articles = compaction.changes_since_snapshot(store)
    return changes > _STALE or (not articles and compaction.is_due(store))


def _make(store: Store, fresh: bool) -> None:
    log.info("making a snapshot", articles_from="the store" if fresh else "the last and the store")
    make = compaction.rebuild if fresh else compaction.compact
    folder = make(store)
    log.info("snapshot made", folder=str(folder))


def compacting(directory: Path) -> AbstractContextManager[None]:
    """Makes a snapshot whenever one is due, for as long as the context lasts."""
    return watching(directory, _watch, "compactor")


def _watch(store: Store, stop: threading.Event) -> None:
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        _look(store, stop)


def _look(store: Store, stop: threading.Event) -> None:
    try:
        if compaction.is_due(store):
            _make_in_child(store.directory, stop)
        compaction.remove_unread(store)
    except StoreBusy:  # a command is at it
        pass
    except NewsclipError as error:  # the disk may have room again at the next look
        log.warning("snapshot not made", reason=error.message)


def _make_in_child(directory: Path, stop: threading.Event) -> None:
    code, output = run_beside(["snapshot", "--if-due", "--json"], directory, stop)
    if code == 0:
        log.info("snapshot made", result=output)
    elif not stop.is_set():
        log.warning("snapshot not made", reason=output)
