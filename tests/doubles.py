"""Builders and stand-ins that several test folders share."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.index.archive import Archive
from newsclip.index.article import Article, parse_article


def article(article_id: str | int, **fields: Any) -> Article:
    """An article through the front door; without a text its title is ``untitled``."""
    if not {"title", "body"} & fields.keys():
        fields["title"] = "untitled"
    return parse_article({"id": article_id, **fields})


class AxisEncoder:
    """Embeddings that can be worked out by hand: the counts of seven words, to unit length.

    A text with none of the words lies on the eighth axis.
    """

    WORDS = ("fish", "ship", "vote", "bank", "star", "goal", "law")
    id = "axes@1"
    dimension = len(WORDS) + 1

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
