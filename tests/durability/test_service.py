"""The service while its disk is full, and while it is told to stop."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.servers import PATIENCE, Server, free_port, start

from newsclip.index.article import article_to_dict

from .disks import Disk, file_bytes_of
from .stories import story

BIG = {"title": "A long story about the zeppelin", "body": "the " * 750_000}


@pytest.fixture
def server(disk: Disk, archive: Path, tmp_path: Path) -> Iterator[Server]:
    log = tmp_path / "log"
    (disk.seen / "temporary").mkdir()
    prefix = [*disk.prefix, "env", f"TMPDIR={disk.folder / 'temporary'}"]
    server = start(archive, free_port(), "--workers", "2", prefix=prefix, log=log)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def titles(server: Server, query: str) -> list[str]:
    status, answer = server.ask(f"/v1/search?q={quote(query)}&mode=keyword&limit=100")
    assert status == 200
    return [hit["title"] for hit in answer["hits"]]


def test_it_refuses_writes_and_goes_on_answering(disk: Disk, server: Server) -> None:
    expected = titles(server, "harbour")
    assert expected
    with disk.full(server.process.pid):
        for _ in range(4):  # either worker
            status, answer = server.ask("/v1/articles/big", "PUT", BIG)
            assert (status, answer["code"]) == (503, "store-unavailable")
            assert titles(server, "harbour") == expected
            assert server.ask("/v1/articles/big")[0] == 404
    for number in range(4):
        assert server.ask(f"/v1/articles/big-{number}", "PUT", BIG)[0] == 201
        assert titles(server, "zeppelin") == [BIG["title"]] * (number + 1)
    code, log = server.stop()
    assert code == 0
    assert "Traceback" not in log
    assert "check that the disk has room" in log


def wait_for(server: Server, event: str) -> dict[str, object]:
    """The first line of the log with an event."""
    for _ in range(PATIENCE * 10):
        for line in map(json.loads, server.log.read_text().splitlines()):
            if line["event"] == event:
                return dict(line)
        time.sleep(0.1)
    raise AssertionError(f"never: {event}")


@pytest.mark.parametrize("disk", ["a limit on files"], indirect=True)
def test_its_snapshot_is_made_once_there_is_room(server: Server) -> None:
    articles = [article_to_dict(story(number, 7)) for number in range(1_000)]
    with file_bytes_of(server.process.pid, 100_000):  # the workers have room, the snapshot has not
        assert server.ask("/v1/articles", "POST", articles)[0] == 200
        assert "check that the disk has room" in str(wait_for(server, "snapshot not made"))
        assert titles(server, articles[-1]["title"])
    wait_for(server, "snapshot made")
    code, log = server.stop()
    assert code == 0
    assert "Traceback" not in log
