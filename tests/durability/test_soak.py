"""A short run of the soak, and its proof: what its clients say of answers that are not right."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from tests.servers import Server

from .stories import story
from .traffic import Notes, Reader, Writer

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_service_under_load_shows_every_write_at_once_and_ends_in_order() -> None:
    command = [sys.executable, "-m", "tests.durability.soak", "--seconds", "15"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert found["snapshots_made"] >= 2
    assert len(found["answered_by_worker"]) == 2
    assert done.returncode == 0


class Stubborn:
    """Takes every write, and always answers the same."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        self._answer = status, answer

    def ask(self, _: str, method: str = "GET", __: object = None) -> tuple[int, dict[str, Any]]:
        return {"PUT": 201, "DELETE": 204}.get(method, self._answer[0]), self._answer[1]


def problems_of(status: int, answer: dict[str, Any], writes: bool) -> str:
    notes = Notes(present={"a": story(1)}, gone_at={"b": 0.0})
    server = cast(Server, Stubborn(status, answer))
    chance = random.Random(0)
    for _ in range(20):
        (Writer(server, notes, chance, 0) if writes else Reader(server, notes, chance)).work()
    return "\n".join(notes.problems)


def test_a_write_that_does_not_show_is_told() -> None:
    found = problems_of(200, {"title": "as before", "hits": []}, writes=True)
    assert "get after a write: 'as before'" in found
    assert "search after a write: {}" in found


def test_a_hit_that_was_gone_before_is_told() -> None:
    hits = [{"id": "b", "title": "gone"}]
    assert "b is gone, and still in an answer" in problems_of(200, {"hits": hits}, writes=False)


def test_an_error_of_the_service_is_told() -> None:
    assert "search keyword: 503" in problems_of(503, {}, writes=False)
