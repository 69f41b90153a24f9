"""Kills an action before each of its steps on the disk in turn, to see what a crash leaves."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

_ON_DISK = {"chmod", "chown", "fsync", "link", "mkdir", "open", "rename", "replace", "unlink"}


def left_by_crashes(action: str, scene: Path, into: Path) -> list[Path]:
    """What each crash leaves: copies of the folder ``scene`` below ``into``; the last is whole.

    ``action`` is Python that runs in the folder. It is run in a process of its own, which knows
    `back_up`, `restore`, `compaction`, `Store` and `Path`.
    """
    command = [sys.executable, __file__, action, str(scene), str(into)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [into / name for name in json.loads(done.stdout)]


def _main(action: str, scene: str, into: str) -> None:
    from newsclip.index import compaction
    from newsclip.index.backup import back_up
    from newsclip.index.restore import restore
    from newsclip.index.store import Store

    names: dict[str, Any] = {"back_up": back_up, "restore": restore, "compaction": compaction}
    names |= {"Store": Store, "Path": Path}
    left = []
    for step in count():
        left.append(str(step))
        shutil.copytree(scene, Path(into, left[-1]))
        child = os.fork()
        if not child:
            os.chdir(Path(into, left[-1]))
            _die_before(step)
            exec(action, names)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != signal.SIGKILL:
            assert status == 0
            break
    print(json.dumps(left))  # noqa: T201 - the answer to `left_by_crashes`


def _die_before(step: int) -> None:
    steps = count()

    def watch(_: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and _touches_the_disk(called) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def _touches_the_disk(called: Any) -> bool:
    of_sqlite = isinstance(getattr(called, "__self__", None), sqlite3.Connection)
    return of_sqlite or (called.__module__ == "posix" and called.__name__ in _ON_DISK)


if __name__ == "__main__":
    _main(*sys.argv[1:])
