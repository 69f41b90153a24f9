"""Where did we write about …? What was typed is found, and what was meant."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from newsclip.errors import QueryInvalid
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.live import View
from newsclip.recommender.fusion import candidates
from newsclip.recommender.hit import Hit, Reason, Snippet

SEMANTIC_WEIGHT = 0.3
MAX_DEPTH = 1_000
"""How far an answer can be paged through: ``offset + limit`` at most."""

_SNIPPET_CHARACTERS = 200
_COMMON = math.log(2)  # the BM25 idf of a word that stands in half of the articles
_SMALL = 100  # articles; in fewer, half of them says nothing about a word
_QUERY_WORDS = 100  # a longer query is a text: only its first words are looked up

Mode = Literal["hybrid", "keyword", "semantic"]
_WEIGHTS: dict[Mode, float] = {"hybrid": SEMANTIC_WEIGHT, "keyword": 0.0, "semantic": 1.0}


@dataclass(frozen=True)
class SearchPage:
    """A part of an answer; ``next_offset`` is None at its end."""

    hits: Sequence[Hit]
    offset: int
    limit: int
    next_offset: int | None


def search(
    view: View,
    query: str,
    *,
    mode: Mode = "hybrid",
    limit: int = 10,
    offset: int = 0,
    where: Filter = Filter(),
) -> SearchPage:
    """The articles that best answer a query, best first.

    ``mode`` is ``keyword`` (BM25), ``semantic`` (embeddings) or ``hybrid`` (both).
    Raises QueryInvalid if ``offset + limit`` is over MAX_DEPTH.
    """
    if offset + limit > MAX_DEPTH:
        remedy = f"keep offset + limit within {MAX_DEPTH}, or narrow the query with a filter"
        raise QueryInvalid("offset", offset, remedy, f"reaches beyond hit {MAX_DEPTH}")
    written = _query_words(view, query)
    if not written:  # "???" means nothing; every article would be as near to it as any other
        return SearchPage([], offset, limit, None)
    terms = dict.fromkeys(written, 1.0)
    # The same depth for every page, so that no article changes its place between two pages.
    embedding = None if mode == "keyword" else view.embed_query(query)
    ranked = candidates(view, terms, embedding, where, _WEIGHTS[mode], MAX_DEPTH)
    ranked = ranked.above(0)
    page = ranked.first(limit, offset)
    articles = view.articles(page.keys.tolist())
    hits = [
        _hit(view, articles[key], score, written if mode != "semantic" else {})
        for key, score in zip(page.keys.tolist(), page.scores.tolist(), strict=True)
    ]
    more = offset + limit < min(len(ranked.keys), MAX_DEPTH)
    return SearchPage(hits, offset, limit, offset + limit if more else None)


def _query_words(view: View, query: str) -> dict[str, str]:
    """The query's terms, each as it was typed; the words of most articles only if no others."""
    typed = {word.term: query[word.start : word.end] for word in view.words(query)}
    words = dict(list(typed.items())[:_QUERY_WORDS])
    if len(view) < _SMALL:
        return words
    return {term: words[term] for term in words if view.rarity(term) > _COMMON} or words


def _hit(view: View, article: Article, score: float, written: dict[str, str]) -> Hit:
    text = article.body or article.summary or article.title
    passage, marks = view.snippet(text, written, _SNIPPET_CHARACTERS) if written else ("", [])
    present = {word.term for word in view.words(f"{article.title}\n{article.summary}\n{passage}")}
    words = tuple(written[term] for term in written if term in present)
    reason = Reason("words", words) if words else Reason("meaning")
    snippet = Snippet(passage or text[:_SNIPPET_CHARACTERS], tuple(marks))
    return Hit(article, score, (reason,), snippet=snippet)
