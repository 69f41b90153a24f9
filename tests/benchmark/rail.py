"""What a rail costs beside the bare calls of the index: JSON on stdout.

    python -m tests.benchmark.rail articles.jsonl.xz [--questions 3000]

``plain`` is what any rail needs that is asked for by an article's id: its key, its embedding and
telling terms, FAISS and tantivy, fetching ten articles. ``bare`` is the same for a caller who knows
the embedding and the terms already, which no page does.

Times are milliseconds by the clock, each question asked in every way one after the other, so that a
busy machine is busy for all; in another order each time, since what is asked first finds nothing of
the source in the processor's caches. ``p99_over_plain`` is the ratio of the 99th percentiles in
this run, of so many questions that some dozens lie behind them; ``p99_over_bare`` likewise.
"""

import argparse
import gc
import json
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.api.cli.source import open_source
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.fusion import DEPTH, LOOKED_UP
from newsclip.recommender.onward import onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.telling import telling_terms

Percentiles = NDArray[np.float64]

_WARM_UP = 50

EVERYTHING = Choice(diversity=0.3, time="latest")


def _asked_for(view: View, key: int) -> tuple[TermQuery, NDArray[np.float32]]:
    """What the indexes are asked for an article: its telling terms, its embedding."""
    terms = telling_terms(view, view.terms_of(key)).first(LOOKED_UP)
    return terms, view.embedding(key)


def _candidates(view: View, terms: TermQuery, embedding: NDArray[np.float32]) -> object:
    matching = view.matching(terms, DEPTH, Filter())
    near = view.nearest(embedding, DEPTH, Filter())
    return view.articles([*near.keys[:5].tolist(), *matching[:5].tolist()])


def _plain(view: View, article_id: str) -> object:
    return _candidates(view, *_asked_for(view, view.key_of(article_id)))


def _bare(view: View, article_id: str) -> Callable[[], object]:
    known = _asked_for(view, view.key_of(article_id))
    return lambda: (view.key_of(article_id), _candidates(view, *known))


def _similar(choice: Choice) -> Callable[[View, str], object]:
    return lambda view, each: similar(view, source_of_article(view, each), choice)


WAYS: dict[str, Callable[[View, str], object]] = {
    "plain": _plain,
    "similar": _similar(Choice()),
    "everything": _similar(EVERYTHING),
    "explained": _similar(Choice(explain=True)),
    "onward": lambda view, each: onward(view, source_of_article(view, each)),
}


def measure(file: str, questions: int) -> dict[str, Any]:
    """The figures of one archive, made from ``file`` in a temporary directory."""
    with (
        tempfile.TemporaryDirectory() as directory,
        open_source(file) as source,
        Archive.open(Path(directory), create=True) as archive,
    ):
        import_articles(archive, read_articles(source.stream, file))
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
    spent: dict[str, list[float]] = {name: [] for name in ("bare", *WAYS)}
    order = random.Random(0)
    for each in asked:
        for name in order.sample([*spent], len(spent)):
            # Each its own view, as each request has: a view remembers what it was asked.
            with archive.reading() as view:
                call = partial(WAYS[name], view, each) if name in WAYS else _bare(view, each)
                began = time.perf_counter()
                call()
                spent[name].append((time.perf_counter() - began) * 1000)
    return spent


def _figures(spent: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    figures = {name: np.percentile(times[_WARM_UP:], [50, 99]) for name, times in spent.items()}
    return {name: _of_way(own, figures) for name, own in figures.items()}


def _of_way(own: Percentiles, figures: Mapping[str, Percentiles]) -> dict[str, float]:
    """A way's percentiles, and their ratios to those of the calls that it is measured by."""
    named = {"p50_ms": own[0], "p99_ms": own[1]}
    for mark in ("plain", "bare"):
        ratios = own / figures[mark]
        named |= {f"p50_over_{mark}": ratios[0], f"p99_over_{mark}": ratios[1]}
    return {name: round(float(figure), 2) for name, figure in named.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="JSON Lines of articles, as newsclip import takes them")
    parser.add_argument("--questions", type=int, default=3_000)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.file, arguments.questions), indent=2))  # noqa: T201
