"""Work in forked processes: the parent has loaded everything once, and starts no thread."""

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn, TypeVar, cast

_Answer = TypeVar("_Answer")
Acknowledge = Callable[[], None]
Role = Callable[[Acknowledge], None]
"""What one process does; it calls its argument after each write that it was told is safe."""

_PATIENCE = 120  # seconds that no child should ever take


class ChildFailed(Exception):
    """Work in a child has raised something, or ended the child."""


def in_child(work: Callable[[], _Answer]) -> _Answer:
    """What ``work`` returns in a process of its own. Raises ChildFailed with its traceback."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            _leave(lambda: stream.write(pickle.dumps(_outcome(work))) and stream.flush())
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        sent = stream.read()
    _, status = os.waitpid(child, 0)
    if not sent:
        raise ChildFailed(f"died of {_reason(status)}")
    answer, failure = pickle.loads(sent)
    if failure:
        raise ChildFailed(failure)
    return cast(_Answer, answer)


def _outcome(work: Callable[[], object]) -> tuple[object, str]:
    signal.alarm(_PATIENCE)
    try:
        return work(), ""
    except BaseException:
        return None, traceback.format_exc()


@dataclass(frozen=True)
class Ended:
    """How a group of processes ended.

    ``acknowledged`` counts all their calls; ``killed`` says whether the kill met one of them at
    work, ``failures`` which of them ended badly by themselves.
    """

    acknowledged: int
    killed: bool
    failures: Sequence[str]
    seconds: float


def run_group(roles: Sequence[Role], log: Path, kill_after: float | None = None) -> Ended:
    """Runs each role in a process of one group, and kills the group with SIGKILL at a moment."""
    reading, writing = os.pipe()
    began = time.monotonic()
    children: list[int] = []
    for role in roles:
        children.append(_start(role, writing, log, children[0] if children else 0))
    os.close(writing)
    if kill_after is not None:
        time.sleep(max(0.0, began + kill_after - time.monotonic()))
        os.killpg(children[0], signal.SIGKILL)
    statuses = [os.waitpid(child, 0)[1] for child in children]
    seconds = time.monotonic() - began
    with os.fdopen(reading, "rb") as stream:
        acknowledged = len(stream.read())
    killed = [status for status in statuses if status == signal.SIGKILL]
    bad = [_reason(status) for status in statuses if status not in (0, signal.SIGKILL)]
    return Ended(acknowledged, bool(killed), bad, seconds)


def _start(role: Role, writing: int, log: Path, group: int) -> int:
    child = os.fork()
    if not child:
        os.setpgid(0, group)
        _say_in(log)
        _leave(lambda: role(lambda: os.write(writing, b".") and None))
    os.setpgid(child, group or child)
    return child


def _say_in(log: Path) -> None:
    """Sends what this process prints to a file."""
    stream: IO[str] = log.open("a", buffering=1)
    for number in (1, 2):
        os.dup2(stream.fileno(), number)
    sys.stdout = sys.stderr = stream


def _leave(work: Callable[[], object]) -> NoReturn:
    """Ends this process after its work, without what the parent has registered for its end."""
    code = 1
    try:
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _reason(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit code {os.WEXITSTATUS(status)}"
