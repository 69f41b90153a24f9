"""Commands are run in an empty directory, on a small archive whose answers are known by hand."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsclip.api.cli import main

ARTICLES = [
    {
        "id": "politics/2026/harbour-law",
        "url": "https://courier.example/politics/harbour-law",
        "title": "Harbour law passes the Assembly",
        "body": "The Assembly passed the harbour law. Dockers in the harbour had asked for it.",
        "section": "Politics",
        "tags": ["#Harbour", "Assembly"],
        "authors": ["Ada Byron"],
        "published_at": "2026-01-08T18:20:00+01:00",
    },
    {
        "id": "politics/2026/harbour-strike",
        "title": "Dockers end their strike in the harbour",
        "body": "After nine days the dockers of the harbour went back to work. The Assembly had"
        " promised them a harbour law.",
        "section": "Politics",
        "tags": ["Harbour", "Strike"],
        "authors": ["Ada Byron", "Emil Starck"],
        "published_at": "2026-01-05",
    },
    {
        "id": "life/sourdough",
        "title": "Sourdough at home",
        "body": "Flour, water, salt and patience: how to bake a loaf of bread.",
        "section": "Life",
        "tags": ["Recipes"],
        "published_at": "2025-06-01",
    },
]

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and no setting from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSCLIP_")]:  # noqa: TID251
        monkeypatch.delenv(name)


@pytest.fixture
def run() -> Run:
    """Runs ``newsclip *arguments`` in this process; ``stdin`` is what it may read."""

    def invoke(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return invoke


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts ``newsclip *arguments`` as a process of its own, with pipes."""
    with ExitStack() as stack:

        def start(*arguments: str | Path) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", "newsclip.api.cli", *map(str, arguments)]
            pipe = subprocess.PIPE
            process = stack.enter_context(
                subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe)
            )
            stack.callback(process.kill)
            return process

        yield start


@pytest.fixture
def articles() -> list[dict[str, object]]:
    """The three articles, as a publisher hands them in."""
    return [dict(article) for article in ARTICLES]


@pytest.fixture
def archive(run: Run) -> Path:
    """An archive of the three articles, where commands look for it by default."""
    lines = "".join(json.dumps(article) + "\n" for article in ARTICLES)
    assert run("import", "-", stdin=lines).exit_code == 0
    return Path("newsclip-data")
