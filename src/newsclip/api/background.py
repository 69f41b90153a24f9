"""A command of our own in a process beside the service, of low priority."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_NICENESS = 10


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
    os.setpriority(os.PRIO_PROCESS, child.pid, _NICENESS)
    while child.poll() is None:
        if stop.wait(0.1):
            child.terminate()  # nobody sees what is half made; the next attempt removes it
    return child.returncode, child.communicate()[0].strip()
