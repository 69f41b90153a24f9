"""A change of the model that is killed at work, again and again."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from newsclip.index.archive import Archive
from newsclip.index.recipe import ArticleEncoder, embedding_text
from newsclip.index.reembed import reembed
from newsclip.index.verification import verify

from .stories import story

pytestmark = pytest.mark.slow

SHORT = "builtin?dimension=64"
ARTICLES = [story(number) for number in range(700)]
_PROGRAM = f"""
import sys
from pathlib import Path
from newsclip.index import reembed
from newsclip.index.store import Store
reembed._BATCH, reembed._WINDOW = 16, 64
reembed.reembed(Store.open(Path(sys.argv[1])), {SHORT!r})
"""


def embedded(directory: Path) -> int:
    """How many articles have the new embedding; 0 before it is begun."""
    query = (
        "SELECT count(*) FROM embedding WHERE encoder ="
        " (SELECT value FROM setting WHERE name = 'next_encoder')"
    )
    file = f"file:{directory / 'archive.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as connection:
        return int(connection.execute(query).fetchone()[0])


def killed_at(directory: Path, enough: int) -> None:
    """Starts the change, and kills it once so many articles are done."""
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, str(directory)]) as process:
        while embedded(directory) < enough:
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_what_was_embedded_before_a_kill_is_not_embedded_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(ARTICLES)
    done = 0
    for enough in (1, 150, 400):
        killed_at(tmp_path, enough)
        assert embedded(tmp_path) >= max(enough, done)  # nothing that was written is lost
        done = embedded(tmp_path)
        with Archive.open(tmp_path) as archive:  # and the old model goes on answering
            assert archive.encoder.dimension == 512
            assert verify(archive.store).faults == []
    with Archive.open(tmp_path) as archive:
        assert reembed(archive.store, SHORT).embedded == len(ARTICLES) - done
        assert archive.encoder.id.endswith("[:64]")
        assert verify(archive.store).faults == []
        keys = dict(archive.store.rows_of("SELECT id, key FROM article"))
        active = archive.store.embeddings.active()
        assert active is not None
        rows = archive.store.embeddings.of(active.number, list(keys.values()))
        expected = ArticleEncoder(archive.encoder).embed([embedding_text(a) for a in ARTICLES])
        np.testing.assert_allclose([rows[keys[a.id]] for a in ARTICLES], expected, atol=1e-5)
