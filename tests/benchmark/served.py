"""What a running service costs: its start, its memory, and a change until every worker shows it."""

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from tests.servers import children_of, free_port

_CHANGES = 60
_LONGEST_BUILD = 60  # seconds


class Service:
    """`newsclip serve` over one archive, each request on a connection of its own."""

    def __init__(self, directory: Path, workers: int, python: str = sys.executable) -> None:
        self.port = free_port()
        command = [python, "-m", "newsclip.api.cli", "serve", "--data", str(directory)]
        options = ["--port", str(self.port), "--workers", str(workers)]
        self.process = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)

    def ask(self, path: str, method: str = "GET", body: object = None) -> dict[str, Any]:
        """The JSON of an answer. Raises OSError, or AssertionError for a refusal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status < 300, content
            return json.loads(content) if content else {}

    def wait_until_ready(self) -> None:
        """Returns once the archive can be asked."""
        while True:
            assert self.process.poll() is None, "the service ended"
            with contextlib.suppress(OSError, AssertionError):
                self.ask("/health/ready")
                return
            time.sleep(0.01)

    def processes(self) -> list[int]:
        """The main one, which has looked at the snapshot, and all that it and they have started."""
        return [self.process.pid, *children_of(self.process.pid)]

    def memory_mib(self) -> dict[str, float]:
        """Of all processes together: proportional set size (a shared page counts once), and what
        of it is private and cannot be dropped."""
        totals = {"pss": 0.0, "anonymous": 0.0}
        for pid in self.processes():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            for name, field in (("pss", "Pss"), ("anonymous", "Anonymous")):
                match = re.search(rf"^{field}:\s+(\d+) kB", rollup, re.MULTILINE)
                totals[name] += int(match[1]) / 1024 if match else 0
        return totals


@contextmanager
def service(directory: Path, workers: int, python: str = sys.executable) -> Iterator[Service]:
    """A service that has answered; ended by SIGTERM."""
    running = Service(directory, workers, python)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)


def measure(
    directory: Path, ids: Sequence[str], queries: Sequence[str], python: str
) -> dict[str, Any]:
    """The figures of the archive in ``directory``, asked about these articles and queries.

    No other process may have the snapshot open, lest its share of the pages is taken off: what a
    service would learn beside its answers is learned before.
    """
    train = [python, "-m", "newsclip.api.cli", "tags", "train", "--if-due", "--json"]
    subprocess.run([*train, "--data", str(directory)], check=True, stdout=subprocess.DEVNULL)
    _read_through(directory)
    began = time.perf_counter()
    with service(directory, 1, python) as one:
        ready = time.perf_counter() - began
        _ask_all(one, ids, queries)
        alone = one.memory_mib()
    with service(directory, 2, python) as two:
        _ask_all(two, [*ids, *ids], [*queries, *queries])  # each worker gets about half
        both = two.memory_mib()
        changes = _changes(two)
        quiet = _latencies(two, ids, lambda: False)
        building = _while_building(two, directory, ids)
    return {
        "service_ready_seconds": round(ready, 2),
        "one_worker_mib": {name: round(size) for name, size in alone.items()},
        "second_worker_mib": {name: round(both[name] - alone[name]) for name in both},
        "change": changes,
        "http_similar_ms": quiet,
        "http_similar_ms_while_a_snapshot_is_made": building,
    }


def _read_through(directory: Path) -> None:
    """Brings the files into the system's memory, so that both services map them as freely.

    A page fault maps the neighbours that are in memory, too: the second service would otherwise
    seem to need what the first had only not been given.
    """
    for file in directory.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                while stream.read(2**24):
                    pass


def _while_building(running: Service, directory: Path, ids: Sequence[str]) -> dict[str, float]:
    """The same while a process of low priority makes the snapshot anew; a minute of it at most."""
    command = ["nice", "-n", "10", sys.executable, "-m", "newsclip.api.cli", "rebuild"]
    child = subprocess.Popen([*command, "--data", str(directory)], stdout=subprocess.DEVNULL)
    until = time.monotonic() + _LONGEST_BUILD
    try:
        return _latencies(running, ids, lambda: child.poll() is None and time.monotonic() < until)
    finally:
        child.terminate()
        child.wait()


def _latencies(running: Service, ids: Sequence[str], more: Callable[[], bool]) -> dict[str, float]:
    """Of related articles over HTTP, one request after the other; once round at the least."""
    spent = []
    while not spent or more():
        for article_id in ids:
            began = time.perf_counter()
            running.ask(f"/v1/articles/{quote(article_id, safe='')}/similar")
            spent.append((time.perf_counter() - began) * 1000)
    p50, p99, highest = np.percentile(spent, [50, 99, 100])
    return {"p50": round(p50, 2), "p99": round(p99, 2), "max": round(highest, 2)}


def _ask_all(running: Service, ids: Sequence[str], queries: Sequence[str]) -> None:
    for article_id in ids:
        running.ask(f"/v1/articles/{quote(article_id, safe='')}/similar")
    for query in queries:
        running.ask(f"/v1/search?q={quote(query)}")


def _changes(running: Service) -> dict[str, float]:
    """Milliseconds until a change is acknowledged, and of the requests after it, which show it.

    Every request opens a connection, and the workers take turns: ten of them reach both, and the
    slowest is of one that takes the change over.
    """
    acknowledged, first, slowest, stale = [], [], [], 0
    for turn in range(_CHANGES):
        title = f"benchmark change number {turn}"
        article = {"id": "benchmark", "title": title, "body": "A change. " * 100}
        began = time.perf_counter()
        running.ask("/v1/articles/benchmark", "PUT", article)
        acknowledged.append(time.perf_counter() - began)
        shown = []
        for _ in range(10):
            began = time.perf_counter()
            found = running.ask(f"/v1/search?q={quote(title)}&limit=1&mode=keyword")["hits"]
            shown.append(time.perf_counter() - began)
            stale += found[0]["title"] != title
        first.append(shown[0])
        slowest.append(max(shown))
    running.ask("/v1/articles/benchmark", "DELETE")
    return {
        "acknowledged_ms_p50": round(float(np.median(acknowledged)) * 1000, 2),
        "acknowledged_ms_p99": round(float(np.percentile(acknowledged, 99)) * 1000, 2),
        "next_request_ms_p50": round(float(np.median(first)) * 1000, 2),
        "slowest_of_ten_ms_p50": round(float(np.median(slowest)) * 1000, 2),
        "slowest_of_ten_ms_p99": round(float(np.percentile(slowest, 99)) * 1000, 2),
        "stale_answers": stale,
    }
