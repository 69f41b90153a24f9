"""The index engine at any size: recall, times, memory, start and import, as JSON on stdout.

    python -m tests.benchmark.engine allsides.jsonl.xz --articles 100000 [--data DIR]

The articles are recombined from those in the file (tests/benchmark/recombined.py). With ``--data``
the archive is kept there; what is there already, articles or a snapshot, is not made again. ``raw``
times are the bare FAISS and tantivy calls for the same questions, in the same run. ``--python`` is
that of an installation as users have it: structlog imports rich where a development tool has
brought it along, and a service then starts a fifth later.
"""

import argparse
import gc
import json
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from tests.benchmark import served
from tests.benchmark.recombined import material, recombined

from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles
from newsclip.index.vectors import ProbingVectorIndex, VectorIndex, widened
from newsclip.index.view import View
from newsclip.recommender.fusion import DEPTH, LOOKED_UP
from newsclip.recommender.search import search
from newsclip.recommender.search_page import FACET_NAMES, SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.telling import telling_terms

SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)
_CHUNK = 20_000  # articles made before they are imported, outside the time taken
_FACETS = SearchOptions(facets=FACET_NAMES)
_EVERYTHING = SearchOptions(facets=FACET_NAMES, collapse=True, recency=0.3)
_WARM_UP = 300  # questions before the clock counts: the pages of a new process are still unmapped


def measure(
    file: str, articles: int, directory: Path, questions: int, python: str = sys.executable
) -> dict[str, Any]:
    """All figures of an archive of so many articles in ``directory``; ``python`` serves it."""
    figures: dict[str, Any] = {"articles": articles, "python": platform.python_version()}
    with Archive.open(directory, create=True) as archive:
        if not archive.revision():
            figures["import_articles_per_second"] = _import(archive, file, articles)
        if compaction.newest_snapshot(archive.store) is None:
            began = time.perf_counter()
            compaction.rebuild(archive.store)
            figures["snapshot_seconds"] = round(time.perf_counter() - began, 1)
        figures["store_mib"] = round(archive.store.size_bytes() / 2**20)
        figures["snapshot_mib"] = round(_size(directory / "snapshots") / 2**20)
        asked = _sample(archive, questions + _WARM_UP)
    figures |= _in_process(directory, asked)
    _let_go()
    ids, titles = zip(*((a.id, a.title) for a in asked[:questions]), strict=True)
    return figures | served.measure(directory, ids, titles, python)


def _in_process(directory: Path, asked: Sequence[Article]) -> dict[str, Any]:
    began = time.perf_counter()
    with Archive.open(directory, trusting=True) as archive:
        with archive.reading():
            ready = time.perf_counter() - began
        gc.collect()  # as a worker does that has loaded its view
        gc.freeze()
        with archive.reading() as view:
            recalls = _recalls(view, asked[:200])
        jobs = _jobs(archive, asked)
    return {"ready_seconds": round(ready, 3), "recall_at_10": recalls, "jobs": jobs}


def _let_go() -> None:
    """Gives the snapshot's pages back, of which the services' share would else be counted less."""
    gc.unfreeze()
    gc.collect()
    with Path("/proc/self/maps").open() as maps:
        assert not any("/snapshots/" in line for line in maps)


def _import(archive: Archive, file: str, articles: int) -> float:
    made = recombined(material(file), articles)
    seconds = 0.0
    for start in range(0, articles, _CHUNK):
        count = min(_CHUNK, articles - start)
        lines = b"".join(json.dumps(next(made)).encode() + b"\n" for _ in range(count))
        seconds += import_articles(archive, read_articles(BytesIO(lines), file)).seconds
        _say(f"{start + count:,} imported, {(start + count) / seconds:,.0f} a second")
    return round(articles / seconds, 1)


def _sample(archive: Archive, count: int) -> list[Article]:
    keys = archive.store.keys_since(0)[0]
    chosen = random.Random(0).sample(keys, min(count, len(keys)))
    return list(archive.store.articles(chosen).values())


def _recalls(view: View, asked: Sequence[Article]) -> dict[str, float]:
    """By the share that a filter lets through: how many of the ten nearest are found."""
    segment = view._layers.segments[0]
    embeddings = segment.columns["embedding"]
    queries = np.stack([view.embedding(view.key_of(article.id)) for article in asked])
    blocks = [widened(embeddings[at : at + _CHUNK]) for at in range(0, len(embeddings), _CHUNK)]
    cosines = np.concatenate([queries @ block.T for block in blocks], axis=1)
    random_numbers = np.random.default_rng(0).random(len(embeddings))
    recalls = {}
    for share in SHARES:
        allowed = random_numbers < share
        found = [segment.vectors.search(query, 10, allowed)[0] for query in queries]
        recalls[str(share)] = round(_recall(found, np.where(allowed, cosines, -2)), 4)
    return recalls


def _recall(found: Sequence[NDArray[np.int64]], cosines: NDArray[np.float32]) -> float:
    """Ties at the tenth place count as found, whichever of them came back."""
    shares = []
    for rows, row_cosines in zip(found, cosines, strict=True):
        wanted = min(10, int((row_cosines > -2).sum()))
        tenth = np.partition(row_cosines, -wanted)[-wanted]
        shares.append((row_cosines[rows] >= tenth - 1e-6).sum() / wanted)
    return float(np.mean(shares))


def _jobs(archive: Archive, asked: Sequence[Article]) -> dict[str, Any]:
    calls: dict[str, Callable[[View, Article], object]] = {
        "similar": lambda view, article: similar(view, source_of_article(view, article.id)),
        "search": lambda view, article: search(view, article.title),
        "search_with_facets": lambda view, article: search(view, article.title, _FACETS),
        "search_with_everything": lambda view, article: search(view, article.title, _EVERYTHING),
        "search_without_passages": lambda view, article: search(
            view, article.title, SearchOptions(passages=False)
        ),
        "search_keyword": lambda view, article: search(
            view, article.title, SearchOptions("keyword")
        ),
        "live_view": _both_sides,
    }
    figures = {}
    for name, call in calls.items():
        spent = []
        for article in asked:
            began = time.perf_counter()
            with archive.reading() as view:
                call(view, article)
            spent.append((time.perf_counter() - began) * 1000)
        figures[name] = _times(spent[_WARM_UP:])
    with archive.reading() as view:
        raw = [_raw(view, article) for article in asked][_WARM_UP:]
        figures["raw"] = _times(raw)
        view_only = [_timed_both_sides(view, article) for article in asked][_WARM_UP:]
    figures["live_view_over_raw"] = round(float(np.median(view_only) / np.median(raw)), 2)
    return figures


def _times(spent: Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(spent, [50, 99])
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


def _both_sides(view: View, article: Article) -> None:
    """What `similar` asks of the view: the nearest by meaning, and by the telling terms."""
    key = view.key_of(article.id)
    query = telling_terms(view, view.terms_of(key)).first(LOOKED_UP)
    view.matching(query, DEPTH, Filter())
    view.nearest(view.embedding(key), DEPTH, Filter())


def _prepared(view: View, article: Article) -> tuple[Any, NDArray[np.float32]]:
    key = view.key_of(article.id)
    return telling_terms(view, view.terms_of(key)).first(LOOKED_UP), view.embedding(key)


def _timed_both_sides(view: View, article: Article) -> float:
    query, embedding = _prepared(view, article)
    began = time.perf_counter()
    view.matching(query, DEPTH, Filter())
    view.nearest(embedding, DEPTH, Filter())
    return (time.perf_counter() - began) * 1000


def _raw(view: View, article: Article) -> float:
    """The same two questions to FAISS and tantivy themselves, prepared outside the time."""
    query, embedding = _prepared(view, article)
    segment = view._layers.segments[0]
    terms = view._field_terms(query)
    searcher = segment.lexicon._searcher
    index, parameters = _faiss(segment.vectors)
    began = time.perf_counter()
    asked = segment.lexicon._any_of(terms)
    hits = searcher.search(asked, limit=DEPTH, count=False).hits
    searcher.fast_field_values("key", [address for _, address in hits])
    index.search(embedding.reshape(1, -1), DEPTH, params=parameters)
    return (time.perf_counter() - began) * 1000


def _faiss(vectors: VectorIndex) -> tuple[Any, Any]:
    """FAISS's own index, and parameters as the view would set them."""
    if not isinstance(vectors, ProbingVectorIndex):
        return vectors._index, None  # type: ignore[attr-defined]
    parameters = faiss.SearchParametersPreTransform()
    parameters.index_params = faiss.SearchParametersIVF(nprobe=vectors.probes(1.0))
    return vectors._index, parameters


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="JSON Lines of real articles with a section each")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--data", type=Path, help="directory of the archive, to keep it")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--python", default=sys.executable, help="what the service runs with")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        where = given.data or Path(temporary)
        found = measure(given.file, given.articles, where, given.questions, given.python)
        print(json.dumps(found, indent=2))  # noqa: T201
