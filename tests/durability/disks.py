"""Disks on which there is no room, and how commands fare there."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from tests.servers import children_of

ROOT = Path(__file__).parents[2]
_PYTHON = [sys.executable, "-m", "tests.durability.commands"]
_MOUNT = 'mount -t tmpfs -o size="$1" none "$0" && shift && exec "$@"'
_PAGE = 4_096
_LITTLE = 2 * 2**20  # bytes that suffice for a log of what happens, not for a long article


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


class Commands:
    """A process that runs commands of ours in forks; see :mod:`tests.durability.commands`."""

    def __init__(self, *prefix: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [*prefix, *_PYTHON], stdin=pipe, stdout=pipe, text=True, cwd=ROOT
        )
        self.pid = self._process.pid

    def run(
        self, *arguments: str | Path, file_bytes: int | None = None, user: int | None = None
    ) -> Done:
        """Runs ``newsclip *arguments``."""
        assert self._process.stdin
        assert self._process.stdout
        order = {"arguments": [*map(str, arguments)], "file_bytes": file_bytes, "user": user}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)


class Disk(Protocol):
    """A disk whose room is given for each command.

    ``folder`` is where a command finds it, ``seen`` where this process does; a process that
    outlasts a command is started by way of ``prefix``.
    """

    folder: Path
    seen: Path
    prefix: Sequence[str]

    def run(self, *arguments: str | Path, room: int | None = None) -> Done:
        """Runs a command with room for so many bytes; None is as many as it likes."""
        ...

    def full(self, process: int) -> AbstractContextManager[None]:
        """No room for a process that runs, nor for its children."""
        ...


class Limited:
    """Any disk; what is limited is the size that a file may have."""

    prefix: Sequence[str] = ()

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.folder = self.seen = folder
        self.commands = commands

    def run(self, *arguments: str | Path, room: int | None = None) -> Done:
        """See :meth:`Disk.run`."""
        return self.commands.run(*arguments, file_bytes=room)

    @contextmanager
    def full(self, process: int) -> Iterator[None]:
        """See :meth:`Disk.full`."""
        with ExitStack() as stack:
            for each in (process, *children_of(process)):
                stack.enter_context(file_bytes_of(each, _LITTLE))
            yield


@contextmanager
def file_bytes_of(process: int, most: int) -> Iterator[None]:
    """Limits the files of one process, and of the children that it starts meanwhile."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


class Small:
    """A disk of some megabytes that is really full."""

    def __init__(self, folder: Path, commands: Commands) -> None:
        self.folder = folder
        self.seen = Path(f"/proc/{commands.pid}/root{folder}")
        self.prefix: Sequence[str] = ("nsenter", "-t", str(commands.pid), "-m")
        self.commands = commands

    def run(self, *arguments: str | Path, room: int | None = None) -> Done:
        """See :meth:`Disk.run`."""
        with self.filled(room):
            return self.commands.run(*arguments)

    def full(self, process: int) -> AbstractContextManager[None]:
        """See :meth:`Disk.full`."""
        return self.filled(0)

    @contextmanager
    def filled(self, room: int | None) -> Iterator[None]:
        """Leaves so much room, but for what a page more or less makes."""
        filler = self.seen / "filler"
        free = os.statvfs(self.seen).f_bavail * os.statvfs(self.seen).f_bsize
        with filler.open("wb") as file:
            size = 0 if room is None else max(0, free - room) // _PAGE * _PAGE
            if size:
                os.posix_fallocate(file.fileno(), 0, size)
        try:
            yield
        finally:
            filler.unlink()


def can_mount() -> bool:
    """Whether this user may mount a disk that nobody else sees."""
    try:
        done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return os.geteuid() == 0 and done.returncode == 0


@contextmanager
def small(folder: Path, megabytes: int) -> Iterator[Small]:
    """A disk of so many megabytes at ``folder``, for the commands alone."""
    prefix = ["unshare", "-m", "--propagation", "private"]
    with Commands(*prefix, "sh", "-c", _MOUNT, str(folder), f"{megabytes}m") as commands:
        commands.run("--version")  # it is mounted now
        yield Small(folder, commands)
