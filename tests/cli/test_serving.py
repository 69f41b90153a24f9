"""`serve` and `demo` as real processes on real ports."""

import json
import shlex
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answer(request: str | urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def wait_until_ready(port: int, process: "subprocess.Popen[str]") -> None:
    """Asks until the service answers, or has ended."""
    while process.poll() is None:
        try:
            answer(f"http://127.0.0.1:{port}/health/ready")
        except (urllib.error.URLError, ConnectionError):
            continue
        return
    pytest.fail(f"the service has ended: {process.communicate()}")


def pasted(line: str) -> Any:
    """The answer to a curl command line, read as a shell and curl read it."""
    curl, silent, *options, url = shlex.split(line)
    assert (curl, silent) == ("curl", "-s")
    given = dict(zip(options[::2], options[1::2], strict=True))
    headers = dict([given["-H"].split(": ")]) if "-H" in given else {}
    body = given["-d"].encode() if "-d" in given else None
    return answer(urllib.request.Request(url, body, headers))


def test_serve(archive: Path, port: int, spawn: Spawn) -> None:
    service = spawn(
        "serve", "--data", archive, "--host", "127.0.0.1", "--port", port, "--workers", 2
    )
    wait_until_ready(port, service)
    found = answer(f"http://127.0.0.1:{port}/v1/search?q=sourdough&mode=keyword")
    assert [hit["id"] for hit in found["hits"]] == ["life/sourdough"]

    service.send_signal(signal.SIGTERM)
    output, log = service.communicate(timeout=60)
    assert service.returncode == 0
    assert output == ""
    assert "Traceback" not in log


def test_an_article_imported_meanwhile_is_found(
    archive: Path, port: int, spawn: Spawn, run: Run
) -> None:
    service = spawn("serve", "--port", port)
    wait_until_ready(port, service)
    run("import", "-", stdin=json.dumps({"id": "new", "title": "A zeppelin over the harbour"}))
    found = answer(f"http://127.0.0.1:{port}/v1/search?q=zeppelin&mode=keyword")
    assert [hit["id"] for hit in found["hits"]] == ["new"]


def test_the_demo_works_as_pasted(port: int, spawn: Spawn) -> None:
    demo = spawn("demo", "--port", port)
    assert demo.stdout is not None
    printed = "".join(
        iter(demo.stdout.readline, f"Serving on http://127.0.0.1:{port} until Ctrl-C.\n")
    )
    search, similar, tags = (line for line in printed.splitlines() if "curl" in line)
    wait_until_ready(port, demo)

    assert "%2F" in similar
    ids = [hit["id"] for hit in pasted(search)["hits"]]
    assert "general/2026/10/kestrel-final-report" in ids
    assert len(pasted(similar)["hits"]) == 3
    suggested = [suggestion["tag"] for suggestion in pasted(tags)["suggestions"]]
    assert "SkerryBankDispute" in suggested[:3]

    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=60)
    assert demo.returncode == 0


def test_the_demo_leaves_the_publishers_archive_alone(
    archive: Path, port: int, run: Run, spawn: Spawn
) -> None:
    demo = spawn("demo", "--port", port)
    wait_until_ready(port, demo)
    assert json.loads(run("info", "--json").stdout)["articles"] == 3
    shown = json.loads(run("info", "--json", "--data", "newsclip-demo").stdout)
    assert shown["articles"] > 100


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use(command: str, archive: Path, taken_port: int, spawn: Spawn) -> None:
    process = spawn(command, "--port", taken_port)
    output, message = process.communicate(timeout=60)
    assert process.returncode == 2
    assert output == ""
    assert message.startswith("error: port: cannot be listened on at 127.0.0.1: ")
    assert "\nremedy: stop what listens there, or give another port\n" in message
    assert not Path("newsclip-demo").exists()


def test_serve_makes_an_archive_where_there_is_none(port: int, spawn: Spawn) -> None:
    process = spawn("serve", "--port", port)
    wait_until_ready(port, process)
    assert answer(f"http://127.0.0.1:{port}/v1/search?q=anything")["hits"] == []
    process.send_signal(signal.SIGTERM)
    _, message = process.communicate(timeout=60)
    assert "the archive is empty" in message
    assert str(Path("newsclip-data").resolve()) in message
