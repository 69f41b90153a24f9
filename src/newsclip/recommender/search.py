"""Where did we write about …? What was typed is found, and what was meant."""

import math
from collections.abc import Collection, Mapping
from itertools import compress

import numpy as np

from newsclip.errors import QueryInvalid
from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.view import Scored, View
from newsclip.recommender.blend import Asked, asked, scores
from newsclip.recommender.fusion import LOOKED_UP, found
from newsclip.recommender.hit import Hit, Reason
from newsclip.recommender.query import parse
from newsclip.recommender.search_page import SearchOptions, SearchPage
from newsclip.recommender.snippets import snippet

MAX_DEPTH = 1_000
"""How far an answer can be paged through: ``offset + limit`` at most."""

_SHALLOW, _SHALLOW_HITS = 100, 50  # candidates of each side, good for so many hits
_COMMON = math.log(2)  # the BM25 idf of a word that stands in half of the articles
_SMALL = 100  # articles; in fewer, half of them says nothing about a word
_QUERY_WORDS = 100  # a longer query is a text: only its first words are looked up


def search(view: View, query: str, options: SearchOptions = SearchOptions()) -> SearchPage:
    """The articles that best answer a query (see recommender/query.py), best first.

    One of conditions alone is answered by the newest articles that fulfil them.
    Raises QueryInvalid if ``offset + limit`` is over MAX_DEPTH, or for too many conditions.
    """
    limit, offset = options.limit, options.offset
    if offset + limit > MAX_DEPTH:
        remedy = f"keep offset + limit within {MAX_DEPTH}, or narrow the query with a filter"
        raise QueryInvalid("offset", offset, remedy, f"reaches beyond hit {MAX_DEPTH}")
    parsed = parse(query)
    if not parsed.text and parsed.where != Filter():
        return _newest(view, parsed.narrowed(options.where), limit, offset)
    where = parsed.narrowed(options.where)
    written = _query_words(view, parsed.text, where.languages)
    if not written:  # "???" means nothing; every article would be as near to it as any other
        return SearchPage([], offset, limit)
    question = asked(view, parsed.text, written, options.mode)
    ranked, is_whole = _ranked(view, question, where, offset + limit)
    total = len(ranked.keys)
    hits = _hits(view, ranked.first(limit, offset), question.query, written)
    more = offset + limit < min(total, MAX_DEPTH)
    next_offset = offset + limit if more else None
    return SearchPage(
        hits, offset, limit, next_offset=next_offset, total=total, total_is_exact=is_whole
    )


def _newest(view: View, where: Filter, limit: int, offset: int) -> SearchPage:
    """Where nothing is looked for, nothing can be scored."""
    total = view.count(where)
    keys = view.newest(where, offset + limit)[offset:]
    articles = view.articles(keys)
    hits = [Hit(articles[key], 0.0, (Reason("newest"),)) for key in keys]
    more = offset + limit < min(total, MAX_DEPTH)
    return SearchPage(hits, offset, limit, offset + limit if more else None, total=total)


def _candidates(view: View, question: Asked, where: Filter, depth: int) -> Scored:
    matched, near = found(view, question.query.first(LOOKED_UP), question.embedding, where, depth)
    keys = np.union1d(matched, near.keys)
    return Scored.ranked(keys, scores(view, question, keys, near)).above(0)


def _ranked(view: View, question: Asked, where: Filter, wanted: int) -> tuple[Scored, bool]:
    """The answer, as far as ``wanted`` needs it, and whether it is the whole one.

    The first fifty hits come from few candidates, and what follows from many; so that no
    article stands on two pages, those of the first fifty keep their places.
    """
    first = _candidates(view, question, where, _SHALLOW)
    if len(first.keys) < _SHALLOW:
        return first, True
    if wanted <= _SHALLOW_HITS:
        return first, False
    first = first.first(_SHALLOW_HITS)
    deep = _candidates(view, question, where, MAX_DEPTH)
    other = ~np.isin(deep.keys, first.keys)
    keys = np.concatenate((first.keys, deep.keys[other]))
    ranked = Scored(keys, np.concatenate((first.scores, deep.scores[other])))
    return ranked, len(deep.keys) < MAX_DEPTH


def _query_words(view: View, query: str, languages: Collection[str]) -> dict[str, str]:
    """The query's terms, each as it was typed; the words of most articles only if no others."""
    typed = {word.term: query[word.start : word.end] for word in view.query_words(query, languages)}
    words = dict(list(typed.items())[:_QUERY_WORDS])
    if len(view) < _SMALL:
        return words
    known = view.query(dict.fromkeys(words, 1.0)).terms
    rare = set(view.term_texts(known[view.rarities(known) > _COMMON]))
    return {term: words[term] for term in words if term in rare} or words


def _hits(view: View, page: Scored, query: TermQuery, written: Mapping[str, str]) -> list[Hit]:
    """The hits of a page; ``query`` is looked for in them, ``written`` says how it was typed."""
    articles = view.articles(page.keys.tolist())
    telling = dict(
        zip(view.term_texts(query.terms), view.rarities(query.terms).tolist(), strict=True)
    )
    anywhere = view.containing(query.terms, page.keys).tolist()
    in_body = view.containing(query.terms, page.keys, ["body"]).tolist()
    hits = []
    for place, key in enumerate(page.keys.tolist()):
        article = articles[key]
        present = set(compress(telling, anywhere[place]))
        words = tuple(dict.fromkeys(word for term, word in written.items() if term in present))
        shown = dict(compress(telling.items(), (in_body if article.body else anywhere)[place]))
        text = article.body or article.summary or article.title
        reason = Reason("words", words) if words else Reason("meaning")
        score = float(page.scores[place])
        hits.append(
            Hit(article, score, (reason,), snippet=snippet(view, text, shown, article.language))
        )
    return hits
