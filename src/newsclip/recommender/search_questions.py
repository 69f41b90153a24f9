"""Queries with what they should find: from a file, or from the archive alone."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from newsclip.errors import SourceUnreadable
from newsclip.index.filters import Filter
from newsclip.index.sentences import SENTENCE
from newsclip.index.view import View
from newsclip.recommender.metrics import Grades
from newsclip.recommender.qrels import Judgment

Kind = Literal["titles", "leads", "copies"]

_SHORTEST = 40  # characters of a sentence; what is shorter is a byline or a place


@dataclass(frozen=True)
class SearchQuestion:
    """What somebody types, and the keys that should be found with their grades.

    ``without`` are the ids of articles that must not answer.
    """

    query: str
    grades: Grades
    without: frozenset[str] = frozenset()


def read_queries(path: Path) -> dict[str, str]:
    """Queries by their id: a table of two columns with a tab, or JSON Lines of id and text.

    Raises SourceUnreadable, which names the line.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read: {error}"
        raise SourceUnreadable(str(path), problem, "name a file in UTF-8") from None
    return dict(_query(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _query(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        if line.lstrip().startswith("{"):
            raw = json.loads(line)
            return str(raw["id"]), str(raw["text"])
        query_id, text = line.split("\t", 1)
    except (ValueError, KeyError) as error:
        remedy = 'write lines such as "q1<tab>harbour law" or {"id": "q1", "text": "harbour law"}'
        raise SourceUnreadable(f"{path}, line {number}", f"is no query ({error})", remedy) from None
    return query_id.strip(), text.strip()


def judged_questions(
    view: View, queries: dict[str, str], judgments: Sequence[Judgment]
) -> list[SearchQuestion]:
    """The queries for which the archive holds a relevant article."""
    ids = {judgment.target for judgment in judgments}
    keys = {i: key for i in ids for key in view.keys_of([i])}
    grades: dict[str, dict[int, int]] = {}
    for judgment in judgments:
        if judgment.source in queries and judgment.target in keys and judgment.grade > 0:
            grades.setdefault(judgment.source, {})[keys[judgment.target]] = judgment.grade
    return [SearchQuestion(queries[query], found) for query, found in grades.items()]


def archive_questions(view: View, kind: Kind, sample: int, seed: int) -> list[SearchQuestion]:
    """Queries made of visible articles, of at most ``sample`` of them that chance chooses.

    ``titles`` look for their article or a copy of it, ``leads`` (the first sentence of the body)
    too; ``copies`` look with the title of one for the others: the same story in other words.
    """
    keys = view.newest(Filter(), len(view))
    copied = view.copies_of(keys)
    visible = set(keys)
    copies = {key: sorted(visible.intersection(copied[key])) for key in keys}
    if kind == "copies":
        keys = [key for key in keys if copies[key]]
    keys = sorted(random.Random(seed).sample(keys, min(sample, len(keys))))
    articles = view.articles(keys)
    questions = []
    for key in keys:
        article = articles[key]
        query = _lead(article.body) if kind == "leads" else article.title.strip()
        own = () if kind == "copies" else (key,)
        without = frozenset([article.id]) if kind == "copies" else frozenset[str]()
        if query:
            questions.append(SearchQuestion(query, dict.fromkeys((*own, *copies[key]), 1), without))
    return questions


def _lead(body: str) -> str:
    sentences = (match.group().strip() for match in SENTENCE.finditer(body))
    return next((each for each in sentences if len(each) >= _SHORTEST), "")
