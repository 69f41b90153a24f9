"""Making a snapshot: of all articles, or of an older snapshot and what has changed since."""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from newsclip import __version__
from newsclip.errors import StoreUnavailable
from newsclip.index.analysis import Analyzer
from newsclip.index.column_files import ColumnWriter, mapped_columns
from newsclip.index.columns import Block, Columns
from newsclip.index.copies import sync
from newsclip.index.database import WRITE_REMEDY
from newsclip.index.derived import derived_arrays
from newsclip.index.digest import Digester, article_terms
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.lexicon import Lexicon
from newsclip.index.locks import exclusive
from newsclip.index.manifest import Manifest, marks, sync_all
from newsclip.index.snapshot import LEXICON, VECTORS, Snapshot, Snapshots
from newsclip.index.store import Store
from newsclip.index.strings import Strings
from newsclip.index.vectors import EXACT_ROWS, ProbingVectorIndex

Progress = Callable[[int, int], None]

LEAST_CHANGES = 1_000
MOST_CHANGES = 10_000
_CHANGED_SHARE = 0.05
_BATCH = 1_000  # articles held in memory at a time
_ROWS_AT_A_TIME = 20_000  # copied from the older snapshot
_WRITER_BYTES = 256 * 2**20
_REMEMBERED = 200_000  # chunks of texts that the analyzer need not see again: a tenth of the time
# FAISS and tantivy raise what they will, and name the fault in its text.
_IO_FAULT = re.compile("i/?o(::| )?error|write error|no space|too large|os error", re.IGNORECASE)
_REFIT = 2.0  # times as many rows, or half as many, and the lists are fitted anew


def is_due(store: Store) -> bool:
    """Whether what has changed since the newest snapshot is better in a new one.

    A change costs every worker memory and each query a little, a snapshot some seconds for every
    hundred thousand articles: so a twentieth of the archive, but 1,000 to 10,000 changes.
    """
    changes, articles = changes_since_snapshot(store)
    return changes >= min(max(LEAST_CHANGES, _CHANGED_SHARE * articles), MOST_CHANGES)


def changes_since_snapshot(store: Store) -> tuple[int, int]:
    """How many changes the newest snapshot does not hold, and how many articles it does."""
    base = newest_snapshot(store)
    if base is None:
        return store.changes_since(0), 0
    return store.changes_since(base.revision), base.manifest.articles


def newest_snapshot(
    store: Store, trusting: bool = True, encoder: KnownEncoder | None = None
) -> Snapshot | None:
    """The newest generation that fits the store and an encoder (None: the one in use).

    Unless ``trusting``, one that does not match its checksums is passed over.
    """
    encoder = encoder or store.embeddings.active()
    if encoder is None:
        return None
    found = Snapshots(store.directory).usable(
        store.lineage(), store.revision(), encoder.identity, trusting
    )
    return next((each for each in found if isinstance(each, Snapshot)), None)


def compact(store: Store, on_progress: Progress | None = None) -> Path | None:
    """Makes a snapshot of the newest one and what has changed since; None if nothing has.

    Raises StoreBusy if another process is at it, or another StoreError.
    """
    # A flipped bit would be copied else, and be believed: the copy has its own checksums.
    base = newest_snapshot(store, trusting=False)
    encoder = store.embeddings.active()
    if encoder is None or (base is not None and base.revision == store.revision()):
        return None
    return make_snapshot(store, encoder, base, on_progress)


def rebuild(store: Store, on_progress: Progress | None = None) -> Path | None:
    """Makes a snapshot of the store alone, whatever the ones that are there hold."""
    encoder = store.embeddings.active()
    return None if encoder is None else make_snapshot(store, encoder, None, on_progress)


@dataclass
class _Making:
    """A snapshot while it is made."""

    folder: Path
    store: Store
    encoder: KnownEncoder
    base: Snapshot | None
    revision: int
    added: Sequence[int]
    removed: NDArray[np.int64]

    def __post_init__(self) -> None:
        base = self.base
        self.terms = base.strings("terms") if base else Strings()
        self.names = base.strings("names") if base else Strings()
        self.analyzer = Analyzer(_REMEMBERED)


def make_snapshot(
    store: Store,
    encoder: KnownEncoder,
    base: Snapshot | None,
    on_progress: Progress | None = None,
) -> Path | None:
    """Makes a new generation of the store's newest revision; its folder.

    What ``base`` has is copied, and only what has changed since is indexed; None makes all of it
    anew. In the end it is released. Readers and writers go on meanwhile. Nobody sees the new
    generation before it is whole and on the disk. None is returned, and nothing made, while an
    article has no embedding by ``encoder``.

    Raises StoreBusy if another process is at it, or another StoreError.
    """
    snapshots = Snapshots(store.directory)
    with exclusive(store.directory, "snapshot.lock", "making of a snapshot"):
        with store.reading():
            if store.embeddings.missing(encoder.number, 1):
                return None
            revision = store.revision()
            added, removed = store.keys_since(base.revision if base else 0)
        with _faults_of_the_disk(store.directory), _folder(snapshots) as folder:
            gone = np.array(removed, np.int64)
            making = _Making(folder, store, encoder, base, revision, added, gone)
            _make(making, on_progress)
            sync_all(folder)
            final = snapshots.next_folder()
            folder.rename(final)
        sync(snapshots.folder)
        if base is not None:
            base.release()
        _remove_unread(store, final)
    return final


def remove_unread(store: Store) -> None:
    """Removes each generation that has been replaced, and that nobody reads any more.

    Raises StoreBusy while another process makes a snapshot.
    """
    if len(Snapshots(store.directory).generations()) > 1:
        with exclusive(store.directory, "snapshot.lock", "making of a snapshot"):
            _remove_unread(store)


def _remove_unread(store: Store, *kept: Path) -> None:
    # Answers come from the encoder in use; a switch to the next one may be about to come.
    encoders = filter(None, (store.embeddings.active(), store.embeddings.next()))
    needed = filter(None, (newest_snapshot(store, encoder=encoder) for encoder in encoders))
    Snapshots(store.directory).remove_old({*kept, *(snapshot.folder for snapshot in needed)})


@contextmanager
def _folder(snapshots: Snapshots) -> Iterator[Path]:
    """Where a generation is made; what an earlier attempt left there is removed."""
    folder = snapshots.folder / ".making"
    for leftover in snapshots.folder.glob(".*"):
        shutil.rmtree(leftover)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _faults_of_the_disk(directory: Path) -> Iterator[None]:
    """A full disk, and its like, in our words, whichever library has met it."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if not isinstance(error, OSError) and not _IO_FAULT.search(str(error)):
            raise
        problem = f"the snapshot cannot be written: {error}"
        raise StoreUnavailable(directory, problem, WRITE_REMEDY) from error


def _make(making: _Making, on_progress: Progress | None) -> None:
    with _lexicon(making) as lexicon:
        with ColumnWriter(making.folder) as writer:
            for block in _kept(making):
                writer.append(block)
            for done, block in _indexed(making, lexicon):
                writer.append(block)
                if on_progress:
                    on_progress(done, len(making.added))
        for key in making.removed.tolist():
            lexicon.remove(key)
        lexicon.commit()
    words = lexicon.forms()
    columns = mapped_columns(making.folder, making.encoder.dimension)
    arrays = derived_arrays(columns, making.terms, making.names, words, making.analyzer)
    for name, array in arrays.items():
        array.tofile(making.folder / f"{name}.array")
    _write_vectors(making, columns)
    _write_manifest(making, columns)


@contextmanager
def _lexicon(making: _Making) -> Iterator[Lexicon]:
    """The lexicon to write; in the end tantivy's threads write no more, whatever goes wrong."""
    folder = making.folder / LEXICON
    folder.mkdir()
    if making.base:  # tantivy never changes a file of a segment: the old one's serve the new one
        for file in (making.base.folder / LEXICON).iterdir():
            if file.name in ("meta.json", ".managed.json"):
                shutil.copy(file, folder)
            elif not file.name.endswith(".lock"):
                _link(file, folder / file.name)
    lexicon = Lexicon(making.analyzer, folder, _WRITER_BYTES)
    try:
        yield lexicon
    except BaseException:
        with suppress(ValueError):  # without room it cannot end well, as the error says already
            lexicon.close()
        raise
    lexicon.close()


def _link(file: Path, target: Path) -> None:
    try:
        target.hardlink_to(file)
    except OSError:  # some file systems have no links
        shutil.copy(file, target)


def _kept(making: _Making) -> Iterator[Block]:
    """The rows of the older snapshot that are not removed."""
    if making.base is None:
        return
    columns = making.base.columns
    gone = columns.rows_of(np.sort(making.removed))
    for start in range(0, len(columns), _ROWS_AT_A_TIME):
        rows = np.arange(start, min(start + _ROWS_AT_A_TIME, len(columns)))
        block = columns.take(np.setdiff1d(rows, gone, assume_unique=True))
        yield _with_embeddings(making, block)


def _with_embeddings(making: _Making, block: Block) -> Block:
    """The block with the embeddings of the encoder that the snapshot is made for."""
    if making.base is None or making.base.manifest.identity == making.encoder.identity:
        return block
    keys = block.plain["key"].tolist()
    found = making.store.embeddings.of(making.encoder.number, keys)
    # A key that is gone from the store by now is in the removals that a reader takes over.
    nothing = np.zeros(making.encoder.dimension, np.float16)
    embeddings = np.array([found.get(key, nothing) for key in keys], np.float16)
    embeddings = embeddings.reshape(-1, making.encoder.dimension)
    return replace(block, wide={**block.wide, "embedding": embeddings})


def _indexed(making: _Making, lexicon: Lexicon) -> Iterator[tuple[int, Block]]:
    """What has been added, indexed, with the number of articles done."""
    digester = Digester(making.analyzer.terms, making.terms, making.names)
    for start in range(0, len(making.added), _BATCH):
        keys = making.added[start : start + _BATCH]
        with making.store.reading():
            articles = making.store.articles(keys)
            embeddings = making.store.embeddings.of(making.encoder.number, keys)
        if not articles:
            continue
        articles = {key: articles[key] for key in keys if key in articles}  # some are gone again
        terms = [article_terms(article, making.analyzer.terms) for article in articles.values()]
        for (key, article), own in zip(articles.items(), terms, strict=True):
            lexicon.add(key, article, own)
        block = digester.block(articles, np.stack([embeddings[key] for key in articles]), terms)
        yield start + len(keys), block


def _write_vectors(making: _Making, columns: Columns) -> None:
    embeddings = columns["embedding"]
    if len(embeddings) <= EXACT_ROWS:
        return
    index = _refilled(making, embeddings) or ProbingVectorIndex.trained(embeddings)
    index.save(making.folder / VECTORS)


def _refilled(making: _Making, embeddings: NDArray[np.float16]) -> ProbingVectorIndex | None:
    """The older snapshot's lists over the new rows, if they are for about as many."""
    base = making.base
    if base is None or VECTORS not in base.manifest.files:
        return None
    if base.manifest.identity != making.encoder.identity:
        return None
    index = ProbingVectorIndex.refilled(embeddings, base.folder / VECTORS)
    fits = 1 / _REFIT < len(embeddings) / index.fitted_rows < _REFIT
    return index if fits else None


def _write_manifest(making: _Making, columns: Columns) -> None:
    Manifest(
        lineage=making.store.lineage(),
        revision=making.revision,
        encoder=making.encoder.number,
        identity=making.encoder.identity,
        dimension=making.encoder.dimension,
        articles=len(columns),
        written_by=__version__,
        files=marks(making.folder),
    ).write(making.folder)
