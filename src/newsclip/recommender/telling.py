"""The words that tell what a text is about, against the archive's common words."""

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.columns import TEXT_FIELDS
from newsclip.index.view import TermCounts, View
from newsclip.recommender.draft import Draft

_LETTERS = 36  # terms of one letter from a to z or one digit, which tell nothing
_TERMS = 60  # digitalgov links, nDCG@10 of BM25: 30 terms .257, 60 .288, 100 .295 at 1.6x the time
# A word of the title counts as often as two in the body; tags are compared by themselves.
_COUNTS = np.array([{"title": 2, "summary": 1, "body": 1}.get(f, 0) for f in TEXT_FIELDS])
_BODY_CHARACTERS = 100_000  # of a draft; the telling words of a longer text stand in its beginning


def telling_terms(view: View, counts: TermCounts) -> TermQuery:
    """The most telling terms of a text, the most telling first.

    A term's weight is ``1 + ln(tf)``; which terms are taken goes by that weight times the idf,
    then by name.
    Terms that no article has can match nothing and are left out.
    """
    terms, often = counted(counts)
    weights = 1 + np.log(often)
    telling = weights * view.rarities(terms)
    best = _greatest(telling, _TERMS + _LETTERS)
    # Equal ones by name: a term's number depends on which articles the index has seen before.
    named = zip((-telling[best]).tolist(), view.term_texts(terms[best]), best.tolist(), strict=True)
    ranked = sorted([each for each in named if len(each[1]) > 1 or not each[1].isascii()])[:_TERMS]
    places = np.array([place for *_, place in ranked], np.int64)
    return TermQuery(terms[places], weights[places], [name for _, name, _ in ranked])


def _greatest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """The places of the ``count`` greatest above 0, and of all that equal the last of them."""
    least = np.partition(values, -count)[-count] if len(values) > count else 0
    return np.flatnonzero((values > 0) & (values >= least))


def counted(counts: TermCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The terms of a text that count, and how often each does, ``(n,)``.

    One of the title counts twice, one that stands in tags alone never.
    """
    often = counts.counts @ _COUNTS
    some = often > 0
    return counts.terms[some], often[some]


def terms_of_draft(view: View, draft: Draft, language: str | None) -> TermCounts:
    """The terms of a text that is not in the archive, cut by the endings of a language."""
    body = draft.body[:_BODY_CHARACTERS]
    texts = {"title": draft.title, "summary": draft.summary, "body": body}
    return view.terms_in(texts, language)
