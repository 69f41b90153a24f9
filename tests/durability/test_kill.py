"""A short run of the harness that kills, and its proof: what it finds if a fault is planted."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from .plants import PLANTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HIT_BY = {
    "a transaction for each article": "first import",
    "no transaction": "update",
    "acknowledged too early": "delete",
    "a snapshot in its place": "rebuild",
    "a backup copied to its place": "backups while writing",
}


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the figures of a run, in a process of its own, which may fork."""
    command = [sys.executable, "-m", "tests.durability.kill", "--articles", "300", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def problems(found: dict[str, Any]) -> Sequence[str]:
    return [f"{each['job']}: {each['problem']}" for each in found["problems"]]


def test_whenever_it_is_killed_what_was_acknowledged_is_there_and_nothing_by_halves() -> None:
    code, found = run("--trials", "10", "--seed", "1")
    assert problems(found) == []
    assert code == 0
    assert found["trials"] == 10
    assert found["killed_at_work"] > 0


@pytest.mark.parametrize("plant", PLANTS)
def test_it_would_find_a_fault(plant: str) -> None:
    code, found = run("--trials", "12", "--job", HIT_BY[plant], "--plant", plant)
    assert code == 1
    assert problems(found)
