"""How long one answer to "how should this draft be tagged?" takes, and learning: JSON on stdout.

    python -m tests.benchmark.tag_speed articles.jsonl.xz [--tags 60 5000] [--drafts 1000]
        [--data DIR]

For each number of tags the articles are an archive of their own. An article's tags are those of the
five names that its text has most often which belong to the so many that most articles have. Drafts
are some of the articles without their tags, and the archive's own copy is no witness. The first
hundred are not counted. ``cpu`` is the process's time and ``wall`` the clock's, milliseconds; so is
that of each part of an answer. With ``--data`` the archives are kept, and not made again.
"""

import argparse
import gc
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from newsclip.api.cli.source import open_source
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.compaction import rebuild
from newsclip.index.filters import Filter
from newsclip.index.importing import import_articles
from newsclip.index.names import names_in
from newsclip.index.sources.jsonlines import read_articles
from newsclip.recommender import tags
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tagging.training import gather, learn

_CARRIED = 5  # tags of an article, at most
_WARM_UP = 100  # drafts before the clock counts
_PARTS = ("scored", "said_of_like_drafts", "best_tags", "evidence_for", "proposals", "notes_on")


def measure(file: str, counts: Sequence[int], drafts: int, directory: Path) -> dict[str, Any]:
    """The figures by the number of tags; the archives are made in ``directory``."""
    if missing := [count for count in counts if not (directory / str(count)).exists()]:
        with open_source(file) as source:
            lines = read_articles(source.stream, file)
            articles = [line.article for line in lines if line.article]
        named = [_names(article) for article in articles]
        for count in missing:
            _make(directory / str(count), list(_tagged(articles, named, count)))
    return {str(count): _figures(directory / str(count), drafts) for count in counts}


def _names(article: Article) -> list[str]:
    """The names that stand in an article's text most often."""
    text = f"{article.title}\n{article.body}"
    names = [name for name in names_in(text) if len(name) <= 40]
    return sorted(names, key=lambda name: -text.count(name))[:_CARRIED]


def _tagged(
    articles: Sequence[Article], named: Sequence[Sequence[str]], count: int
) -> Iterator[Article]:
    found = Counter(name for names in named for name in names)
    used = {name for name, _ in found.most_common(count)}
    for article, names in zip(articles, named, strict=True):
        own = tuple(name for name in names if name in used)
        yield article.model_copy(update={"tags": own})


def _make(directory: Path, articles: Sequence[Article]) -> None:
    lines = [article.model_dump_json().encode() + b"\n" for article in articles]
    with Archive.open(directory, create=True) as archive:
        import_articles(archive, read_articles(BytesIO(b"".join(lines)), "articles"))
        rebuild(archive.store)


def _figures(directory: Path, drafts: int) -> dict[str, Any]:
    with Archive.open(directory, trusting=True) as archive:
        learning = _learned(archive)
        with archive.reading() as view:
            keys = view.newest(Filter(), len(view))
            asked = random.Random(0).sample(keys, min(len(keys), drafts + _WARM_UP))
            articles = view.articles(asked)
            facts = {"articles": len(view), "tags": len(view.tags_in_use())}
        return facts | learning | {"milliseconds": _times(archive, list(articles.values()))}


def _learned(archive: Archive) -> dict[str, Any]:
    """Learns a tagger unless there is one, and what it took."""
    with archive.reading() as view:
        if view.stored_tagger():
            return {}
        began = time.process_time(), time.perf_counter()
        material, encoder = gather(view), view.encoder_identity
    weights = learn(material).to_bytes()
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    archive.store.taggers.keep(encoder, archive.revision(), weights)
    return {
        "learning_seconds": {"cpu": round(cpu, 1), "wall": round(wall, 1)},
        "tagger_mib": round(len(weights) / 2**20, 1),
    }


def _times(archive: Archive, articles: Sequence[Article]) -> dict[str, Any]:
    """p50 and p99 of whole answers, and of their parts."""
    clock = _Clock()
    with ExitStack() as patched:
        for part in _PARTS:
            patched.enter_context(patch.object(tags, part, clock.timed(part, getattr(tags, part))))
        answer = clock.timed("answer", tags.suggest_tags)
        for number, article in enumerate(articles):
            with archive.reading() as view:
                draft = replace(Draft.of(article), tags=())
                answer(view, draft, TagChoice(article=article.id))
            if number + 1 == _WARM_UP:
                clock.taken.clear()
                gc.collect()  # as a worker does that has loaded its view
                gc.freeze()
    return {name: _shares(times) for name, times in clock.taken.items()}


class _Clock:
    """Takes the time of calls, in seconds of the processor and of the clock, by their names."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, float]]] = {}

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, of which each time is taken."""

        def timed(*arguments: Any) -> Any:
            cpu, wall = time.process_time(), time.perf_counter()
            found = call(*arguments)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            self.taken.setdefault(name, []).append((cpu, wall))
            return found

        return timed


def _shares(times: Sequence[tuple[float, float]]) -> dict[str, dict[str, float]]:
    p50, p99 = 1_000 * np.percentile(np.array(times), [50, 99], axis=0)
    named = {"cpu": (p50[0], p99[0]), "wall": (p50[1], p99[1])}
    return {
        kind: {"p50": round(float(low), 2), "p99": round(float(high), 2)}
        for kind, (low, high) in named.items()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--tags", type=int, nargs="+", default=[60, 5_000])
    parser.add_argument("--drafts", type=int, default=1_000)
    parser.add_argument("--data", type=Path)
    asked = parser.parse_args()
    with ExitStack() as kept:
        directory = asked.data or Path(kept.enter_context(tempfile.TemporaryDirectory()))
        figures = measure(asked.file, asked.tags, asked.drafts, directory)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
