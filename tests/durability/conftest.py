"""An archive on a disk without room, or with as much as it likes."""

import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from newsclip.api import compactor
from newsclip.index.article import Article, article_to_dict

from .disks import Commands, Disk, Limited, can_mount, small
from .histories import FIRST, LATER


def _write(file: Path, articles: list[Article]) -> None:
    file.write_text("".join(json.dumps(article_to_dict(article)) + "\n" for article in articles))


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with Commands() as commands:
        yield commands


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory, commands: Commands) -> Path:
    """A folder with ``first.jsonl``, ``later.jsonl``, an archive and a backup of the first."""
    folder = tmp_path_factory.mktemp("material")
    for name, articles in (("first", FIRST), ("later", LATER)):
        _write(folder / f"{name}.jsonl", articles)
    for command in (
        ["import", folder / "first.jsonl"],
        ["rebuild"],
        ["backup", folder / "backup.sqlite3"],
    ):
        assert commands.run(*command, "--data", folder / "archive").code == 0
    return folder


@pytest.fixture(scope="module", params=["a full disk", "a limit on files"])
def disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, commands: Commands
) -> Iterator[Disk]:
    folder = tmp_path_factory.mktemp("disk")
    if request.param == "a limit on files":
        yield Limited(folder, commands)
    elif can_mount():
        with small(folder, megabytes=48) as full:
            yield full
    else:
        pytest.skip("only root may mount a small disk")


@pytest.fixture
def archive(disk: Disk, material: Path) -> Iterator[Path]:
    """An archive of the first articles on the disk, with a snapshot; where a command finds it."""
    shutil.copytree(material / "archive", disk.seen / "archive")
    yield disk.folder / "archive"
    for entry in disk.seen.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


@pytest.fixture(autouse=True)
def _heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is logged can be heard, whatever tests before have switched off."""
    structlog.reset_defaults()
    monkeypatch.setattr(compactor, "log", structlog.get_logger())
    monkeypatch.setattr(logging.getLogger("newsclip.index.live"), "disabled", False)
