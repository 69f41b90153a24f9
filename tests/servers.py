"""`newsclip serve` as a process of its own, to be asked and stopped."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 30  # seconds that nothing here should ever take


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(process: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    parents = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            parents[int(file.parent.name)] = int(file.read_text().rpartition(")")[2].split()[1])
    found = [process]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found[1:]


@dataclass
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def ask(
        self, path: str, method: str = "GET", body: object = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request over a connection of its own."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data,
            {"Content-Type": "application/json"} | headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def wait_until_ready(self) -> None:
        for _ in range(PATIENCE * 10):
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                if self.ask("/health/ready")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("never ready")

    def stop(self) -> tuple[int, str]:
        """The exit code after SIGTERM, and the log."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> tuple[int, str]:
        """The exit code of a server that ends by itself, and the log."""
        return self.process.wait(timeout=PATIENCE), self.log.read_text()


def start(
    directory: Path,
    port: int,
    *flags: str,
    prefix: Sequence[str] = (),
    user: int | None = None,
    log: Path | None = None,
) -> Server:
    """Serves an archive, perhaps by way of another command, or as another user."""
    command = [*prefix, sys.executable, "-m", "newsclip.api.cli", "serve"]
    command += ["--data", str(directory), "--port", str(port), *flags]
    environment = {"NEWSCLIP_LOG_FORMAT": "json", "PATH": "/usr/bin:/bin"}
    log = log or directory.parent / f"{time.monotonic_ns()}.log"
    with log.open("wb") as stream:  # a pipe that nobody reads would fill up and stop the server
        process = subprocess.Popen(
            command, stderr=stream, env=environment, cwd=directory.parent, user=user
        )
    return Server(process, port, log)
