"""`newsclip serve` as a process of its own: two workers, real sockets, real signals."""

import json
import os
import platform
import re
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from tests.servers import PATIENCE, Server, children_of, free_port, start

from newsclip.api import server as server_module
from newsclip.index.archive import Archive
from newsclip.index.incoming import parse_article

ODD_IDS = [
    "politics/2026/harbour law",
    "https://courier.example//a?b=1&c=2#top",
    "100% true?",
    "é/日本",
    'a+b;c"d<e>',
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("serve") / "archive"
    with Archive.open(directory, create=True) as archive:
        archive.put([parse_article({"id": "a", "title": "Harbour law passes the Assembly"})])
    return directory


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    server = start(directory, free_port(), "--workers", "2")
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("article_id", ODD_IDS)
def test_ids_survive_the_way_through_the_server(server: Server, article_id: str) -> None:
    path = f"/v1/articles/{quote(article_id, safe='')}"
    assert server.ask(path, "PUT", {"title": "Regatta"})[0] == 201
    assert server.ask(path)[1]["id"] == article_id
    assert server.ask(f"{path}/similar")[0] == 200
    assert server.ask(path, "DELETE")[0] == 204


def test_a_change_shows_at_the_next_request_whichever_worker_answers(server: Server) -> None:
    for number in range(10):
        status, _ = server.ask(f"/v1/articles/tide-{number}", "PUT", {"title": f"Tide {number}"})
        assert status == 201
        # Each request has a connection of its own, and connections go to either worker.
        for _ in range(4):
            hits = server.ask("/v1/search?q=tide&mode=keyword&limit=100")[1]["hits"]
            assert isinstance(hits, list)
            assert len(hits) == number + 1


def test_a_path_and_a_body_that_are_not_utf8_are_refused(server: Server) -> None:
    assert server.ask("/v1/articles/%FF")[1]["code"] == "not-utf-8"
    assert server.ask("/v1/search?q=%FF")[1]["code"] == "not-utf-8"


LIMIT = 16 * 2**20  # the default of max_request_bytes


@pytest.mark.parametrize("length", [f"Content-Length: {LIMIT + 1}", "Transfer-Encoding: chunked"])
def test_a_body_over_the_limit_is_refused_with_and_without_its_length(
    server: Server, length: str
) -> None:
    head = "PUT /v1/articles/b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(f"{head}{length}\r\n\r\n".encode())
        if "chunked" in length:
            for _ in range(LIMIT // 2**20):
                client.sendall(b"100000\r\n" + b" " * 2**20 + b"\r\n")
            client.sendall(b"1\r\n1\r\n0\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("request_line", ["PUT /v1/articles/cut", "POST /v1/articles"])
def test_a_body_that_breaks_off_is_refused_and_leaves_nothing(
    server: Server, request_line: str
) -> None:
    kind = "x-ndjson" if request_line.startswith("POST") else "json"
    head = f"{request_line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/{kind}\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as client:
        client.sendall(f"{head}Content-Length: 60\r\n\r\n".encode())
        client.sendall(b'{"id": "cut", "title": "abc"}\n')
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert server.ask("/v1/articles/cut")[0] == 404


def test_clients_that_stall_while_they_send_stop_nobody_who_asks(tmp_path: Path) -> None:
    server = start(tmp_path / "archive", free_port())
    head = "PUT /v1/articles/slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.wait_until_ready()
        for _ in range(6):
            client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
            stack.enter_context(client).sendall(f"{head}Content-Length: 60\r\n\r\n{{".encode())
        for _ in range(5):
            assert server.ask("/health/live")[0] == 200
        status, problem = server.ask("/v1/articles/a", "PUT", {"title": "Harbour law"})
        assert (status, problem["code"]) == (503, "bodies-waiting")


def test_measurements_add_up_over_the_workers(server: Server) -> None:
    for _ in range(20):
        server.ask("/v1/tags")
    counts = set()
    for _ in range(6):
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
            text = answer.read().decode()
        found = re.search(
            r'requests_total\{method="GET",route="/v1/tags",status="200"\} (\d+)', text
        )
        assert found
        counts.add(int(found.group(1)))
    assert counts == {20}


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_threads_of_a_worker_allocate_from_one_heap(server: Server) -> None:
    workers = children_of(server.process.pid)
    assert len(workers) >= 2
    for worker in workers:
        environment = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
        assert b"MALLOC_ARENA_MAX=1" in environment


def test_who_sets_the_number_of_heaps_means_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    server_module._share_one_heap()
    assert os.environ["MALLOC_ARENA_MAX"] == "4"  # noqa: TID251


def test_a_port_in_use_is_told_and_not_shared(server: Server, directory: Path) -> None:
    second = start(directory, server.port)
    code, log = second.end()
    assert code != 0
    assert "port: cannot be listened on at 127.0.0.1: Address already in use" in log
    assert "Traceback" not in log


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_logs_each_request_and_ends_cleanly(directory: Path, workers: str) -> None:
    server = start(directory, free_port(), "--workers", workers)
    try:
        server.wait_until_ready()
        server.ask("/v1/articles/none%2Fsuch", **{"X-Request-Id": "trace-7"})
    finally:
        code, log = server.stop()
    lines = [json.loads(line) for line in log.splitlines()]
    assert code == 0
    assert (lines[0]["event"], lines[-1]["event"]) == ("serving", "stopped")
    [line] = [line for line in lines if line.get("request_id") == "trace-7"]
    assert {name: line[name] for name in ("route", "method", "status", "level")} == {
        "route": "/v1/articles/{id}",
        "method": "GET",
        "status": 404,
        "level": "info",
    }
    assert line["ms"] >= 0


def test_a_log_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    server = start(tmp_path / "archive", free_port(), log=Path("/dev/full"))
    server.log = Path(os.devnull)  # the other one can be read without end
    with ExitStack() as stack:
        stack.callback(server.process.wait, timeout=PATIENCE)
        stack.callback(server.process.terminate)
        server.wait_until_ready()
        assert server.ask("/v1/articles/a", "PUT", {"title": "Harbour law"})[0] == 201
        assert server.ask("/v1/articles/a")[1]["title"] == "Harbour law"
        assert server.ask("/v1/articles/none")[1]["code"] == "article-not-found"


@pytest.mark.xfail(
    raises=ConnectionResetError,
    strict=False,
    reason="granian 2.8, on a loaded machine, now and then",
)
def test_requests_under_way_are_answered_when_it_is_told_to_stop(tmp_path: Path) -> None:
    server = start(tmp_path / "archive", free_port(), "--workers", "2")
    bodies = [
        json.dumps([{"id": f"{client}-{n}", "title": "T"} for n in range(50)]).encode()
        for client in range(4)  # as many as one worker has threads
    ]
    with ExitStack() as stack:
        stack.callback(server.process.wait)
        stack.callback(server.process.kill)  # if it has not ended
        server.wait_until_ready()
        clients = []
        for body in bodies:
            address = ("127.0.0.1", server.port)
            client = stack.enter_context(socket.create_connection(address, timeout=PATIENCE))
            head = "POST /v1/articles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            client.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 100 "), "it waits for the body"
            clients.append(client)
        server.process.send_signal(signal.SIGTERM)
        wait_until_closed(server.port)
        time.sleep(2)  # until the workers have been told again
        for client, body in zip(clients, bodies, strict=True):
            client.sendall(body)
        answers = [client.makefile("rb").read() for client in clients]
        code, log = server.end()
    for answer in answers:
        head, _, sent = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert json.loads(sent)["added"] == 50
    assert code == 0
    assert json.loads(log.splitlines()[-1])["event"] == "stopped"
    assert not (tmp_path / "archive" / "archive.sqlite3-wal").exists()
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.statistics().articles == 200


def test_a_worker_that_has_missed_the_signal_is_told_again_and_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = []

    class HardOfHearing:
        def terminate(self) -> None:
            told.append("stop")

    monkeypatch.setattr(server_module, "_SECONDS_TO_HEAR", 0.001)
    service = SimpleNamespace(interrupt_signal=True, wrks=[HardOfHearing()])
    server_module._tell_again(service, threading.Event())
    assert told == ["stop"]


def wait_until_closed(port: int) -> None:
    for _ in range(PATIENCE * 10):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.1)
    raise AssertionError("it still listens")


def test_workers_end_with_a_main_process_that_is_killed(directory: Path) -> None:
    server = start(directory, free_port())
    server.wait_until_ready()
    server.process.kill()
    server.process.wait()
    for _ in range(PATIENCE * 10):
        try:
            server.ask("/health/live")
        except OSError:
            return
        time.sleep(0.1)
    raise AssertionError("a worker lives on")
