"""How good a search is, by what is known to be wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from newsclip.errors import TooLittleKnown
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.evaluate import Estimate
from newsclip.recommender.features import Floats
from newsclip.recommender.metrics import ndcg, recall, reciprocal_rank
from newsclip.recommender.query_kind import kind_of
from newsclip.recommender.search import search
from newsclip.recommender.search_page import Mode, SearchOptions
from newsclip.recommender.search_questions import SearchQuestion

MEASURES = ("ndcg@10", "recall@100", "mrr")
MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")

_OPTIONS = SearchOptions(limit=100, passages=False)

Estimates = Mapping[str, Estimate]


@dataclass(frozen=True)
class SearchReport:
    """What was measured: each measure's estimate for each mode, over the same queries.

    ``gains`` are those of ``hybrid`` over each other mode, query by query. ``kinds`` are the
    estimates of ``hybrid`` for names, phrases and questions, with how many there are.
    """

    queries: int
    modes: Mapping[Mode, Estimates]
    gains: Mapping[Mode, Estimates]
    kinds: Mapping[str, tuple[int, Estimates]]


def evaluate_search(view: View, questions: Sequence[SearchQuestion], seed: int = 0) -> SearchReport:
    """Asks each query in each mode. Raises TooLittleKnown if there is none."""
    if not questions:
        remedy = "import articles with titles and bodies, or give --queries and --qrels"
        raise TooLittleKnown("queries with an article that they should find", 0, 1, remedy)
    tables = {mode: _measured(view, questions, mode) for mode in MODES}
    best, *others = MODES
    kinds = np.array([kind_of(question.query) for question in questions])
    return SearchReport(
        len(questions),
        {mode: _estimates(table, seed) for mode, table in tables.items()},
        {mode: _estimates(tables[best] - tables[mode], seed) for mode in others},
        {
            kind: (int((kinds == kind).sum()), _estimates(tables[best][kinds == kind], seed))
            for kind in sorted(set(kinds.tolist()))
        },
    )


def _measured(view: View, questions: Sequence[SearchQuestion], mode: Mode) -> Floats:
    """MEASURES of each query, ``(n, 3)``."""
    rows = []
    for question in questions:
        where = Filter(exclude_ids=question.without)
        page = search(view, question.query, replace(_OPTIONS, mode=mode, where=where))
        found = [view.key_of(hit.article.id) for hit in page.hits]
        grades = question.grades
        rows.append(
            (ndcg(found, grades, 10), recall(found, grades, 100), reciprocal_rank(found, grades))
        )
    return np.array(rows, np.float64)


def _estimates(table: Floats, seed: int) -> dict[str, Estimate]:
    return {name: Estimate.of(table[:, column], seed) for column, name in enumerate(MEASURES)}
