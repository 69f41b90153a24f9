"""Writes to a running service and asks it for minutes, while it makes snapshots.

    python -m tests.durability.soak --seconds 180 --workers 2

Prints JSON: how much was asked, how many snapshots were made meanwhile, what each worker has
answered, and every problem that was found, for which the exit code is then 1: an answer of the
server's own fault, one that does not show a write that was acknowledged before it was asked for,
a request under way that is not answered when the service is told to stop, or anything that is
left over.
"""

import argparse
import json
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict
from tests.servers import PATIENCE, Server, children_of, free_port, start

from newsclip.index.archive import Archive
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store
from newsclip.index.verification import verify

from .stories import contents_of, story
from .traffic import Client, Notes, Reader, Writer

_ARTICLES = 1_500  # to begin with
_FEWEST_MADE = 2  # snapshots, for the run to say anything of them
_PATIENCE = 120  # seconds more, for so many
_AT_THE_END = 4  # requests under way when the service is told to stop


def run(seconds: float, workers: int, writers: int, readers: int, seed: int) -> dict[str, Any]:
    """The figures of a run; see the module."""
    notes = Notes()
    with tempfile.TemporaryDirectory(prefix="newsclip-soak-") as temporary:
        directory = Path(temporary, "archive")
        with Archive.open(directory, create=True) as archive:
            archive.put([story(number) for number in range(_ARTICLES)])
        server = start(directory, free_port(), "--workers", str(workers))
        try:
            server.wait_until_ready()
            clients: list[Client] = [
                *(Writer(server, notes, random.Random(f"{seed} {n}"), n) for n in range(writers)),
                *(Reader(server, notes, random.Random(f"{seed} r {n}")) for n in range(readers)),
            ]
            notes.present.update((each.id, each) for each in map(story, range(_ARTICLES)))
            generations = _work(clients, notes, directory, seconds)
            answered = _answered(server)
            left = _generations_left(server, directory)
            code = _stop(server, notes)
        finally:
            server.process.kill()
            server.process.wait()
        _check_log(server.log.read_text(), notes)
        _check_archive(directory, notes)
    made = len(generations) - 1
    if made < _FEWEST_MADE:
        notes.problem(f"only {made} snapshots were made meanwhile")
    if left > 1:
        notes.problem(f"{left} snapshots are left")
    if len(answered) < workers or not all(answered.values()):
        notes.problem(f"not every worker has answered: {answered}")
    return {
        "seed": seed,
        "seconds": seconds,
        "asked": dict(sorted(notes.counts.items())),
        "snapshots_made": made,
        "snapshots_left": left,
        "answered_by_worker": sorted(answered.values()),
        "exit_code": code,
        "articles": len(notes.present),
        "problems": notes.problems,
    }


def _work(clients: Sequence[Client], notes: Notes, directory: Path, seconds: float) -> set[str]:
    """Lets the clients work for a time, or longer, until there were some snapshots; their names."""
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    seen: set[str] = set()
    began = time.monotonic()
    while (spent := time.monotonic() - began) < seconds or (
        len(seen) <= _FEWEST_MADE and spent < seconds + _PATIENCE
    ):
        seen.update(folder.name for folder in Snapshots(directory).generations())
        if not threads[0].is_alive():
            notes.problem("a writer has ended")
            break
        time.sleep(0.1)
    notes.stopping.set()
    for thread in threads:
        thread.join()
    return seen


def _answered(server: Server) -> dict[int, int]:
    """How many requests each worker has counted."""
    counts = {}
    for worker in children_of(server.process.pid):
        for file in _mapped_files(worker, "counter_"):
            values = MmapedDict.read_all_values_from_file(file)
            counts[worker] = int(sum(value for key, value, *_ in values if "requests" in key))
    return counts


def _mapped_files(process: int, name: str) -> Iterator[str]:
    """The files that a process has mapped into its memory, of those whose names begin so."""
    maps = ""
    with suppress(OSError):  # one that makes a snapshot, and has ended meanwhile
        maps = Path(f"/proc/{process}/maps").read_text()
    yield from set(re.findall(rf"(/\S*/{name}\S*\.db)$", maps, re.MULTILINE))


def _generations_left(server: Server, directory: Path) -> int:
    """How many snapshots there are once every worker has changed to the newest."""
    snapshots = Snapshots(directory)
    for _ in range(PATIENCE * 10):
        if len(snapshots.generations()) <= 1:
            break
        server.ask("/v1/search?q=harbour")
        time.sleep(0.1)
    return len(snapshots.generations())


def _stop(server: Server, notes: Notes) -> int:
    """Tells the service to stop while it waits for the bodies of some requests."""
    under_way = []
    for number in range(_AT_THE_END):
        article = story(number, 200)
        body = json.dumps({"title": article.title, "body": article.body}).encode()
        client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        client.sendall(
            f"PUT /v1/articles/last-{number} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        if not client.recv(100).startswith(b"HTTP/1.1 100 "):
            notes.problem(f"last-{number}: the body is not waited for")
        under_way.append((client, body))
    server.process.send_signal(signal.SIGTERM)
    for number, (client, body) in enumerate(under_way):
        with client:
            client.sendall(body)
            answer = client.makefile("rb").read()
        if not answer.startswith(b"HTTP/1.1 201 "):
            notes.problem(f"last-{number}, under way at the end: {answer[:100]!r}")
    code = server.process.wait(timeout=PATIENCE)
    if code:
        notes.problem(f"exit code {code}")
    return code


def _check_log(log: str, notes: Notes) -> None:
    for line in map(json.loads, log.splitlines()):
        if line["level"] in ("warning", "error", "critical"):
            notes.problem(f"log: {line['event']} {line.get('reason', '')}")


def _check_archive(directory: Path, notes: Notes) -> None:
    """Everything acknowledged is there as it was handed in, and nothing else."""
    if left := [file.name for file in directory.glob("*-wal")]:
        notes.problem(f"{left} are left")
    with closing(Store.open(directory)) as store:
        for fault in verify(store).faults:
            notes.problem(f"verify: {fault.part}: {fault.problem}")
        articles = store.articles(store.keys_since(0)[0]).values()
        found = contents_of(articles)
    for number in range(_AT_THE_END):
        if found.pop(f"last-{number}", None) is None:
            notes.problem(f"last-{number} was acknowledged, and is not there")
    odd = found.items() ^ contents_of(notes.present.values()).items()
    if odd:
        notes.problem(f"{len(odd)} articles are not as they were handed in: {sorted(odd)[:3]}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--readers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    found = run(**vars(parser.parse_args()))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(1 if found["problems"] else 0)


if __name__ == "__main__":
    main()
