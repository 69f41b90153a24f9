"""What must hold of an archive, whenever the processes that wrote to it were killed."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import NewsclipError
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.backup import back_up
from newsclip.index.encoder import Encoder
from newsclip.index.recipe import ArticleEncoder, embedding_text
from newsclip.index.restore import restore
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store
from newsclip.index.verification import verify

from .answers import answers, differences
from .stories import Contents, contents_of, story

_NAMED = 3  # articles that a problem names
_NEWCOMER = story(9_999_999)


class Checks:
    """Looks for problems; each is told in a sentence."""

    def __init__(self, encoder: Encoder, articles: Iterable[Article] = ()) -> None:
        """``articles`` that are likely to be met are embedded at once, for all later checks."""
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}
        for article in articles:
            self._embedding(embedding_text(article))

    def of_archive(self, directory: Path, allowed: Sequence[Contents]) -> Iterator[str]:
        """Problems of an archive that should hold one of the allowed contents, and work on."""
        copy = directory.with_name("rebuilt")
        if directory.exists():
            shutil.copytree(directory, copy)
        try:
            with self._open(directory) as archive:
                yield from self._of_contents(archive.store, allowed)
                yield from _of_verification(archive.store)
                yield from self._of_answers(archive, copy)
                yield from _of_later_work(archive)
        except NewsclipError as error:
            yield f"the archive is refused: {error.message}"

    def of_backup(self, file: Path, allowed: Sequence[Contents], may_lack: bool) -> Iterator[str]:
        """Problems of a backup, which should be whole, or perhaps not be there."""
        if not file.exists():
            if not may_lack:
                yield f"{file.name} is gone"
            return
        directory = file.with_name("restored")
        try:
            restore(file, directory)
            with self._open(directory) as archive:
                yield from self._of_contents(archive.store, allowed)
                yield from _of_verification(archive.store)
        except NewsclipError as error:
            yield f"{file.name} is refused: {error.message}"

    def _open(self, directory: Path) -> Archive:
        return Archive.open(directory, self._encoder, create=True)

    def _of_contents(self, store: Store, allowed: Sequence[Contents]) -> Iterator[str]:
        """An archive is wholly in one of the allowed states, each article in all of its parts."""
        keys, _ = store.keys_since(0)
        articles = store.articles(keys)
        found = contents_of(articles.values())
        if found not in allowed:
            yield f"holds what it should not: {_nearest_state(found, allowed)}"
        if store.hashes(list(found)) != found:
            yield "has content hashes that are not those of the articles"
        active = store.embeddings.active()
        embeddings = store.embeddings.of(active.number, keys) if active else {}
        for key, article in articles.items():
            expected = self._embedding(embedding_text(article))
            if not np.array_equal(embeddings.get(key, np.empty(0)), expected):
                yield f"the embedding of {article.id} is not that of its text"

    def _embedding(self, text: str) -> NDArray[np.float32]:
        if text not in self._known:
            self._known[text] = ArticleEncoder(self._encoder).embed([text])[0]
        return self._known[text]

    def _of_answers(self, archive: Archive, copy: Path) -> Iterator[str]:
        """The view answers as that of a copy whose snapshot is made of the store alone."""
        with self._open(copy) as other:
            compaction.rebuild(other.store)
            with archive.reading() as view:
                seen = answers(view)
            with other.reading(view.now) as view:
                yield from differences(seen, answers(view))


def _nearest_state(found: Contents, allowed: Sequence[Contents]) -> str:
    """How the contents differ from the allowed ones that they are most like."""
    odd = [sorted({i for i, _ in found.items() ^ contents.items()}) for contents in allowed]
    least = min(odd, key=len)
    return f"{len(least)} articles differ, such as {least[:_NAMED]}"


def _of_verification(store: Store) -> Iterator[str]:
    for fault in verify(store).faults:
        yield f"verify: {fault.part}: {fault.problem}"


def _of_later_work(archive: Archive) -> Iterator[str]:
    """It can be written to, compacted and backed up, and nothing is left of what was killed."""
    archive.put([_NEWCOMER])
    compaction.compact(archive.store)
    yield from _of_verification(archive.store)
    archive.delete(_NEWCOMER.id)
    folder = Snapshots(archive.directory).folder
    if left := [entry.name for entry in folder.iterdir() if not entry.name.isdecimal()]:
        yield f"{left} are left among the snapshots"
    back_up(archive.directory, archive.directory.with_name("later.sqlite3"))
