"""What a view answers to some questions, so that two views can be compared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from newsclip.index.filters import Filter
from newsclip.index.view import View

QUESTIONS = ("flood in the harbour", "ferry strike", "council vote on the budget", "bread")
_FILTERS = (Filter(), Filter(authors=frozenset({"Ada Byron"}), languages=frozenset({"en"})))
_TOLERANCE = 1e-4  # of sums that were made in another order

Answers = Mapping[str, Mapping[Any, float]]
"""For each question the articles, or other things, that answer it, with a number each."""


def answers(view: View, questions: Sequence[str] = QUESTIONS) -> Answers:
    """Everything that answers each of the questions: all articles, not only the best."""
    found: dict[str, Mapping[Any, float]] = {}
    limit = len(view) + 1
    for number, where in enumerate(_FILTERS):
        newest = view.newest(where, limit)
        found[f"newest {number}"] = {key: float(place) for place, key in enumerate(newest)}
        for question in questions:
            near = view.nearest(view.embed_query(question), limit, where)
            pairs = zip(near.keys.tolist(), near.scores.tolist(), strict=True)
            found[f"nearest {number} {question}"] = dict(pairs)
            query = view.query(dict.fromkeys(view.terms(question), 1.0))
            keys = view.matching(query, limit, where)
            scores = view.keyword_scores(query, keys)
            pairs = zip(keys.tolist(), scores.tolist(), strict=True)
            found[f"matching {number} {question}"] = dict(pairs)
    found["sections"] = {name: float(count) for name, count in view.section_counts().items()}
    for question in questions:
        typical = view.typical_cosine(view.embed_query(question))
        found[f"typical {question}"] = {"cosine": typical}
    return found


def differences(one: Answers, other: Answers) -> Iterator[str]:
    """A sentence for each question whose answers are not the same."""
    for question, expected in other.items():
        found = one[question]
        if found.keys() != expected.keys():
            odd = sorted(found.keys() ^ expected.keys(), key=str)
            yield f"{question!r} is answered with or without {odd[:3]}, unlike after a rebuild"
        elif not np.allclose(
            [found[key] for key in expected], list(expected.values()), atol=_TOLERANCE
        ):
            yield f"{question!r} is answered with other scores than after a rebuild"
