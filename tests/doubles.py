"""Builders and stand-ins that several test folders share."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.article_rows import Stored
from newsclip.index.catalog import Catalog, ScannedHolders
from newsclip.index.columns import Columns, GrowingColumns
from newsclip.index.digest import Digester
from newsclip.index.embeddings import Embedded
from newsclip.index.incoming import parse_article
from newsclip.index.snapshot import StoredHolders
from newsclip.index.store import Store
from newsclip.index.strings import Strings

AXES = 1
"""The number of the only encoder of a `new_store`."""


def article(article_id: str | int, **fields: Any) -> Article:
    """An article through the front door; without a text its title is ``untitled``."""
    if not {"title", "body"} & fields.keys():
        fields["title"] = "untitled"
    return parse_article({"id": article_id, **fields})


def new_store(directory: Path) -> Store:
    """An empty store that knows the AxisEncoder."""
    store = Store.open(directory, create=True)
    assert store.embeddings.register("axes", "axes@1", 8).number == AXES
    return store


def stored(entry: Article, text: str = "") -> Stored:
    """An article as the store takes it, with the embedding of a text or of its title."""
    embedding = embedding_of(text or entry.title).astype(np.float32)
    return Stored(entry, Embedded(embedding), entry.id.encode() + entry.title.encode())


def columns_of(shelf: Mapping[int, Article]) -> tuple[GrowingColumns, Strings]:
    """The rows of some articles by ascending key, without embeddings, and their names."""
    columns, names = GrowingColumns(1), Strings()
    if shelf:
        digester = Digester(Analyzer().terms, Strings(), names)
        columns.append(digester.block(shelf, np.zeros((len(shelf), 1), np.float32)))
    return columns, names


def catalogs_of(shelf: Mapping[int, Article]) -> list[Catalog]:
    """Two catalogs of the same articles: as of a delta, and as of a snapshot."""
    columns, names = columns_of(shelf)
    holders = (ScannedHolders(columns), stored_holders(columns, len(names)))
    return [Catalog(columns, names, each) for each in holders]


def stored_holders(columns: Columns, names: int) -> StoredHolders:
    """What a snapshot knows of the names up to a number, one name and one row at a time."""
    held = [columns.values("attribute", "name", row).tolist() for row in range(len(columns))]
    rows = [[row for row, of_row in enumerate(held) if name in of_row] for name in range(names)]
    ends = np.cumsum([len(of_name) for of_name in rows], dtype=np.int64)
    # Undated ones say 2**62, and come last.
    dates = [-date if date < 2**62 else date for date in columns["published_at"].tolist()]
    newest = sorted(range(len(columns)), key=lambda row: (dates[row], -row))
    flat = [row for of_name in rows for row in of_name]
    return StoredHolders(ends, np.array(flat, np.int32), np.array(newest, np.int32))


class AxisEncoder:
    """Embeddings that can be worked out by hand: the counts of seven words, to unit length.

    A text with none of the words lies on the eighth axis.
    """

    WORDS = ("fish", "ship", "vote", "bank", "star", "goal", "law")
    id = "axes@1"
    dimension = len(WORDS) + 1
    is_quick = True

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        return np.array([embedding_of(text) for text in texts], np.float32).reshape(-1, 8)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([embedding_of(text) for text in texts], np.float32).reshape(-1, 8)


class FailingEncoder(AxisEncoder):
    """Fails at the first text that holds "goal"."""

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("goal" in text for text in texts):
            raise RuntimeError("out of memory")
        return super().encode_documents(texts)


def embedding_of(text: str) -> NDArray[np.float64]:
    """What AxisEncoder makes of a text."""
    words = re.findall("[a-z]+", text.lower())
    counts = [words.count(word) for word in AxisEncoder.WORDS]
    vector = np.array([*counts, 0.0 if any(counts) else 1.0])
    return vector / np.linalg.norm(vector)


def axis_archive(directory: Path) -> Archive:
    """The archive in ``directory``, made if need be, with an AxisEncoder."""
    return Archive.open(directory, AxisEncoder(), create=True)


def contents(archive: Archive) -> dict[str, tuple[str, list[float]]]:
    """Each id with its title and its embedding, as they are stored."""
    embeddings = archive.store.embeddings
    active = embeddings.active()
    assert active is not None
    keys, _ = archive.store.keys_since(0)
    vectors = embeddings.of(active.number, keys)
    articles = archive.store.articles(keys)
    return {articles[key].id: (articles[key].title, vectors[key].tolist()) for key in keys}
