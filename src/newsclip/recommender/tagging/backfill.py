"""Tags for the articles that have none, to be looked through by people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tags import ranked_tags


@dataclass(frozen=True)
class Backfilled:
    """A tag that an untagged article might have, and its score, 0 to 1."""

    article: Article
    tag: str
    score: float


def backfilled(
    view: View, limit: int, min_score: float, on_progress: Callable[[int, int], None]
) -> Iterator[Backfilled]:
    """The best tags of each visible article without a tag, the newest article first."""
    newest = view.newest(Filter(), len(view))
    tags = view.tags(np.array(newest, np.int64))
    keys = [key for key, own in zip(newest, tags, strict=True) if not own]
    for done, key in enumerate(keys, 1):
        (article,) = view.articles([key]).values()
        choice = TagChoice(limit=limit, min_score=min_score, article=article.id)
        for tag, score in ranked_tags(view, Draft.of(article), choice):
            yield Backfilled(article, tag, score)
        on_progress(done, len(keys))
