"""Another worker's view of an archive, and what it answers."""

import threading
from datetime import UTC, datetime

import numpy as np
from tests.doubles import embedding_of

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.live import LiveView
from newsclip.index.loaded_encoders import LoadedEncoders
from newsclip.index.recipe import ArticleEncoder
from newsclip.index.view import View

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)


def live_view(archive: Archive, trusting: bool = False) -> LiveView:
    """Another worker's view of the same archive."""
    encoders = LoadedEncoders(archive.store.embeddings)
    active = archive.store.embeddings.active()
    assert active is not None
    encoders.keep(active.number, ArticleEncoder(archive.encoder))
    return LiveView(archive.store, encoders, trusting)


def found(view: View, word: str) -> set[str]:
    """Ids of those that hold a word; both sides must agree on them."""
    near = view.nearest(embedding_of(word).astype(np.float32), 100, Filter()).above(0).keys
    keys = view.matching(view.query({word: 1.0}), 100, Filter())
    assert sorted(near.tolist()) == keys.tolist()
    return {entry.id for entry in view.articles(keys).values()}


def asked(live: LiveView, word: str) -> set[str]:
    with live.reading(NOON) as view:
        return found(view, word)


def settled() -> None:
    """Waits until whatever is prepared in the background is ready."""
    for thread in threading.enumerate():
        if thread.name == "prepare-snapshot":
            thread.join()
