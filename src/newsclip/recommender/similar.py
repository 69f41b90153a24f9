"""Related articles: what else should someone on this page read?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from newsclip.index.article import Article
from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter, fold
from newsclip.index.view import Scored, View
from newsclip.recommender.curation import editors_on, placed
from newsclip.recommender.draft import Draft
from newsclip.recommender.fusion import DEPTH, candidates
from newsclip.recommender.hit import Hit, Reason, ReasonKind
from newsclip.recommender.source import Source, source_of_article, source_of_draft
from newsclip.recommender.telling import shared_words, telling_terms

SEMANTIC_WEIGHT = 0.1

Fallback = Literal["fill", "none"]


@dataclass(frozen=True)
class Related:
    """Related articles, and the heading that a page puts above them."""

    heading: str
    hits: Sequence[Hit]


def similar_to_article(
    view: View,
    article_id: str,
    *,
    limit: int = 10,
    where: Filter = Filter(),
    min_score: float = 0.0,
    fallback: Fallback = "fill",
) -> Related:
    """Articles related to one of the archive, which may itself be invisible to readers.

    Never contains the article itself. ``fallback="fill"`` makes up for missing ones with the
    newest of the section, then the newest of all. Raises ArticleNotFound.
    """
    source = source_of_article(view, article_id)
    others = replace(where, exclude_ids=where.exclude_ids | {article_id})
    return _related(view, source, limit, others, min_score, fallback)


def similar_to_draft(
    view: View,
    draft: Draft,
    *,
    limit: int = 10,
    where: Filter = Filter(),
    min_score: float = 0.0,
    fallback: Fallback = "fill",
) -> Related:
    """Articles related to a text that is not in the archive; as :func:`similar_to_article`."""
    source = source_of_draft(view, draft)
    return _related(view, source, limit, where, min_score, fallback)


def _related(
    view: View,
    source: Source,
    limit: int,
    where: Filter,
    min_score: float,
    fallback: Fallback,
) -> Related:
    section = source.section
    editors = editors_on(view, source, where, limit)
    missing = limit - len(editors.pins)
    hits: list[Hit] = []
    if missing:
        query, depth = telling_terms(view, source.terms), max(DEPTH, 2 * limit)
        ranked = candidates(view, query, source.embedding, editors.where, SEMANTIC_WEIGHT, depth)
        hits = _explained(view, source.draft, query, ranked.above(min_score).first(missing))
    if fallback == "fill" and len(hits) < missing:
        hits += _fillers(view, section, editors.where, hits, missing - len(hits))
    heading = f"More from {section}" if section else "Read more"
    return Related(heading, placed(editors.pins, hits, limit))


def _explained(view: View, draft: Draft, query: TermQuery, best: Scored) -> list[Hit]:
    keys = best.keys.tolist()
    articles = view.articles(keys)
    words = shared_words(view, query, draft, keys)
    return [
        Hit(articles[key], score, _reasons(draft, articles[key], words[key]))
        for key, score in zip(keys, best.scores.tolist(), strict=True)
    ]


def _reasons(draft: Draft, article: Article, words: tuple[str, ...]) -> tuple[Reason, ...]:
    own_tags = {fold(tag) for tag in draft.tags}
    tags = tuple(tag for tag in article.tags if fold(tag) in own_tags)
    section = (draft.section,) if draft.section and draft.section == article.section else ()
    kinds: list[tuple[ReasonKind, tuple[str, ...]]] = [
        ("tags", tags),
        ("words", words),
        ("section", section),
    ]
    reasons = tuple(Reason(kind, values) for kind, values in kinds if values)
    return reasons if tags or words else (Reason("meaning"), *reasons)


def _fillers(
    view: View, section: str | None, where: Filter, hits: Sequence[Hit], missing: int
) -> list[Hit]:
    """Hits that need no likeness: the newest of the section first, then the newest of all."""
    own_section = Filter() if section is None else Filter(sections=frozenset([section]))
    stages = [where] if where.sections else [replace(where, sections=own_section.sections), where]
    taken = where.exclude_ids | {hit.article.id for hit in hits}
    fillers: list[Hit] = []
    for stage in stages:
        keys = view.newest(replace(stage, exclude_ids=taken), missing - len(fillers))
        articles = view.articles(keys)
        fillers += [_filler(articles[key], section) for key in keys]
        taken |= {articles[key].id for key in keys}
    return fillers


def _filler(article: Article, section: str | None) -> Hit:
    same = section is not None and article.section == section
    section_reason = (Reason("section", (str(section),)),) if same else ()
    return Hit(article, 0.0, (*section_reason, Reason("newest")), fallback=True)
