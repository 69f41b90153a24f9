"""The open collections that encoders are measured with: documents, queries, and what is right.

``DIR`` holds the files; see the README of the data. None of them was trained on.
"""

import csv
import json
import lzma
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from newsclip.index.recipe import recipe_text
from newsclip.recommender.metrics import Grades, ndcg, reciprocal_rank

DEPTH = 10
Measure = Literal["MRR", "nDCG@10"]


@dataclass(frozen=True)
class OpenSet:
    """One collection. ``gains`` is what each document is worth for each query, by position."""

    name: str
    measure: Measure
    documents: Sequence[str]
    queries: Sequence[str]
    gains: Sequence[Grades]
    itself: Sequence[int] | None = None
    """The document that each query is, which is no answer to it; the queries then are texts as
    the documents are."""

    def mean(self, scores: NDArray[np.floating[Any]]) -> float:
        """The measure, averaged over the queries, of (queries, documents) scores."""
        return float(np.mean(self.each(scores)))

    def each(self, scores: NDArray[np.floating[Any]]) -> list[float]:
        """The measure of each query; equal scores in the order of the documents."""
        scores = np.array(scores, dtype=np.float64)
        if self.itself is not None:
            scores[np.arange(len(scores)), self.itself] = -np.inf
        orders = np.argsort(-scores, axis=1, kind="stable").tolist()
        return [self._measured(*each) for each in zip(orders, self.gains, strict=True)]

    def _measured(self, order: Sequence[int], gains: Grades) -> float:
        return reciprocal_rank(order, gains) if self.measure == "MRR" else ndcg(order, gains, DEPTH)

    @cached_property
    def asked(self) -> Sequence[str]:
        """What is asked with: the queries, or the documents that they are."""
        if self.itself is None:
            return self.queries
        return [self.documents[place] for place in self.itself]


def read_sets(data: Path) -> dict[str, OpenSet]:
    """All collections, by name."""
    return {
        "bbc": _bbc(data),
        "digitalgov": _digitalgov(data),
        **{name: _judged(data, name) for name in ("trecdl-mini", "dbpedia-mini", "cranfield")},
    }


def read_languages(data: Path, most: int = 200) -> dict[str, OpenSet]:
    """The first articles of each language of MasakhaNEWS: titles that look for their bodies."""
    by_language: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(data, "masakhanews-sample"):
        by_language[row["lang"]].append(row)
    return {language: _titled(language, all_[:most]) for language, all_ in by_language.items()}


def rows(data: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a compressed file of JSON Lines."""
    with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _bbc(data: Path) -> OpenSet:
    return _titled("bbc", rows(data, "bbc"))


def _titled(name: str, found: Sequence[Mapping[str, str]]) -> OpenSet:
    gains = [{place: 1} for place in range(len(found))]
    titles, bodies = [row["title"] for row in found], [row["body"] for row in found]
    return OpenSet(name, "MRR", bodies, titles, gains)


def _text(row: Mapping[str, str]) -> str:
    return recipe_text(row.get("title") or "", row.get("summary") or "", row.get("body") or "")


def _digitalgov(data: Path) -> OpenSet:
    found = rows(data, "digitalgov")
    places = {row["id"]: place for place, row in enumerate(found)}
    linked: dict[int, dict[int, int]] = defaultdict(dict)
    for link in rows(data, "digitalgov-links"):
        if link["src"] != link["dst"] and {link["src"], link["dst"]} <= places.keys():
            linked[places[link["src"]]][places[link["dst"]]] = 1
    texts = [_text(row) for row in found]
    return OpenSet("digitalgov", "nDCG@10", texts, [], list(linked.values()), itself=list(linked))


def judgments(data: Path, name: str) -> Mapping[str, dict[str, int]]:
    """By query the grade of each relevant document, the higher the better."""
    judged: Mapping[str, dict[str, int]] = defaultdict(dict)
    with (data / f"{name}-qrels.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            grade = int(row["score"])
            if name == "cranfield":  # 1 is the best there, 4 the least
                grade = 5 - grade if 1 <= grade <= 4 else 0
            if grade > 0:
                judged[row["query-id"]][row["corpus-id"]] = grade
    return judged


def _judged(data: Path, name: str) -> OpenSet:
    documents, queries = rows(data, f"{name}-corpus"), rows(data, f"{name}-queries")
    places = {row["id"]: place for place, row in enumerate(documents)}
    gains: dict[str, dict[int, int]] = defaultdict(dict)
    for query, grades in judgments(data, name).items():
        for document, grade in grades.items():
            if document in places:
                gains[query][places[document]] = grade
    asked = [row for row in queries if row["id"] in gains]
    return OpenSet(
        name,
        "nDCG@10",
        [_text(row) for row in documents],
        [row["text"] for row in asked],
        [gains[row["id"]] for row in asked],
    )
