"""What goes on beside the service: a look at its archive, and commands, which give way to it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from newsclip.index.store import Store


@contextmanager
def watching(
    directory: Path, watch: Callable[[Store, threading.Event], None], name: str
) -> Iterator[None]:
    """Runs ``watch`` on the archive in a thread; at the end of the context its event is set."""
    stop = threading.Event()

    def run() -> None:
        store = Store.open(directory)
        try:
            watch(store, stop)
        finally:
            store.close()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run_beside(arguments: Sequence[str], directory: Path, stop: threading.Event) -> tuple[int, str]:
    """Runs ``newsclip`` with some arguments on an archive: its exit code, and what it printed.

    Ends it as soon as ``stop`` is set.
    """
    command = [sys.executable, "-m", "newsclip.api.cli", *arguments, "--data", str(directory)]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,  # Ctrl-C is for the main process, which ends this one
    )
    while child.poll() is None:
        if stop.wait(0.1):
            child.terminate()  # nobody sees what is half made; the next attempt removes it
    return child.returncode, child.communicate()[0].strip()
