"""Related articles: what else should someone on this page read?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.choice import Choice, eligible
from newsclip.recommender.curation import editors_on, placed
from newsclip.recommender.diversity import diversified
from newsclip.recommender.fillers import fillers, firsts
from newsclip.recommender.hit import Explanation, Hit, Reason
from newsclip.recommender.reasons import Comparison
from newsclip.recommender.relevance import Ranked, parts, ranked
from newsclip.recommender.source import Source
from newsclip.recommender.told import Told

_POOL = 50  # of the best, those that diversity picks from


@dataclass(frozen=True)
class Related:
    """Related articles, and the heading that a page puts above them."""

    heading: str
    hits: Sequence[Hit]


def similar(view: View, source: Source, choice: Choice = Choice()) -> Related:
    """Articles related to a source, the best first, unless ``diversity`` asks for another order.

    What editors pinned stands at its position. Never the source itself, a copy of it, one article
    in two copies, or one that readers must not see. Raises QueryInvalid if ``time`` does not fit
    the source.
    """
    hits = slot_hits(view, Told(view, source), choice, eligible(view, source, choice))
    return Related(f"More from {source.section}" if source.section else "Read more", hits)


def slot_hits(view: View, told: Told, choice: Choice, where: Filter) -> list[Hit]:
    """The hits of one slot: what is pinned, what is alike, and what fills up.

    Where pins fill it, nothing is computed.
    """
    editors = editors_on(view, told.source, where, choice.limit)
    if editors.full:
        return placed(editors.pins, [], choice.limit)
    missing = replace(choice, limit=choice.limit - len(editors.pins))
    hits = best_hits(view, told, missing, editors.where)
    if choice.fallback == "fill" and len(hits) < missing.limit:
        most = missing.limit - len(hits)
        hits += filler_hits(view, told.source.section, editors.where, hits, most)
    return placed(editors.pins, hits, choice.limit)


def best_hits(view: View, told: Told, choice: Choice, where: Filter) -> list[Hit]:
    """At most ``limit`` hits that are alike, one of each cluster of copies."""
    most = max(_POOL, 2 * choice.limit) if choice.diversity else choice.limit
    best = distinct(view, ranked(view, told.source, told.query, choice, where), most)
    if choice.diversity:
        embeddings = view.embeddings(best.keys)
        best = best.at(diversified(best.scores, embeddings, choice.diversity, choice.limit))
    return hits_of(view, best, Comparison(view, told, best), where, choice.explain)


def distinct(view: View, found: Ranked, most: int) -> Ranked:
    """Of each cluster of copies the one that stands first, at most ``most``."""
    return found.at(np.array(firsts(view, found.keys.tolist(), most), np.int64))


def hits_of(
    view: View, found: Ranked, comparison: Comparison, where: Filter, explain: bool
) -> list[Hit]:
    """The hits of some keys, in their order, with all that is shown of each.

    The ``comparison`` has looked at all of them, and perhaps at more. What ``where`` leaves out is
    not shown as a copy of one either.
    """
    keys = found.keys.tolist()
    duplicates = duplicates_of(view, keys, where)
    explanations = _explanations(found) if explain else [None] * len(keys)
    return [
        Hit(
            comparison.articles[key],
            score,
            comparison.reasons(key, passages=explain),
            duplicates=duplicates[key],
            explanation=explanation,
        )
        for key, score, explanation in zip(keys, found.scores.tolist(), explanations, strict=True)
    ]


def _explanations(found: Ranked) -> list[Explanation]:
    made = zip(found.relevance.tolist(), found.time.tolist(), parts(found), strict=True)
    return [Explanation(relevance, time, of_key) for relevance, time, of_key in made]


def duplicates_of(
    view: View, keys: Sequence[int], where: Filter = Filter()
) -> dict[int, tuple[Article, ...]]:
    """For each key the copies of its article that pass, the newest first."""
    copies = view.copies_of(np.array(keys, np.int64))
    if not any(copies.values()):  # as a rule
        return dict.fromkeys(keys, ())
    others = np.array([copy for key in keys for copy in copies[key]], np.int64)
    articles = view.articles(others[view.passing(others, where)].tolist())
    return {
        key: tuple(articles[copy] for copy in sorted(copies[key], reverse=True) if copy in articles)
        for key in keys
    }


def filler_hits(
    view: View, section: str | None, where: Filter, hits: Sequence[Hit], most: int
) -> list[Hit]:
    """At most ``most`` hits that need no likeness: the newest of the section, then of all."""
    taken = view.keys_of(hit.article.id for hit in hits)
    keys = fillers(view, section, where, taken, most)
    articles, duplicates = view.articles(keys), duplicates_of(view, keys, where)
    return [_filler(articles[key], section, duplicates[key]) for key in keys]


def _filler(article: Article, section: str | None, duplicates: Sequence[Article]) -> Hit:
    same = section is not None and article.section == section
    section_reason = (Reason("section", (str(section),)),) if same else ()
    reasons = (*section_reason, Reason("newest"))
    return Hit(article, 0.0, reasons, fallback=True, duplicates=duplicates)
