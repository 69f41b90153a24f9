"""Where did we write about …? What was typed is found, and what was meant."""

import logging
import math
from collections.abc import Collection
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter, Wording, seconds
from newsclip.index.view import Scored, View
from newsclip.recommender.accepted import (
    Accepted,
    Question,
    Weigh,
    by_date,
    by_relevance,
    near_by_date,
    unchanged,
)
from newsclip.recommender.blend import asked as asked_for
from newsclip.recommender.blend import scores
from newsclip.recommender.cursor import Cursor, fingerprint
from newsclip.recommender.facets import facets_of
from newsclip.recommender.query import parse
from newsclip.recommender.recency import freshness, timely
from newsclip.recommender.search_hits import Sought, search_hits
from newsclip.recommender.search_page import Mode, SearchOptions, SearchPage
from newsclip.recommender.spelling import corrected, corrections
from newsclip.recommender.suggest import other_queries

log = logging.getLogger(__name__)

MAX_DEPTH = 1_000
"""How far an answer can be paged through by offsets: ``offset + limit`` at most."""

ENCODER_FAILED = "the encoder failed: words alone decide"

_LEAST_WORTH = 0.01  # of its age: what is old comes last, and is found
_COMMON = math.log(2)  # the BM25 idf of a word that stands in half of the articles
_SMALL = 100  # articles; in fewer, half of them says nothing about a word
_MOVED = (100, 1_000)  # places by which an article is looked for further down than it was
_QUERY_WORDS = 100  # a longer query is a text: only its first words are looked up


def search(view: View, query: str, options: SearchOptions = SearchOptions()) -> SearchPage:
    """The articles that best answer a query (see recommender/query.py), in the order asked for.

    Conditions alone are answered by the articles that fulfil them, the newest first. Where the
    encoder fails, words alone decide, and ``degraded`` says so.
    Raises QueryInvalid if ``offset + limit`` is over MAX_DEPTH, for options that contradict each
    other, for a cursor of another question, or for too many conditions.
    """
    _check(options)
    number = _fingerprint(query, options)
    cursor = Cursor.read(options.cursor, number) if options.cursor else None
    asked = _asked(view, query, options)
    answer, start = _answer_from(view, asked, cursor)
    page = answer.ranked.first(options.limit, start)
    hits = search_hits(view, _scored(view, asked, page), asked.sought)
    end = start + len(hits)
    more = bool(hits) and end < len(answer.ranked.keys)
    return SearchPage(
        hits,
        start,
        options.limit,
        next_offset=end if more and end + options.limit <= MAX_DEPTH else None,
        next_cursor=str(Cursor.behind([h.article.id for h in hits], number, end)) if more else None,
        total=answer.total,
        total_is_exact=answer.is_exact,
        facets=facets_of(view, answer.known, options.facets),
        did_you_mean=asked.did_you_mean,
        suggestions=() if answer.total else other_queries(view, query, asked.text),
        degraded=asked.degraded,
    )


def _check(options: SearchOptions) -> None:
    """Raises QueryInvalid for options that contradict each other, or reach too far."""
    offset = options.offset
    if offset + options.limit > MAX_DEPTH:
        remedy = f"keep offset + limit within {MAX_DEPTH}, or go on by next_cursor"
        raise QueryInvalid("offset", offset, remedy, f"reaches beyond hit {MAX_DEPTH}")
    if options.cursor and offset:
        raise QueryInvalid("offset", offset, "give one of the two", "stands beside a cursor")
    for name in ("recency", "min_score"):
        value = getattr(options, name)
        if value and options.sort != "relevance":
            raise QueryInvalid(name, value, "sort by relevance, or leave it out", "needs scores")


def _fingerprint(query: str, options: SearchOptions) -> int:
    """Tells questions apart; dates are left out, since the last thirty days are others tomorrow."""
    conditions = [getattr(options.where, field.name) for field in fields(options.where)]
    names = [sorted(map(repr, each)) for each in conditions if isinstance(each, frozenset)]
    order = (options.mode, options.sort, options.recency, options.min_score, options.collapse)
    return fingerprint(query, names, order)


@dataclass(frozen=True)
class _Asked:
    """A query as it was understood; without a question there are only conditions."""

    sought: Sought
    where: Filter
    options: SearchOptions
    question: Question | None = None
    text: str = ""
    did_you_mean: str | None = None
    degraded: str | None = None


def _asked(view: View, query: str, options: SearchOptions) -> _Asked:
    parsed = parse(query)
    where = parsed.narrowed(options.where)
    meant = corrections(view, parsed.text)
    text = corrected(parsed.text, meant)
    written = _query_words(view, text, where.languages)
    if not written:  # "???" means nothing: every article would be as near to it as any other
        return _Asked(Sought(), Filter() if parsed.text.strip() else where, options)
    # A correction is a guess: beside a word that is known the meaning is that of what was typed.
    read = text if meant and not _has_known(view, parsed.text) else parsed.text
    embedding, degraded = _embedding(view, read, options.mode)
    by_meaning = options.mode == "semantic" and not degraded
    terms = asked_for(view, read, written, embedding, by_meaning)
    question = Question(terms, where, options.min_score, options.collapse, _weighing(options))
    passages = view.encoder_is_quick if options.passages is None else options.passages
    sought = Sought(written, terms.query, embedding if passages else None, options.collapse)
    did_you_mean = corrected(query, meant) if meant else None
    return _Asked(sought, where, options, question, text, did_you_mean, degraded)


def _has_known(view: View, text: str) -> bool:
    return bool(view.shown([word.term for word in view.query_words(text)[:_QUERY_WORDS]]))


def _embedding(view: View, text: str, mode: Mode) -> tuple[NDArray[np.float32] | None, str | None]:
    """The embedding of a query, and what went wrong."""
    if mode == "keyword":
        return None, None
    try:
        return view.embed_query(text), None
    except Exception:  # whatever a model may raise: what was typed can be found without it
        log.exception("the encoder failed on a query; words alone answer")
        return None, ENCODER_FAILED


def _answer(view: View, asked: _Asked, wanted: int) -> Accepted:
    options, question = asked.options, asked.question
    oldest, wide = options.sort == "oldest", bool(options.facets)
    if question is None:
        if asked.where == Filter():
            return Accepted.nothing()
        return by_date(view, asked.where, oldest, wanted + 1, options.collapse, wide)
    if options.sort == "relevance":
        return by_relevance(view, question, wanted, wide)
    every_word = {Wording(word) for word in asked.sought.written.values()}
    strict = replace(asked.where, wordings=asked.where.wordings | every_word)
    if question.asked.embedding is None or (not question.asked.by_meaning and view.count(strict)):
        return by_date(view, strict, oldest, wanted + 1, options.collapse, wide)
    return near_by_date(view, question, oldest)


def _answer_from(view: View, asked: _Asked, cursor: Cursor | None) -> tuple[Accepted, int]:
    """The answer as far as one page needs it, and where that begins.

    By a cursor behind the last article shown that is there: what has come in before it has moved it
    back, so it is looked for further down, too.
    """
    limit = asked.options.limit
    if cursor is None:
        return _answer(view, asked, asked.options.offset + limit), asked.options.offset
    last = view.passing_keys(reversed(cursor.last_ids), asked.where)[:1]
    moved = iter(_MOVED if len(last) else ())
    wanted = cursor.position + limit
    while True:
        answer = _answer(view, asked, wanted)
        if len(found := np.flatnonzero(np.isin(answer.ranked.keys, last))):
            start, need = int(found[0]) + 1, int(found[0]) + 1 + limit
        else:
            start, need = cursor.position, wanted + next(moved, 0)
        if need <= wanted:
            return answer, start
        wanted = need  # a place is certain only as far as an answer was wanted


def _scored(view: View, asked: _Asked, page: Scored) -> Scored:
    """A page with its scores, which an order of dates does without."""
    question = asked.question
    if question is None or asked.options.sort == "relevance":
        return page
    order = np.argsort(page.keys)
    found = np.empty(len(order), np.float32)
    found[order] = scores(view, question.asked, page.keys[order])
    return Scored(page.keys, found)


def _weighing(options: SearchOptions) -> Weigh:
    """How the scores of candidates change with their age."""
    if not options.recency:
        return unchanged

    def weigh(view: View, found: Scored) -> Scored:
        worth = freshness(view.published_at(found.keys), seconds(view.now, 0))
        factors = np.maximum(_LEAST_WORTH, 1 - options.recency * (1 - worth))
        return Scored.ranked(found.keys, timely(found.scores, factors))

    return weigh


def _query_words(view: View, query: str, languages: Collection[str]) -> dict[str, str]:
    """The query's terms, each as it was typed; the words of most articles only if no others."""
    typed = {word.term: query[word.start : word.end] for word in view.query_words(query, languages)}
    words = dict(list(typed.items())[:_QUERY_WORDS])
    if len(view) < _SMALL:
        return words
    known = view.query(dict.fromkeys(words, 1.0)).terms
    rare = set(view.term_texts(known[view.rarities(known, anywhere=True) > _COMMON]))
    return {term: words[term] for term in words if term in rare} or words
