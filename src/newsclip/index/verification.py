"""Whether an archive is what it should be: the store in itself, and the snapshot against it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import SnapshotError, SnapshotVersionUnknown
from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.columns import RAGGED, Block, Rows
from newsclip.index.compaction import newest_snapshot
from newsclip.index.damage import as_written
from newsclip.index.derived import derived_arrays
from newsclip.index.digest import Digester
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.lexicon import Lexicon
from newsclip.index.snapshot import LEXICON, Snapshot, Snapshots
from newsclip.index.store import Store

Progress = Callable[[int, int], None]

_BATCH = 1_000  # articles compared at a time
_NAMED = 5  # keys that a fault names
_LENGTH_TOLERANCE = 1e-3  # of an embedding's length, which should be 1

STORE_REMEDY = "restore a backup: newsclip restore FILE"
ARTICLE_REMEDY = "import them again: newsclip import FILE; or restore a backup"
SNAPSHOT_REMEDY = "make it anew from the store: newsclip rebuild"


@dataclass(frozen=True)
class Fault:
    """Something that is not as it should be, and what mends it."""

    part: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class Verification:
    """What was looked at, and what is wrong with it."""

    articles: int
    revision: int
    snapshot_revision: int | None
    faults: Sequence[Fault]


def verify(store: Store, on_progress: Progress | None = None) -> Verification:
    """Compares everything: the store's integrity, each text, embedding, file and row of a snapshot.

    Reads every article and makes its row anew, some thousands a second. ``on_progress`` hears
    how many are done, and how many there are.
    """
    encoder = store.embeddings.active()
    with store.reading():
        revision = store.revision()
        keys = store.keys_since(0)[0]
        snapshot = _snapshot(store)
        faults = [*_store_faults(store), *_generation_faults(store)]
        if encoder is not None:
            damaged = snapshot and _part(snapshot) in {fault.part for fault in faults}
            checked = _Checked(store, encoder, None if damaged else snapshot)
            faults += checked.faults(keys, on_progress)
        if snapshot and _part(snapshot) not in {fault.part for fault in faults}:
            faults += _derived_faults(snapshot)
    return Verification(len(keys), revision, snapshot.revision if snapshot else None, faults)


def _snapshot(store: Store) -> Snapshot | None:
    try:
        return newest_snapshot(store)
    except SnapshotVersionUnknown:  # a fault of that generation
        return None


def _store_faults(store: Store) -> Iterator[Fault]:
    for problem in store.integrity_problems():
        yield Fault("store", problem, STORE_REMEDY)
    if misplaced := store.links.misplaced():
        yield _fault("store", misplaced, "are not found by their URL", STORE_REMEDY)


def _generation_faults(store: Store) -> Iterator[Fault]:
    for folder in Snapshots(store.directory).generations():
        try:
            Snapshot(folder).manifest.check_content(folder)
        except SnapshotError as error:
            if folder.exists():  # else a newer one has taken its place meanwhile
                yield Fault(f"snapshot {folder.name}", error.message, error.remedy)


def _part(snapshot: Snapshot) -> str:
    return f"snapshot {snapshot.folder.name}"


@dataclass(frozen=True)
class _Checked:
    store: Store
    encoder: KnownEncoder
    snapshot: Snapshot | None

    def faults(self, keys: Sequence[int], on_progress: Progress | None) -> Iterator[Fault]:
        compare = _Comparison(self.snapshot) if self.snapshot else None
        odd = self._of_another_length()
        if odd:
            problem = f"have embeddings of another length than the model's {self.encoder.dimension}"
            yield _fault("store", sorted(odd), problem, STORE_REMEDY)
        for start in range(0, len(keys), _BATCH):
            part = keys[start : start + _BATCH]
            right = [key for key in part if key not in odd]
            found = self.store.embeddings.of(self.encoder.number, right)
            yield from _embedding_faults(right, found)
            articles = as_written(self.store, part)
            if other := [key for key in part if key not in articles]:
                yield _fault("store", other, "are not as they were written", ARTICLE_REMEDY)
            if compare:
                yield from compare.rows(articles, found)
            if on_progress:
                on_progress(start + len(part), len(keys))
        if compare and self.snapshot:
            yield from _key_faults(self.store, self.snapshot)

    def _of_another_length(self) -> set[int]:
        query = "SELECT key FROM embedding WHERE encoder = :encoder AND length(vector) != :bytes"
        size = 4 * self.encoder.dimension
        rows = self.store.rows_of(query, encoder=self.encoder.number, bytes=size)
        return {key for (key,) in rows}


def _embedding_faults(
    keys: Sequence[int], found: dict[int, NDArray[np.float32]]
) -> Iterator[Fault]:
    missing = [key for key in keys if key not in found]
    if missing:
        yield _fault("store", missing, "have no embedding", "newsclip reembed")
    long = [
        key
        for key, embedding in found.items()
        if not abs(float(np.linalg.norm(embedding)) - 1) < _LENGTH_TOLERANCE
    ]
    if long:
        yield _fault("store", long, "have embeddings that are not of unit length", STORE_REMEDY)


def _derived_faults(snapshot: Snapshot) -> Iterator[Fault]:
    """What is looked up in a snapshot should be what its rows say."""
    terms, names = snapshot.strings("terms"), snapshot.strings("names")
    analyzer = Analyzer()
    words = Lexicon(analyzer, snapshot.folder / LEXICON).forms()
    arrays = derived_arrays(snapshot.columns, terms, names, words, analyzer)
    for name, array in arrays.items():
        if not np.array_equal(array, snapshot.derived(name)):
            problem = f"{name} is not what its rows say"
            yield Fault(_part(snapshot), problem, SNAPSHOT_REMEDY)


def _key_faults(store: Store, snapshot: Snapshot) -> Iterator[Fault]:
    """The keys of the snapshot, of its lexicon and of the store should be the same."""
    part = _part(snapshot)
    own = snapshot.columns["key"].astype(np.int64)
    added, removed = store.keys_since(snapshot.revision)
    present = np.setdiff1d(np.array(store.keys_since(0)[0], np.int64), added)
    expected = np.union1d(present, np.intersect1d(own, np.array(removed, np.int64)))
    if len(lost := np.setdiff1d(present, own)):
        yield _fault(part, lost.tolist(), "are missing in it", SNAPSHOT_REMEDY)
    if len(more := np.setdiff1d(own, expected)):
        yield _fault(part, more.tolist(), "are in it, not in the store", SNAPSHOT_REMEDY)
    words = Lexicon(Analyzer(), snapshot.folder / LEXICON).keys()
    if len(odd := np.setxor1d(words, own)):
        yield _fault(part, odd.tolist(), "are in its rows or its lexicon alone", SNAPSHOT_REMEDY)


class _Comparison:
    """The rows of a snapshot against those that the store's articles make."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        terms, names = snapshot.strings("terms"), snapshot.strings("names")
        self._digester = Digester(Analyzer().terms, terms, names)

    def rows(
        self, articles: dict[int, Article], embeddings: dict[int, NDArray[np.float32]]
    ) -> Iterator[Fault]:
        """Faults of the rows of those articles that the snapshot holds."""
        columns = self._snapshot.columns
        rows = columns.rows_of(np.array([*articles], np.int64))
        held = columns["key"][rows].tolist()
        held = [key for key in held if key in embeddings]
        if not held:
            return
        block = self._digester.block(
            {key: articles[key] for key in held}, np.stack([embeddings[key] for key in held])
        )
        own = columns.take(columns.rows_of(np.array(held, np.int64)))
        for name, odd in _differing(block, own):
            problem = f"differ from the store in {name}"
            differing = [held[row] for row in odd.tolist()]
            yield _fault(_part(self._snapshot), differing, problem, SNAPSHOT_REMEDY)


def _differing(one: Block, other: Block) -> Iterator[tuple[str, Rows]]:
    """Each column in which two blocks of the same keys differ, and in which rows."""
    theirs = {**other.plain, **other.wide}
    for name, array in {**one.plain, **one.wide}.items():
        differ = (array != theirs[name]).reshape(len(one), -1).any(axis=1)
        if differ.any():
            yield name, np.flatnonzero(differ)
    for group, kinds in RAGGED.items():
        lengths = one.lengths[group]
        differ = lengths != other.lengths[group]
        if differ.any():
            yield group, np.flatnonzero(differ)
            continue
        for name in (f"{group}.{value}" for value in kinds):
            differ = one.values[name] != other.values[name]
            if differ.any():
                yield name, np.unique(np.repeat(np.arange(len(one)), lengths)[differ])


def _fault(part: str, keys: Sequence[int], problem: str, remedy: str) -> Fault:
    named = ", ".join(str(key) for key in keys[:_NAMED])
    more = f" and {len(keys) - _NAMED:,} more" if len(keys) > _NAMED else ""
    return Fault(part, f"articles with the keys {named}{more} {problem}", remedy)
