"""Keeps the tagger young while the service runs, in a process of its own.

Every few seconds: has enough changed, and is nobody importing at this moment? Then a child process
with low priority learns anew, and each worker uses the result from its next request on.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from newsclip.api.background import run_beside
from newsclip.errors import NewsclipError
from newsclip.index.store import Store
from newsclip.recommender.tagging.schedule import is_due

_SECONDS_BETWEEN_LOOKS = 5

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@contextmanager
def training(directory: Path) -> Iterator[None]:
    """Learns a tagger whenever one is due, for as long as the context lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(directory, stop), name="trainer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run(directory: Path, stop: threading.Event) -> None:
    store = Store.open(directory)
    seen, tried = store.revision(), -1
    try:
        while not stop.wait(_SECONDS_BETWEEN_LOOKS):
            before, seen = seen, store.revision()
            # What failed would fail again; and an import would have half of it learned for nothing.
            if seen == before and seen != tried and _is_due(store):
                tried = seen
                _train(directory, stop)
    finally:
        store.close()


def _is_due(store: Store) -> bool:
    try:
        return is_due(store)
    except NewsclipError as error:
        log.warning("no look at the tags", reason=error.message)
        return False


def _train(directory: Path, stop: threading.Event) -> None:
    code, output = run_beside(["tags", "train", "--if-due", "--json"], directory, stop)
    if code == 0:
        log.info("tagger learned", result=output)
    elif not stop.is_set():
        log.warning("tagger not learned", reason=output)
