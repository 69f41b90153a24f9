"""How many of the copies among many articles are found, and at what cost: JSON on stdout.

    python -m tests.benchmark.copies articles.jsonl.xz [--copies 2000] [--pairs pairs.tsv]

Copies of real articles are put among them (tests/benchmark/planted.py), all are imported, and each
article is asked for its cluster. The real articles have copies, too: each pair that was not planted
is judged by its texts alone. Its ``own_share`` is the share of the shorter body's own words that
stand in the other one in runs of eight and more, own being what is not in such a run of more than
six articles. From a half on it is a copy, under a quarter it is none; in between are articles that
took over parts of each other. ``--pairs`` writes them down, for a look at each.
"""

import argparse
import json
import re
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from tests.benchmark.planted import Planted, planted

from newsclip.api.cli.source import open_source
from newsclip.index import compaction, derived
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.importing import import_articles
from newsclip.index.sketch import Sketcher
from newsclip.index.sources.jsonlines import Line, read_articles

_RUN = 8  # words
_TEMPLATE = 6  # articles
_COPY, _NO_COPY = 0.5, 0.25
_BANDS = (0.1, 0.15, 0.2, 0.25, 0.3)

Pair = tuple[str, str]


def measure(file: str, copies: int, limit: int | None = None) -> tuple[dict[str, Any], list[str]]:
    """The figures, and a line for each pair that was found and not planted."""
    articles = _articles(file)[:limit]
    made = list(planted(articles, copies))
    everyone = [*articles, *(each.article for each in made)]
    with tempfile.TemporaryDirectory() as directory:
        found, figures = _found(Path(directory), everyone)
    origins = {each.article.id: each.original for each in made}
    judged = _judged(found, origins, {each.id: each.body for each in articles})
    figures |= {"recall": _recall(made, found), "unplanted": _bands(judged)}
    wrong = sum(share < _NO_COPY for _, share in judged)
    figures |= {"pairs": len(found), "precision": round(1 - wrong / max(1, len(found)), 4)}
    titles = {each.id: each.title for each in everyone}
    lines = [f"{s:.2f}\t{a}\t{b}\t{titles[a]}\t{titles[b]}" for (a, b), s in judged]
    return figures, lines


def _articles(file: str) -> list[Article]:
    with open_source(file) as source:
        return [line.article for line in read_articles(source.stream, file) if line.article]


def _found(directory: Path, articles: Sequence[Article]) -> tuple[set[Pair], dict[str, Any]]:
    """The pairs of one cluster, and what it cost to find them."""
    spent: Counter[str] = Counter()
    with (
        Archive.open(directory, create=True) as archive,
        _timed(spent, Sketcher, "sketches"),
        _timed(spent, derived, "_alike"),
    ):
        began = time.process_time()
        import_articles(archive, (Line(n, each) for n, each in enumerate(articles, 1)))
        compaction.compact(archive.store)
        total = time.process_time() - began
        pairs, asked = _pairs(archive)
    added = sum(spent.values())
    figures = {
        "articles": len(articles),
        "import_cpu_seconds": round(total, 1),
        "added_seconds": {name: round(seconds, 2) for name, seconds in spent.items()},
        "added_share": round(added / (total - added), 4),
        "microseconds_per_key": asked,
    }
    return pairs, figures


@contextmanager
def _timed(spent: Counter[str], owner: Any, name: str) -> Iterator[None]:
    call: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any) -> Any:
        began = time.process_time()
        try:
            return call(*arguments)
        finally:
            spent[name] += time.process_time() - began  # type: ignore[assignment]

    with mock.patch.object(owner, name, timed):
        yield


def _pairs(archive: Archive) -> tuple[set[Pair], dict[str, float]]:
    with archive.reading() as view:
        # All are asked for at once; who sees them is another question.
        keys = np.array(archive.store.keys_since(0)[0], np.int64)
        ids = {key: each.id for key, each in view.articles(keys.tolist()).items()}
        began = time.process_time()
        clusters = view.copies_of(keys)
        first = time.process_time() - began
        alone = np.array([key for key, others in clusters.items() if not others], np.int64)
        began = time.process_time()
        view.copies_of(alone[:50])
        again = time.process_time() - began
    with_copies = max(1, len(keys) - len(alone))
    pairs = {(ids[a], ids[b]) for a, others in clusters.items() for b in others if a < b}
    return pairs, {
        "all": round(first / len(keys) * 1e6, 1),
        "with_copies_at_most": round(first / with_copies * 1e6, 1),
        "fifty_without": round(again / 50 * 1e6, 2),
    }


def _recall(made: Sequence[Planted], found: set[Pair]) -> dict[str, Any]:
    hits = [(each.original, each.article.id) in found for each in made]
    by_kind: dict[str, list[bool]] = defaultdict(list)
    by_share: dict[str, list[bool]] = defaultdict(list)
    for each, hit in zip(made, hits, strict=True):
        by_kind[each.kind].append(hit)
        if each.changed:
            band = int(np.searchsorted(_BANDS, each.changed)) - 1
            by_share[f"{_BANDS[band]:.2f}-{_BANDS[band + 1]:.2f}"].append(hit)
    return {
        "all": _share(hits),
        "by_kind": {kind: _share(each) for kind, each in by_kind.items()},
        "by_changed_words": {band: _share(each) for band, each in sorted(by_share.items())},
    }


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / max(1, len(hits)), 4)


def _bands(judged: Sequence[tuple[Pair, float]]) -> dict[str, int]:
    shares = [share for _, share in judged]
    return {
        "copies": sum(share >= _COPY for share in shares),
        "parts_in_common": sum(_NO_COPY <= share < _COPY for share in shares),
        "none": sum(share < _NO_COPY for share in shares),
    }


def _judged(
    found: set[Pair], origins: Mapping[str, str], bodies: Mapping[str, str]
) -> list[tuple[Pair, float]]:
    """Each pair that was not planted with its share; a planted copy is as its original."""
    runs = {article_id: _runs(body) for article_id, body in bodies.items()}
    numbers, counts = np.unique(
        np.concatenate([np.unique(each) for each in runs.values()]), return_counts=True
    )
    templates = numbers[counts > _TEMPLATE]
    judged = []
    for pair in sorted(found):
        one, other = (origins.get(each, each) for each in pair)
        if one != other:
            judged.append((pair, own_share(runs[one], runs[other], templates)))
    return sorted(judged, key=lambda each: each[1])


def _runs(body: str) -> NDArray[np.uint64]:
    """A hash of each run of eight words, in their order."""
    words = re.findall(r"[a-z0-9']+", body.lower())
    hashes = np.array([zlib.crc32(word.encode()) for word in words], np.uint64)
    length = max(0, len(words) - _RUN + 1)
    runs = np.zeros(length, np.uint64)
    for place in range(_RUN):
        runs = (runs ^ hashes[place : place + length]) * np.uint64(0x9E3779B97F4A7C15)
        runs ^= runs >> np.uint64(29)
    return runs


def own_share(
    one: NDArray[np.uint64], other: NDArray[np.uint64], templates: NDArray[np.uint64]
) -> float:
    """The share of the shorter one's own words that stand in a run that both have."""
    short, long = sorted((one, other), key=len)
    common, template = (_in_runs(np.isin(short, each)) for each in (long, templates))
    return float((common & ~template).sum() / max(1, (~template).sum()))


def _in_runs(starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each word, whether it stands in one of the runs that begin where ``starts`` says."""
    return np.convolve(starts, np.ones(_RUN, np.int64)) > 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--copies", type=int, default=2_000)
    parser.add_argument("--articles", type=int, help="take only so many of the file")
    parser.add_argument(
        "--pairs", type=Path, help="write the pairs that were not planted to a file"
    )
    arguments = parser.parse_args()
    results, pairs = measure(arguments.file, arguments.copies, arguments.articles)
    if arguments.pairs:
        arguments.pairs.write_text("\n".join(pairs))
    print(json.dumps(results, indent=2))  # noqa: T201
