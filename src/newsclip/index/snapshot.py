"""An immutable generation of the indexes on disk, memory-mapped, so that workers share its pages.

::

    archive.sqlite3           the store
    snapshots/000042/         one generation; the highest number is the newest
        manifest.json           whose it is, and the checksum of every file
        *.column, *.array       rows, terms and names (index/column_files.py, index/strings.py)
        vectors.faiss           the nearest embeddings, if there are many
        lexicon/                tantivy's files
"""

import contextlib
import fcntl
import os
import shutil
import weakref
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import SnapshotDamaged, SnapshotError, SnapshotForeign
from newsclip.index.alike import Postings
from newsclip.index.analysis import Analyzer
from newsclip.index.bm25 import Statistics
from newsclip.index.clusters import StoredAlike
from newsclip.index.column_files import mapped, mapped_columns
from newsclip.index.columns import Array, Columns, Rows
from newsclip.index.derived import TYPES
from newsclip.index.lexicon import Lexicon
from newsclip.index.manifest import FILE_NAME, Manifest
from newsclip.index.segment import Segment
from newsclip.index.strings import Strings
from newsclip.index.vectors import ExactVectorIndex, ProbingVectorIndex, VectorIndex
from newsclip.index.wordlist import WORD_LIST, WordList

VECTORS = "vectors.faiss"
LEXICON = "lexicon"


class Snapshot:
    """One generation, open for reading. It stays readable until it is dropped."""

    def __init__(self, folder: Path) -> None:
        """Raises a SnapshotError; SnapshotDamaged by the sizes of its files."""
        self.folder = folder
        self._release = _held(self, folder)
        self.manifest = Manifest.read(folder)
        self.manifest.check_sizes(folder)
        self.columns: Columns = mapped_columns(folder, self.manifest.dimension)

    @property
    def revision(self) -> int:
        """The store's revision that it holds."""
        return self.manifest.revision

    def strings(self, kind: str) -> Strings:
        """Its ``terms`` or ``names``, to which further ones can be added."""
        parts = ("hashes", "numbers", "ends", "text")
        return Strings({part: self.derived(f"{kind}.{part}") for part in parts})

    def word_list(self, kind: str) -> WordList:
        """Its ``words`` with the number of their articles, or its ``completions`` with names."""
        return WordList({part: self.derived(f"{kind}.{part}") for part in WORD_LIST})

    def statistics(self) -> Statistics:
        """What BM25 counts, of all its articles."""
        totals, frequencies = self.derived("field_total"), self.derived("frequency")
        return Statistics(self.manifest.articles, totals, frequencies)

    def embedding_total(self) -> NDArray[np.float64]:
        """The sum of all its embeddings, ``(dimension,)``."""
        return self.derived("embedding_total").astype(np.float64)

    def segment(self, analyzer: Analyzer, names: Strings) -> Segment:
        """Its rows as a segment; ``names`` are its own, and perhaps more."""
        holders = StoredHolders(*(self.derived(part) for part in _HOLDERS))
        lexicon = Lexicon(analyzer, self.folder / LEXICON)
        return Segment(self.columns, lexicon, self._vectors(), names, holders)

    def alike(self) -> StoredAlike:
        """Which of its rows are alike."""
        postings = Postings(self.derived("posting.value"), self.derived("posting.row"))
        return StoredAlike(postings, *(self.derived(part) for part in _ALIKE))

    def tag_counts(self, names: Strings) -> dict[str, int]:
        """Each tag as written, with the number of its articles that carry it."""
        written, counts = np.unique(self.columns["tag.written"], return_counts=True)
        tags = (name.split("=", 1)[1] for name in names.texts(written.tolist()))
        return dict(zip(tags, counts.tolist(), strict=True))

    def _vectors(self) -> VectorIndex:
        embeddings = self.columns["embedding"]
        file = self.folder / VECTORS
        if file.name in self.manifest.files:
            return ProbingVectorIndex.open(embeddings, file)
        return ExactVectorIndex(embeddings)

    def derived(self, name: str) -> Array:
        """One of the arrays that go with its columns (index/derived.py)."""
        return mapped(self.folder / f"{name}.array", np.dtype(TYPES[name]))

    def release(self) -> None:
        """Allows its removal; what has been read from it stays good until then."""
        self._release()


_HOLDERS = ("holder.end", "holder.row", "newest.row")
_ALIKE = ("alike.end", "alike.row", "alike.copy")


class StoredHolders:
    """Which rows of a snapshot hold a name, looked up."""

    def __init__(self, ends: Array, rows: Array, newest: Array) -> None:
        self._ends = ends
        self._rows = rows
        self._newest = newest

    def rows_with(self, name: int) -> Rows:
        """See :meth:`newsclip.index.catalog.Holders.rows_with`."""
        if name >= len(self._ends):  # came with a later change
            return np.empty(0, np.int64)
        start = self._ends[name - 1] if name else 0
        return self._rows[start : self._ends[name]].astype(np.int64)

    def newest_first(self) -> Rows:
        """See :meth:`newsclip.index.catalog.Holders.newest_first`."""
        return self._newest


class Snapshots:
    """The generations of one archive."""

    def __init__(self, directory: Path) -> None:
        """``directory`` is the archive's."""
        self.folder = directory / "snapshots"

    def changed_at(self) -> int:
        """A number that changes when a generation comes or goes. A microsecond."""
        try:
            return self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def generations(self) -> list[Path]:
        """The folders of all generations, the newest first."""
        try:
            entries = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        return sorted((entry for entry in entries if entry.name.isdecimal()), reverse=True)

    def usable(
        self, lineage: int, revision: int, identity: str, trusting: bool = True
    ) -> Iterator[Snapshot | SnapshotError]:
        """Each generation, the newest first: opened, or why it cannot be used.

        ``identity`` is the encoder's; unless ``trusting``, the checksums of all files are
        compared. Raises SnapshotVersionUnknown.
        """
        for folder in self.generations():
            try:
                snapshot = Snapshot(folder)
                _check_owner(snapshot, lineage, revision, identity)
                if not trusting:
                    snapshot.manifest.check_content(folder)
                yield snapshot
            except (SnapshotDamaged, SnapshotForeign) as error:
                yield error

    def next_folder(self) -> Path:
        """Where the next generation belongs."""
        newest = self.generations()
        return self.folder / f"{int(newest[0].name) + 1 if newest else 1:06d}"

    def remove_old(self, kept: Collection[Path]) -> None:
        """Removes every generation that nobody reads, but for those to be kept."""
        for folder in set(self.generations()) - set(kept):
            with contextlib.suppress(OSError):  # somebody reads it, or it is gone already
                _remove(folder)


def _check_owner(snapshot: Snapshot, lineage: int, revision: int, identity: str) -> None:
    manifest = snapshot.manifest
    if manifest.lineage != lineage:
        raise SnapshotForeign(snapshot.folder, "belongs to another store")
    if manifest.revision > revision:
        problem = f"is of revision {manifest.revision}, the store has only {revision}"
        raise SnapshotForeign(snapshot.folder, problem)
    if manifest.identity != identity:
        raise SnapshotForeign(snapshot.folder, f"is of {manifest.identity}, not of {identity}")


def _held(snapshot: Snapshot, folder: Path) -> Callable[[], object]:
    """Says that this process reads a generation, for as long as the snapshot lives.

    What it returns ends that before.
    """
    try:
        lock = os.open(folder / FILE_NAME, os.O_RDONLY)
    except OSError:
        raise SnapshotDamaged(folder, f"{FILE_NAME} is missing") from None
    release = weakref.finalize(snapshot, os.close, lock)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SnapshotDamaged(folder, "it is being removed") from None
    return release


def _remove(folder: Path) -> None:
    """Removes a generation; raises BlockingIOError if somebody reads it."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError):
            file = stack.enter_context((folder / FILE_NAME).open("rb"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # First by a rename, lest a crash leaves half of a generation.
        doomed = folder.with_name(f".removed-{folder.name}")
        folder.rename(doomed)
    shutil.rmtree(doomed)
