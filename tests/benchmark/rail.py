"""What a rail costs beside the bare calls of the index: JSON on stdout.

    python -m tests.benchmark.rail articles.jsonl.xz [--questions 3000]

``plain`` is what any rail needs: the source's key, FAISS and tantivy, fetching ten articles. Times
are milliseconds by the clock, each question asked in every way one after the other, so that a busy
machine is busy for all; in another order each time, since what is asked first finds nothing of the
source in the processor's caches. ``p99_over_plain`` is the ratio of the 99th percentiles in this
run, of so many questions that some dozens lie behind them.
"""

import argparse
import gc
import json
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from newsclip.api.cli.source import open_source
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.sources.jsonlines import read_articles
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.fusion import DEPTH, LOOKED_UP
from newsclip.recommender.onward import onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.telling import telling_terms

_WARM_UP = 50

EVERYTHING = Choice(diversity=0.3, time="latest")
WAYS: dict[str, Callable[[View, str], object]] = {
    "similar": lambda view, each: similar(view, source_of_article(view, each)),
    "everything": lambda view, each: similar(view, source_of_article(view, each), EVERYTHING),
    "explained": lambda view, each: similar(
        view, source_of_article(view, each), Choice(explain=True)
    ),
    "onward": lambda view, each: onward(view, source_of_article(view, each)),
}


def measure(file: str, questions: int) -> dict[str, Any]:
    """The figures of one archive, made from ``file`` in a temporary directory."""
    with (
        tempfile.TemporaryDirectory() as directory,
        open_source(file) as source,
        Archive.open(Path(directory), create=True) as archive,
    ):
        archive.import_articles(read_articles(source.stream, file))
        compaction.compact(archive.store)
        return ways(archive, questions)


def ways(archive: Archive, questions: int) -> dict[str, Any]:
    """The figures of an archive that has a snapshot."""
    with archive.reading() as view:
        articles, ids = len(view), view.ids(view.newest(Filter(), len(view)))
        gc.collect()  # as a worker does that has loaded its view
        gc.freeze()
    asked = random.Random(0).choices(ids, k=questions + _WARM_UP)
    return {"articles": articles, "ways": _figures(_spent(archive, asked))}


def _spent(archive: Archive, asked: Sequence[str]) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in ("plain", *WAYS)}
    order = random.Random(0)
    for each in asked:
        for name in order.sample([*spent], len(spent)):
            # Each its own view, as each request has: a view remembers what it was asked.
            with archive.reading() as view:
                call = _asking(WAYS[name], view, each) if name in WAYS else _plain(view, each)
                began = time.perf_counter()
                call()
                spent[name].append((time.perf_counter() - began) * 1000)
    return spent


def _figures(spent: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    figures = {name: np.percentile(times[_WARM_UP:], [50, 99]) for name, times in spent.items()}
    return {
        name: {
            "p50_ms": round(float(p50), 2),
            "p99_ms": round(float(p99), 2),
            "p50_over_plain": round(float(p50 / figures["plain"][0]), 2),
            "p99_over_plain": round(float(p99 / figures["plain"][1]), 2),
        }
        for name, (p50, p99) in figures.items()
    }


def _asking(way: Callable[[View, str], object], view: View, each: str) -> Callable[[], object]:
    return lambda: way(view, each)


def _plain(view: View, article_id: str) -> Callable[[], object]:
    key = view.key_of(article_id)
    terms = telling_terms(view, view.terms_of(key)).first(LOOKED_UP)
    embedding = view.embedding(key)

    def call() -> object:
        view.key_of(article_id)
        matching = view.matching(terms, DEPTH, Filter())
        near = view.nearest(embedding, DEPTH, Filter())
        return view.articles([*near.keys[:5].tolist(), *matching[:5].tolist()])

    return call


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="JSON Lines of articles, as newsclip import takes them")
    parser.add_argument("--questions", type=int, default=3_000)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.file, arguments.questions), indent=2))  # noqa: T201
