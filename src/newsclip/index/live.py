"""What a query sees: the newest snapshot and what has changed since, as one consistent view."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from newsclip.errors import StoreMissing
from newsclip.index.analysis import Analyzer
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.layers import Layers
from newsclip.index.loaded_encoders import LoadedEncoders
from newsclip.index.recipe import ArticleEncoder
from newsclip.index.snapshot import Snapshot, Snapshots
from newsclip.index.store import Store
from newsclip.index.view import View

log = logging.getLogger(__name__)


class LiveView:
    """Follows one store. Threads take turns: each gets a :class:`View` for one request.

    Every process that opens the store sees each change at its next request. When a newer
    snapshot appears, the layers over it are made ready in the background, and then take the
    place of the old ones between two requests.
    """

    def __init__(self, store: Store, encoders: LoadedEncoders, trusting: bool = False) -> None:
        """``trusting`` opens a snapshot without reading all of it to compare the checksums."""
        self.store = store
        self._trusting = trusting
        self._encoders = encoders
        self._snapshots = Snapshots(store.directory)
        self._analyzer = Analyzer()
        self._lock = threading.Lock()
        self._layers: Layers | None = None
        self._ready: Layers | None = None  # made in the background, not in use yet
        self._seen = 0  # when the snapshots had changed, as far as they are known here
        self._preparing: threading.Thread | None = None

    @contextmanager
    def reading(self, now: datetime | None = None) -> Iterator[View]:
        """The archive as it is at this moment; ``now`` decides what readers may see."""
        with self._lock, self.store.reading():
            layers, encoder = self._current()
            yield View(self.store, layers, encoder, self._analyzer, now or datetime.now(UTC))

    def close(self) -> None:
        """Waits for layers that are being made: they are read from the store, which ends next."""
        if self._preparing is not None:
            self._preparing.join()

    def snapshot_revision(self) -> int:
        """The revision of the snapshot in use; 0 without one."""
        layers = self._layers
        return layers.snapshot.revision if layers and layers.snapshot else 0

    def _current(self) -> tuple[Layers, ArticleEncoder]:
        """The layers at the newest revision, and the encoder that their embeddings are by."""
        revision = self.store.revision()
        active = self.store.embeddings.active()
        if active is None:
            raise StoreMissing(self.store.directory)
        self._encoders.preload_next()
        encoder = self._encoders.get(active)
        self._exchange(active, revision)
        try:
            if self._layers is None:
                self._layers = self._open(active, revision)
            if self._layers.revision != revision:
                self._layers.follow(self.store, revision)
        except BaseException:  # half of a change would stay in the layers for good
            self._layers = None
            raise
        return self._layers, encoder

    def _exchange(self, active: KnownEncoder, revision: int) -> None:
        """Takes newer layers if they are ready; has them made if there is a newer snapshot."""
        ready = self._ready
        if ready and ready.encoder == active and ready.revision <= revision:
            self._layers, self._ready = ready, None
        if self._layers and self._layers.encoder != active:  # switched to another model
            self._layers = None
        changed_at = self._snapshots.changed_at()
        if self._layers and changed_at != self._seen and not self._is_preparing():
            self._seen = changed_at
            self._preparing = threading.Thread(target=self._prepare, name="prepare-snapshot")
            self._preparing.daemon = True
            self._preparing.start()

    def _is_preparing(self) -> bool:
        return self._preparing is not None and self._preparing.is_alive()

    def _prepare(self) -> None:
        try:
            with self.store.reading():
                active = self.store.embeddings.active()
                if active is None:
                    return
                revision = self.store.revision()
                snapshot = self._newest(active, revision, trusting=True)  # it has just been made
                if snapshot is None or not self._is_newer(snapshot):
                    return
                layers = Layers(self._analyzer, active, snapshot)
                layers.follow(self.store, revision)
                self._ready = layers
        except Exception:
            log.exception("a newer snapshot cannot be used; the older one goes on")

    def _is_newer(self, found: Snapshot) -> bool:
        """By its number, not its revision: one made anew may stand in for one that is damaged."""
        layers = self._layers
        return not (layers and layers.snapshot) or found.folder > layers.snapshot.folder

    def _open(self, active: KnownEncoder, revision: int) -> Layers:
        self._seen = self._snapshots.changed_at()
        return Layers(self._analyzer, active, self._newest(active, revision, self._trusting))

    def _newest(self, active: KnownEncoder, revision: int, trusting: bool) -> Snapshot | None:
        lineage = self.store.lineage()
        for found in self._snapshots.usable(lineage, revision, active.identity, trusting):
            if isinstance(found, Snapshot):
                return found
            log.warning("%s; %s", found.message, found.remedy)
        return None
