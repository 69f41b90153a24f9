"""What several test folders share."""

import logging
from collections.abc import Iterator
from importlib.resources import files

import pytest

from newsclip.index.archive import Archive
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample newsroom with the built-in encoder; no test changes it."""
    source = files("newsclip").joinpath("newsroom/articles.jsonl")
    with Archive.open(tmp_path_factory.mktemp("newsroom"), create=True) as archive:
        with source.open("rb") as stream:
            import_articles(archive, read_articles(stream), strict=True)
        yield archive


@pytest.fixture(autouse=True)
def _warned(caplog: pytest.LogCaptureFixture) -> None:
    """Warnings can be heard, at whatever level a test before has set up logs."""
    caplog.set_level(logging.WARNING)
