"""What a search scores, written out article by article: what recommender/blend.py must agree with.

Shelves are small: every word of a query counts, and five articles or fewer make a word rare.
"""

import math
from collections.abc import Mapping

from tests import plain_bm25
from tests.plain_bm25 import Fields

from newsclip.recommender.query_kind import kind_of
from newsclip.recommender.search_page import Mode

_MEANING = {"name": 0.4, "phrase": 0.5, "question": 0.8}


def scores(
    shelf: Mapping[str, Fields],
    written: Mapping[str, str],
    text: str,
    mode: Mode,
    meaning: Mapping[str, float],
) -> dict[str, float]:
    """Of every article that is an answer.

    ``written`` says how each term of the query was typed, ``meaning`` is by article.
    """
    worth = {term: plain_bm25.rarity(shelf, term, [*plain_bm25.WEIGHTS]) for term in written}
    known = [term for term in written if worth[term]]
    unheard = math.log(1 + (len(shelf) + 0.5) / 0.5)
    worth_known = sum(worth.values())
    share = worth_known / max(worth_known + unheard * (len(written) - len(known)), 1e-9)
    if mode == "semantic":
        return {i: _logistic(10.7 * m - 3.2) for i, m in meaning.items() if m >= 0.2}
    if mode == "hybrid" and share < 0.2:
        known = []
    found = {}
    matches = plain_bm25.matches(shelf, known) if known else dict.fromkeys(shelf, (0.0,) * 5)
    rare = any(
        max(plain_bm25.holders(shelf, field, term) for field in plain_bm25.WEIGHTS) <= 5
        for term in known
    )
    is_name = (
        rare
        and len(known) == len(written)
        and (len({written[t] for t in known}) <= 2 or kind_of(text) == "name")
    )
    for article_id, (whole, title, lead, covered, present) in matches.items():
        likeness = 0.0 if mode == "keyword" else meaning.get(article_id, 0.0)
        if not present and (mode == "keyword" or likeness < 0.3):
            continue
        words = share * (whole + title + 0.35 * lead + 0.2 * covered)
        slope, offset = (6.3, -2.9) if mode == "keyword" else (5.9, -3.7)
        score = _logistic(slope * (words + _MEANING[kind_of(text)] * likeness) + offset)
        if is_name:
            everything = {term for field in shelf[article_id].values() for term in field}
            typed = {written[term] for term in known if term in everything}
            score = score / 2 + (0.5 if typed == {written[term] for term in known} else 0)
        found[article_id] = score
    return found


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
