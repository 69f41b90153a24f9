"""How good encoders are, and what they cost: tables in Markdown on stdout.

    python -m tests.benchmark.encoders DIR --encoder builtin --encoder MODEL?backend=onnx

``DIR`` holds the open collections; an encoder is named as an archive keeps it, so that
``builtin?dimension=256`` and ``MODEL?backend=int8`` can be asked for. ``--cache`` keeps what was
embedded: a transformer takes an hour. ``--head`` adds, for a transformer, what is lost if only the
first passage of a long text is read.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from newsclip.index.encoder import Encoder, load_encoder
from newsclip.index.recipe import RECIPE, ArticleEncoder

from .open_sets import OpenSet, read_languages, read_sets
from .plain_blend import blend, bm25, markdown

WEIGHTS = (0.5, 1.0)
Rows = NDArray[np.float32]
_AT_A_TIME = 16


class Embedder:
    """Embeds texts and keeps what it made, by the encoder's id and the texts."""

    def __init__(self, encoder: Encoder, cache: Path | None, head: bool = False) -> None:
        self.encoder, self._cache, self._head = encoder, cache, head

    def documents(self, texts: Sequence[str]) -> Rows:
        """(texts, dimension), of the first passages alone where ``head`` was asked for."""
        if self._head:
            texts = [self.encoder.passages(text)[0] for text in texts]  # type: ignore[attr-defined]
        return self._kept(RECIPE, texts, ArticleEncoder(self.encoder).embed)

    def queries(self, texts: Sequence[str]) -> Rows:
        """(texts, dimension)."""
        return self._kept("queries", texts, self.encoder.encode_queries)

    def _kept(self, side: str, texts: Sequence[str], encode: Callable[..., Rows]) -> Rows:
        digest = hashlib.sha256(
            "\0".join([self.encoder.id, side, *texts]).encode("utf-8", "replace")
        )
        file = self._cache / f"{digest.hexdigest()[:24]}.npy" if self._cache else None
        if file and file.is_file():
            return np.asarray(np.load(file))
        starts = range(0, len(texts), _AT_A_TIME)
        parts = [encode(texts[s : s + _AT_A_TIME]) for s in tqdm(starts, disable=None)]
        embedded = np.vstack(parts)
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(file, embedded)
        return embedded


def meaning(found: OpenSet, embedder: Embedder) -> NDArray[np.float32]:
    """(queries, documents): inner products."""
    documents = embedder.documents(found.documents)
    if found.itself is not None:
        return documents[list(found.itself)] @ documents.T
    return embedder.queries(found.queries) @ documents.T


def quality(sets: Mapping[str, OpenSet], embedders: Mapping[str, Embedder]) -> str:
    """Keywords, each encoder alone, and both together."""
    head = ["", "BM25"]
    for name in embedders:
        head += [name, *(f"both, w = {weight:g}" for weight in WEIGHTS)]
    lines = []
    for found in sets.values():
        keywords = bm25(found.documents, found.asked)
        line: list[object] = [f"{found.name}, {found.measure}", found.mean(keywords)]
        for embedder in embedders.values():
            near = meaning(found, embedder)
            line += [found.mean(near), *(found.mean(blend(keywords, near, w)) for w in WEIGHTS)]
        lines.append(line)
    return markdown(head, lines)


def alone(sets: Mapping[str, OpenSet], embedders: Mapping[str, Embedder]) -> str:
    """Each encoder alone."""
    lines = [
        [
            f"{found.name}, {found.measure}",
            *(found.mean(meaning(found, e)) for e in embedders.values()),
        ]
        for found in sets.values()
    ]
    return markdown(["", *embedders], lines)


def cost(names: Sequence[str], data: Path) -> str:
    """What each encoder costs, each in a process of its own with one thread."""
    head = ["", "start, s", "memory, MB", "articles/s", "query, ms"]
    lines = []
    for name in names:
        command = [sys.executable, "-W", "ignore", "-m", "tests.benchmark.encoder_cost"]
        ran = subprocess.run(
            [*command, name, str(data)], capture_output=True, text=True, check=True
        )
        told = json.loads(ran.stdout.splitlines()[-1])
        lines.append([shown(name), *(f"{told[each]:,.4g}" for each in head[1:])])
    return markdown(head, lines)


def shown(name: str) -> str:
    """An encoder's name without the folders that it lies in."""
    return re.sub(r"^.*/(?=[^/?]+(\?|$))", "", name)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--encoder", action="append", dest="names", required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--sets", help="some of the collections, with commas between")
    parser.add_argument("--head", action="store_true", help="also read first passages alone")
    parser.add_argument("--languages", action="store_true", help="also other languages")
    parser.add_argument("--cost", action="store_true", help="also times and memory")
    given = parser.parse_args()
    sets = read_sets(given.data)
    sets = {name: each for name, each in sets.items() if name in (given.sets or name).split(",")}
    encoders = {shown(name): load_encoder(name) for name in given.names}
    embedders = {name: Embedder(each, given.cache) for name, each in encoders.items()}
    tables = [quality(sets, embedders)]
    if given.head:
        cut = {
            f"{name}, {how}": Embedder(each, given.cache, how == "cut")
            for name, each in encoders.items()
            if hasattr(each, "passages")
            for how in ("pooled", "cut")
        }
        tables.append(alone(sets, cut))
    if given.languages:
        tables.append(alone(read_languages(given.data), embedders))
    if given.cost:
        tables.append(cost(given.names, given.data))
    sys.stdout.write("\n\n".join(tables) + "\n")


if __name__ == "__main__":
    main()
