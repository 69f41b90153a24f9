"""What every handler works with: one of these for each application."""

import threading
from dataclasses import dataclass, field
from typing import Any

from newsclip.api.metrics import Metrics
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive


@dataclass
class Service:
    """An open archive, the settings it is served with, and what is known about the serving."""

    archive: Archive
    settings: Settings
    document: dict[str, Any]
    metrics: Metrics = field(default_factory=Metrics)
    loaded: threading.Event = field(default_factory=threading.Event)

    def load(self) -> None:
        """Reads the archive's view into memory, which the first request would else wait for.

        Ready is what follows, even where it failed: the next request then says how.
        """
        try:
            with self.archive.reading():
                pass
        finally:
            self.loaded.set()
