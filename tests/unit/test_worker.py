"""What a worker of the service does beside its answers."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from newsclip.api import server
from newsclip.errors import StoreBusy


class Service:
    """Loads a list, then fails, and so does its second look at its archive; the third stops it."""

    def __init__(self, serving: threading.Thread, stop: threading.Event) -> None:
        self.loaded: list[object] = []
        self.looks = 0
        self.archive: Any = self
        self._serving, self._stop = serving, stop

    def load(self) -> None:
        assert not self.looks
        self.loaded.append([])
        raise StoreBusy("somebody held it")

    @contextmanager
    def reading(self) -> Iterator[None]:
        self.looks += 1
        if self.looks == 2:
            raise StoreBusy("somebody held it")
        if self.looks == 3:
            self._stop.set()
            self._serving.join()
        yield


def test_a_worker_loads_and_then_keeps_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has loaded is not looked through for rubbish."""
    monkeypatch.setattr(server, "_SECONDS_BETWEEN_LOOKS", 0.001)
    stop = threading.Event()
    serving = threading.Thread(target=stop.wait)
    serving.start()
    service: Any = Service(serving, stop)
    before = gc.get_freeze_count()
    try:
        server._keep_up(service, serving)
        assert gc.get_freeze_count() > before
        assert not any(each is service.loaded[0] for each in gc.get_objects())
    finally:
        gc.unfreeze()
    assert service.looks == 3
