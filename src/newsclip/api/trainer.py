"""Keeps the tagger young while the service runs, in a process of its own.

Every few seconds: has enough changed, and is nobody importing at this moment? Then a child process
with low priority learns anew, and each worker uses the result from its next request on.
"""

import threading
from contextlib import AbstractContextManager
from pathlib import Path

import structlog

from newsclip.api.background import run_beside, watching
from newsclip.errors import NewsclipError
from newsclip.index.store import Store
from newsclip.recommender.tagging.schedule import is_due

_SECONDS_BETWEEN_LOOKS = 5

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def training(directory: Path) -> AbstractContextManager[None]:
    """Learns a tagger whenever one is due, for as long as the context lasts."""
    return watching(directory, _watch, "trainer")


def _watch(store: Store, stop: threading.Event) -> None:
    seen, tried = store.revision(), -1
    while not stop.wait(_SECONDS_BETWEEN_LOOKS):
        before, seen = seen, store.revision()
        # What failed would fail again; and an import would have half of it learned for nothing.
        if seen == before and seen != tried and _is_due(store):
            tried = seen
            _train(store.directory, stop)


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
