"""An archive of three articles, and a backup of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles import AXES, new_store

from newsclip.index.backup import back_up
from newsclip.index.store import Store

from .archive_files import write


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    """An archive of three articles, open."""
    store = new_store(data)
    write(store, "a", "b", "c")
    store.embeddings.activate(AXES)
    yield store
    store.close()


@pytest.fixture
def backup(tmp_path: Path, store: Store) -> Path:
    """A backup of three articles of an archive that has moved on since."""
    back_up(store.directory, tmp_path / "backup.sqlite3")
    write(store, "d")
    store.delete("a")
    store.close()
    return tmp_path / "backup.sqlite3"
