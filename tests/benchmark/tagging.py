"""How good suggested tags are, beside two baselines, by the same code: JSON on stdout.

    python -m tests.benchmark.tagging articles.jsonl.xz [--newest 0.2 | --test ids.txt]

``ensemble`` is what `newsclip evaluate tags` measures; ``svm`` one linear support vector machine a
tag over tf-idf, its decision's sign the threshold; ``knn`` the votes of the nearest articles by
meaning. Seconds are CPU time of this process.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.api.cli.source import open_source
from newsclip.index.archive import Archive
from newsclip.index.compaction import rebuild
from newsclip.index.filters import fold
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import read_articles
from newsclip.index.view import View
from newsclip.recommender.tagging.evaluation import (
    Split,
    drafts,
    given,
    newest_share,
    report_of,
    scores_by,
    truth,
)
from newsclip.recommender.tagging.measures import Judged, TagReport, report
from newsclip.recommender.tagging.stack import best_thresholds
from newsclip.recommender.tagging.training import gather, learn

_NEIGHBOURS = 30


def measure(file: str, newest: float, test: Sequence[str] | None = None) -> dict[str, Any]:
    """The figures of the articles of ``file``, the ids in ``test`` or the newest held out."""
    with (
        tempfile.TemporaryDirectory() as directory,
        open_source(file) as source,
        Archive.open(Path(directory), create=True) as archive,
    ):
        import_articles(archive, read_articles(source.stream, file))
        rebuild(archive.store)
        with archive.reading() as view:
            split = given(view, test) if test else newest_share(view, newest)
            kinds: dict[str, Callable[[View, Split], TagReport]] = {
                "ensemble": _ensemble,
                "svm": _svm,
                "knn": _knn,
            }
            return {name: _figures(kind, view, split) for name, kind in kinds.items()}


def _figures(kind: Callable[[View, Split], TagReport], view: View, split: Split) -> dict[str, Any]:
    started = time.process_time()
    figures = asdict(kind(view, split))
    del figures["rows"]
    return {**figures, "seconds": round(time.process_time() - started, 1)}


def _ensemble(view: View, split: Split) -> TagReport:
    tagger = learn(gather(view, split.where))
    return report_of(view, split, tagger, scores_by(view, split, tagger))


def _svm(view: View, split: Split) -> TagReport:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    keys, tags, carried = _training(view, split)
    texts = TfidfVectorizer(analyzer=view.terms, sublinear_tf=True, min_df=2)
    table = texts.fit_transform([draft.text for draft in drafts(view, keys)])
    asked = texts.transform([draft.text for draft in drafts(view, split.test)])
    scores = np.full((len(split.test), len(tags)), -1.0, np.float32)
    for number, has in enumerate(carried.T):
        if not has.all():
            machine = LinearSVC(class_weight="balanced", random_state=0).fit(table, has)
            scores[:, number] = machine.decision_function(asked)
    return _judged(view, split, tags, carried, scores, np.zeros(len(tags), np.float32))


def _knn(view: View, split: Split) -> TagReport:
    keys, tags, carried = _training(view, split)
    known = view.embeddings(np.array(keys, np.int64))

    def votes(embeddings: NDArray[np.float32], skip: int) -> NDArray[np.float32]:
        likeness = embeddings @ known.T
        order = np.argsort(-likeness, axis=1)[:, skip : _NEIGHBOURS + skip]
        weights = np.take_along_axis(likeness, order, axis=1)
        summed = np.stack([w @ carried[o] for w, o in zip(weights, order, strict=True)])
        shares: NDArray[np.float32] = summed / weights.sum(axis=1, keepdims=True)
        return shares

    grid = np.arange(0.02, 0.9, 0.02).tolist()
    thresholds, _ = best_thresholds(votes(known, 1), carried, grid)
    asked = view.embeddings(np.array(split.test, np.int64))
    return _judged(view, split, tags, carried, votes(asked, 0), thresholds)


def _training(view: View, split: Split) -> tuple[list[int], list[str], NDArray[np.bool_]]:
    """The keys to learn from, the folded tags, and which key has which."""
    keys = [key for key in view.newest(split.where, len(view)) if view.tags_of(key)]
    tags = sorted({fold(tag) for key in keys for tag in view.tags_of(key)})
    return keys, tags, truth(view, Split(keys), tags)[0]


def _judged(
    view: View,
    split: Split,
    tags: list[str],
    carried: NDArray[np.bool_],
    scores: NDArray[np.float32],
    thresholds: NDArray[np.float32],
) -> TagReport:
    fits, unknown = truth(view, split, tags)
    judged = Judged(tags, carried.sum(axis=0), scores, fits, thresholds)
    return report(judged, len(carried), unknown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--newest", type=float, default=0.2)
    parser.add_argument("--test", help="a file of ids, one a line")
    asked = parser.parse_args()
    ids = Path(asked.test).read_text("utf-8").split() if asked.test else None
    sys.stdout.write(json.dumps(measure(asked.file, asked.newest, ids), indent=2) + "\n")
