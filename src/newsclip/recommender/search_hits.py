"""The hits of a search, each with what shows why it is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.bm25 import TermQuery
from newsclip.index.view import Scored, View
from newsclip.recommender.hit import Hit, Reason, Snippet
from newsclip.recommender.passages import nearest_passages
from newsclip.recommender.similar import duplicates_of
from newsclip.recommender.snippets import snippet

_NO_TERMS = TermQuery(np.empty(0, np.int64), np.empty(0), ())


@dataclass(frozen=True)
class Sought:
    """What is looked for in each hit.

    ``written`` says how each term was typed, ``terms`` are marked, ``embedding`` chooses the
    passages, unless it is None. Without a word nothing is looked for.
    """

    written: Mapping[str, str] = field(default_factory=dict)
    terms: TermQuery = _NO_TERMS
    embedding: NDArray[np.float32] | None = None
    duplicates: bool = False


def search_hits(view: View, page: Scored, sought: Sought) -> list[Hit]:
    """The hits of some keys, in their order."""
    keys = page.keys.tolist()
    articles = view.articles(keys)
    duplicates = duplicates_of(view, keys) if sought.duplicates else {}
    passages = nearest_passages(view, sought.embedding, articles)
    shown = _found_in(view, page.keys, articles, sought) if sought.written else {}
    return [
        Hit(
            articles[key],
            score,
            (shown[key][0],) if shown else (),
            snippet=shown[key][1] if shown else None,
            passage=passages.get(key),
            duplicates=duplicates.get(key, ()),
        )
        for key, score in zip(keys, page.scores.tolist(), strict=True)
    ]


def _found_in(
    view: View, keys: NDArray[np.int64], articles: Mapping[int, Article], sought: Sought
) -> dict[int, tuple[Reason, Snippet]]:
    """For each key the words of the query that its article has, and where they stand together."""
    terms = sought.terms.terms
    telling = dict(zip(view.term_texts(terms), view.rarities(terms).tolist(), strict=True))
    anywhere = view.containing(terms, keys).tolist()
    in_body = view.containing(terms, keys, ["body"]).tolist()
    found = {}
    for place, key in enumerate(keys.tolist()):
        article = articles[key]
        present = set(compress(telling, anywhere[place]))
        words = tuple(
            dict.fromkeys(word for term, word in sought.written.items() if term in present)
        )
        shown = dict(compress(telling.items(), (in_body if article.body else anywhere)[place]))
        text = article.body or article.summary or article.title
        reason = Reason("words", words) if words else Reason("meaning")
        found[key] = (reason, snippet(view, text, shown, article.language))
    return found
