"""What a question asks for, in the domain's words: by HTTP, command line and pages alike."""

from collections.abc import Sequence
from dataclasses import replace

from newsclip.api.related_schemas import Choice as AskedChoice
from newsclip.api.related_schemas import SimilarBody
from newsclip.api.settings import Settings
from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.recency import HALF_LIFE, HalfLives
from newsclip.recommender.source import Source, source_of_draft, source_of_several

_OTHERS = "*"


def half_lives(settings: Settings) -> HalfLives:
    """The half-lives that are set, by section and for all others."""
    own = dict(settings.half_life_days)
    return HalfLives(own.pop(_OTHERS, HALF_LIFE), own)


def choice_of(asked: AskedChoice, where: Filter, settings: Settings) -> Choice:
    """What was asked for; what was not follows the settings."""
    return Choice(
        limit=asked.limit,
        where=replace(where, exclude_ids=where.exclude_ids | frozenset(asked.exclude)),
        min_score=asked.min_score,
        fallback=asked.fallback,
        time=asked.time,
        diversity=asked.diversity,
        languages=asked.languages or settings.languages,
        explain=asked.explain,
        half_lives=half_lives(settings),
        ranker=settings.ranker,
    )


def default_choice(limit: int, settings: Settings) -> Choice:
    """What a page shows that nobody asked anything special of."""
    return Choice(
        limit=limit,
        languages=settings.languages,
        half_lives=half_lives(settings),
        ranker=settings.ranker,
    )


def source_of_ids(view: View, ids: Sequence[str], unlike: Sequence[str] = ()) -> Source:
    """An article, or several that count alike. Raises ArticleNotFound."""
    weights = {view.key_of(article_id): 1.0 for article_id in ids}
    return source_of_several(view, weights, [view.key_of(each) for each in unlike])


def source_of_body(view: View, body: SimilarBody) -> Source:
    """The draft in a body, or the articles that it names; not both.

    Raises QueryInvalid or ArticleNotFound.
    """
    if not body.like:
        return _draft(view, body)
    if body.is_draft:
        remedy = "send a draft, or the articles to go by, not both"
        raise QueryInvalid("like", [seed.id for seed in body.like], remedy, "stands with a draft")
    weights: dict[int, float] = {}
    for seed in body.like:
        key = view.key_of(seed.id)
        weights[key] = weights.get(key, 0.0) + seed.weight
    return source_of_several(view, weights, [view.key_of(each) for each in body.unlike])


def _draft(view: View, body: SimilarBody) -> Source:
    if body.unlike:
        remedy = "name in like what they are to be unlike, or leave unlike out"
        raise QueryInvalid("unlike", body.unlike, remedy, "stands without like")
    draft = replace(body.draft(), section=body.section, published_at=body.published_at)
    return source_of_draft(view, draft)
