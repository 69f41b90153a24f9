"""How good related articles are, on articles that nobody here wrote: JSON on stdout.

    python -m tests.benchmark.related DIR [--sources 1000]

``DIR`` holds ``digitalgov.jsonl.xz``, ``digitalgov-links.jsonl.xz`` and ``allsides.jsonl.xz``.

``links``: what editors of digital.gov linked to, half of the sources to learn from, half to ask.
The archive knows the links of the first half alone. The ranker that they teach is compared with the
fixed blend, question by question, once with the whole text of the source and once with the titles
and anchors of what it links to cut out.

``topics``: how many of the first ten have the source's topic, among allsides' news without tags and
sections. The general ranker, learned on all of digital.gov's links, is compared with the fixed
blend, which serves until an archive has its own.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tests.benchmark.general_ranker import NOW, fill, pairs_of, read

from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.incoming import parse_article
from newsclip.index.view import View
from newsclip.recommender.evaluate import Estimate, best, evaluate
from newsclip.recommender.features import Floats
from newsclip.recommender.learning import examples, learn
from newsclip.recommender.questions import KnownLinks, Pair, questions, sampled
from newsclip.recommender.ranking import FIXED, Ranker, general
from newsclip.recommender.source import source_of_key

_SEED = 1
_FIRST = 10
_FIELDS = ("id", "url", "title", "body", "published_at")


@contextmanager
def _archive() -> Iterator[Archive]:
    with TemporaryDirectory() as folder, Archive.open(Path(folder), create=True) as archive:
        yield archive


def links(data: Path) -> dict[str, Any]:
    """What a ranker learned from half of the links gains on the other half."""
    rows = [row for row in read(data / "digitalgov-links.jsonl.xz") if row["src"] != row["dst"]]
    sources = sampled(sorted({row["src"] for row in rows}), len(rows), _SEED)
    taught = set(sources[: len(sources) // 2])
    shown: dict[str, list[str]] = {}
    for row in rows:
        if row["src"] in taught:
            shown.setdefault(row["src"], []).append(row["dst"])
    with _archive() as archive:
        fill(archive, data, shown)
        with archive.reading(NOW) as view:
            own = {view.key_of(name) for name in taught}
            pairs = pairs_of(view, data)
            return _compared(
                view,
                [pair for pair in pairs if pair.source in own],
                [pair for pair in pairs if pair.source not in own],
            )


def _compared(view: View, taught: Sequence[Pair], asked: Sequence[Pair]) -> dict[str, Any]:
    known = KnownLinks(view.links_from({pair.source for pair in taught}))
    ranker = learn(examples(view, questions(view, taught), [known], _SEED), _SEED, "half the links")
    rankers = {"learned": ranker, "fixed": FIXED}
    return {
        name: asdict(evaluate(view, questions(view, asked, masked=masked), rankers, known, _SEED))
        for name, masked in (("whole text", False), ("masked", True))
    }


def topics(rows: Iterable[Mapping[str, Any]], count: int) -> dict[str, Any]:
    """Of the first ten of ``count`` sources, the share with the source's topic, its first tag."""
    topic_of: dict[str, str] = {}
    articles: list[Article] = []
    for row in rows:
        topic_of[row["id"]] = row["tags"][0]
        articles.append(parse_article({name: row[name] for name in _FIELDS if name in row}))
    with _archive() as archive:
        archive.put(articles)
        compaction.compact(archive.store)
        with archive.reading(NOW) as view:
            asked = sampled(sorted(topic_of), count, _SEED)
            shares = {
                name: _shares(view, asked, topic_of, ranker)
                for name, ranker in (("general", general()), ("fixed", FIXED))
            }
    shares["gain"] = shares["general"] - shares["fixed"]
    estimates = {name: asdict(Estimate.of(own, _SEED)) for name, own in shares.items()}
    return {"articles": len(articles), "sources": len(asked), **estimates}


def _shares(
    view: View, asked: Sequence[str], topic_of: Mapping[str, str], ranker: Ranker
) -> Floats:
    """Of the first ten that are found for each source, the share with its topic."""
    shares = []
    for article_id in asked:
        source = source_of_key(view, view.key_of(article_id))
        first = view.ids(best(view, source, ranker, KnownLinks({}))[:_FIRST])
        shares.append(sum(topic_of[each] == topic_of[article_id] for each in first) / _FIRST)
    return np.array(shares, np.float64)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the collections")
    parser.add_argument("--sources", type=int, default=1_000, help="of allsides, to be asked about")
    arguments = parser.parse_args()
    news = read(arguments.data / "allsides.jsonl.xz")
    figures = {"links": links(arguments.data), "topics": topics(news, arguments.sources)}
    print(json.dumps(figures, indent=2))  # noqa: T201
