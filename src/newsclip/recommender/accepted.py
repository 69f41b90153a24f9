"""Which articles answer a question: their order, how many they are, and all that are known."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.index.filters import Filter
from newsclip.index.view import Scored, View, in_time
from newsclip.recommender.blend import Asked, Candidates, candidates, near_enough
from newsclip.recommender.fillers import one_of_each
from newsclip.recommender.fusion import LOOKED_UP

MAX_REACH = 10_000
"""How far an answer by relevance can be paged through."""

COUNTED = 5_000
"""Articles with a word of the query, up to which they are counted one by one."""

_Keys = NDArray[np.int64]
# Candidates of each side, and how many hits they are good for, by words and meaning together. One
# of them alone begins with the second (docs/decisions.md, 57).
_DEPTHS = ((50, 20), (100, 50), (1_000, 1_000), (MAX_REACH, MAX_REACH))
_WIDE = 1_000  # articles that are known of an answer that is too large to be counted
_NEAR = 100  # of the nearest in meaning, those that an order of dates has


@dataclass(frozen=True)
class Accepted:
    """An answer: its first articles in their order, and all that are known to belong to it.

    ``total`` is exact, or at least so many belong to it.
    """

    ranked: Scored
    known: _Keys
    total: int
    is_exact: bool

    @classmethod
    def nothing(cls) -> Self:
        """The answer to a question that says nothing."""
        return cls(Scored.none(), np.empty(0, np.int64), 0, True)


Weigh = Callable[[View, Scored], Scored]
"""Gives candidates other scores, and another order."""


def unchanged(_: View, found: Scored) -> Scored:
    """The candidates as they are."""
    return found


@dataclass(frozen=True)
class Question:
    """What is looked for, among whom.

    ``collapse`` keeps the first of each cluster of copies.
    """

    asked: Asked
    where: Filter
    min_score: float = 0.0
    collapse: bool = False
    weigh: Weigh = unchanged


def by_relevance(view: View, question: Question, wanted: int, wide: bool = False) -> Accepted:
    """The answer in the order of its scores, as far as ``wanted``.

    Few candidates are good for the first fifty hits, more for those that follow. So that no
    article stands on two pages, those of the first fifty keep their places, and so on. ``wide``
    knows more of an answer that is too large to be counted.
    """
    ranked = Scored.none()
    alone = question.asked.embedding is None or not len(question.asked.query)
    counted = not question.min_score
    one_by_one = counted and _is_countable(view, question)
    further = _WIDE if wide and counted and not one_by_one else 0
    for depth, good_for in _DEPTHS[alone:]:
        found = _candidates(view, question, depth, further)
        ranked = _behind(ranked, found.ranked)
        whole = found.all_by_words and found.all_by_meaning
        if whole or _reaches(view, question, ranked, good_for, wanted):
            break
        ranked = ranked.first(good_for)
    ranked = _distinct(view, ranked, question.collapse)
    if whole or not counted:
        return Accepted(ranked, ranked.keys, len(ranked.keys), whole)
    known = np.union1d(_known(view, question, found, one_by_one, wide), ranked.keys)
    is_exact = one_by_one and found.all_by_meaning
    if question.collapse:
        others = known[~np.isin(known, ranked.keys)].tolist()
        each = np.array(one_of_each(view, [*ranked.keys.tolist(), *others], len(known)), np.int64)
        return Accepted(ranked, np.sort(each), len(each), is_exact)
    least = view.matching_bounds(question.asked.query, question.where)[0]
    return Accepted(ranked, known, max(len(known), least), is_exact)


def _reaches(view: View, question: Question, ranked: Scored, good_for: int, wanted: int) -> bool:
    """Whether as many as are wanted keep their places, and it is known that others follow them."""

    def count(found: Scored) -> int:
        return len(_distinct(view, found, question.collapse).keys)

    return count(ranked.first(good_for)) >= wanted and count(ranked) > wanted


def _is_countable(view: View, question: Question) -> bool:
    """Whether the articles by words, or by meaning if that alone counts, are cheap to count."""
    query = question.asked.query.first(LOOKED_UP)
    return view.matching_bounds(query, question.where)[1] <= COUNTED


def _candidates(view: View, question: Question, depth: int, wide: int = 0) -> Candidates:
    found = candidates(view, question.asked, question.where, depth, wide)
    return replace(found, ranked=question.weigh(view, found.ranked).above(question.min_score))


def _behind(first: Scored, others: Scored) -> Scored:
    """Some, and behind them those of the others that are not among them."""
    other = ~np.isin(others.keys, first.keys)
    keys = np.concatenate((first.keys, others.keys[other]))
    return Scored(keys, np.concatenate((first.scores, others.scores[other])))


def _distinct(view: View, ranked: Scored, collapse: bool) -> Scored:
    """Of each cluster of copies the first, if that is asked for."""
    if not collapse or not len(ranked.keys):
        return ranked
    keys = ranked.keys.tolist()
    kept = np.isin(ranked.keys, one_of_each(view, keys, len(keys)))
    return Scored(ranked.keys[kept], ranked.scores[kept])


def _known(
    view: View, question: Question, found: Candidates, one_by_one: bool, wide: bool
) -> _Keys:
    """Keys beside the ranked ones: ``one_by_one`` all that have a word."""
    asked = question.asked
    if asked.by_meaning and asked.embedding is not None:
        near = view.nearest(asked.embedding, _WIDE if wide else 0, question.where)
        return near_enough(view, asked, near)
    if not one_by_one:
        return found.wide
    return view.matching(asked.query.first(LOOKED_UP), COUNTED + 1, question.where)


def by_date(
    view: View, where: Filter, oldest: bool, wanted: int, collapse: bool = False, wide: bool = False
) -> Accepted:
    """All that pass, in the order of their dates, as far as ``wanted``; nothing is scored."""
    total = view.count(where)
    reach = max(wanted, min(total, COUNTED)) if collapse else wanted
    ranked = _newest(view, where, oldest, reach, collapse)
    while len(ranked.keys) < wanted and reach < total:  # copies made them fewer
        reach *= 2
        ranked = _newest(view, where, oldest, reach, collapse)
    if collapse:
        return Accepted(ranked, ranked.keys, len(ranked.keys), total <= reach)
    return Accepted(ranked, view.every(where) if wide else ranked.keys, total, True)


def _newest(view: View, where: Filter, oldest: bool, reach: int, collapse: bool) -> Scored:
    keys = np.array(view.newest(where, reach, oldest), np.int64)
    return _distinct(view, Scored(keys, np.zeros(len(keys), np.float32)), collapse)


def near_by_date(view: View, question: Question, oldest: bool) -> Accepted:
    """Those nearest in meaning, in the order of their dates."""
    found = _candidates(view, question, _NEAR)
    ranked = _distinct(view, found.ranked, question.collapse)
    keys = in_time(ranked.keys, view.published_at(ranked.keys), oldest)
    places = np.argsort(ranked.keys)[np.searchsorted(np.sort(ranked.keys), keys)]
    in_order = Scored(keys, ranked.scores[places])
    return Accepted(in_order, keys, len(keys), found.all_by_meaning)
