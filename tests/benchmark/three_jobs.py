"""How fast an archive is imported and asked: JSON on stdout.

    python -m tests.benchmark.three_jobs articles.jsonl.xz [--questions 300]

Times are CPU milliseconds of one thread, so that they compare between runs on a busy machine;
``over_raw`` is the ratio to the bare FAISS and tantivy calls of the same questions, in this run.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from newsclip.api.cli.source import open_source
from newsclip.index.archive import Archive
from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles
from newsclip.index.view import View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.fusion import DEPTH, LOOKED_UP
from newsclip.recommender.search import search
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.tags import suggest_tags
from newsclip.recommender.telling import telling_terms, terms_of_draft


def measure(file: str, questions: int) -> dict[str, Any]:
    """The figures of one archive, made from ``file`` in a temporary directory."""
    with (
        tempfile.TemporaryDirectory() as directory,
        open_source(file) as source,
        Archive.open(Path(directory), create=True) as archive,
    ):
        summary = import_articles(archive, read_articles(source.stream, file))
        began = time.perf_counter()
        with archive.reading() as view:
            ready = time.perf_counter() - began
            jobs = _jobs(view, questions)
        return {
            "articles": archive.statistics().articles,
            "import_articles_per_second": round(summary.articles_per_second, 1),
            "ready_seconds": round(ready, 2),
            "store_bytes": archive.statistics().store_bytes,
            "jobs": jobs,
        }


def _jobs(view: View, questions: int) -> dict[str, dict[str, float]]:
    keys = view.newest(Filter(), len(view))
    sample = random.Random(0).sample(keys, min(questions, len(keys)))
    articles = list(view.articles(sample).values())
    asked = [(article, Draft.of(article)) for article in articles]
    prepared = [(_query(view, draft), view.embed_document(draft.text)) for _, draft in asked]

    def raw(place: int) -> None:
        terms, embedding = prepared[place]
        view.matching(terms, DEPTH, Filter())
        view.nearest(embedding, DEPTH, Filter())

    calls: dict[str, Callable[[int], object]] = {
        "raw": raw,
        "similar": lambda place: similar(view, source_of_article(view, asked[place][0].id)),
        "search": lambda place: search(view, asked[place][0].title),
        "suggest_tags": lambda place: suggest_tags(view, asked[place][1]),
    }
    times = {name: _milliseconds(call, len(asked)) for name, call in calls.items()}
    middle = float(np.median(times["raw"]))
    return {name: _figures(spent, middle) for name, spent in times.items()}


def _query(view: View, draft: Draft) -> TermQuery:
    return telling_terms(view, terms_of_draft(view, draft, language_of(view, draft))).first(
        LOOKED_UP
    )


def _milliseconds(call: Callable[[int], object], count: int) -> list[float]:
    spent = []
    for place in range(count):
        began = time.thread_time()
        call(place)
        spent.append((time.thread_time() - began) * 1000)
    return spent


def _figures(spent: Sequence[float], raw: float) -> dict[str, float]:
    p50, p99 = (float(value) for value in np.percentile(spent, [50, 99]))
    return {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "over_raw": round(p50 / raw, 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="JSON Lines of articles, as newsclip import takes them")
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.file, arguments.questions), indent=2))  # noqa: T201
