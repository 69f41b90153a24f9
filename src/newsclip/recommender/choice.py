"""How related articles are chosen, and who may be among them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from newsclip.errors import QueryInvalid
from newsclip.index.filters import UNDETERMINED, Filter
from newsclip.index.view import View
from newsclip.recommender.ranking import RankerChoice
from newsclip.recommender.recency import HalfLives, Time
from newsclip.recommender.source import Source

Fallback = Literal["fill", "none"]
Languages = Literal["same", "any"]


@dataclass(frozen=True)
class Choice:
    """How related articles are chosen.

    ``min_score`` is 0 to 1 and inclusive. ``fallback="fill"`` makes up for missing ones with the
    newest of the section, then the newest of all. ``diversity`` is 0 to 1 (see
    :func:`~newsclip.recommender.diversity.diversified`), ``time`` and ``half_lives`` are those of
    :mod:`~newsclip.recommender.recency`. ``languages="same"`` keeps to the source's language, if
    it is known, and to articles that do not say theirs. ``explain`` costs some milliseconds.
    ``ranker`` is that of :func:`~newsclip.recommender.ranking.ranker_of`.
    """

    limit: int = 10
    where: Filter = Filter()
    min_score: float = 0.0
    fallback: Fallback = "fill"
    time: Time = "any"
    diversity: float = 0.0
    languages: Languages = "same"
    explain: bool = False
    half_lives: HalfLives = field(default_factory=HalfLives)
    ranker: RankerChoice = "learned"


def eligible(view: View, source: Source, choice: Choice) -> Filter:
    """Who may be an answer: never the source, a copy of it, nor an excluded one or a copy of it.

    Raises QueryInvalid if ``time`` asks for the source's date and it has none.
    """
    where = choice.where
    own = () if source.keys else _copies_of_draft(view, source)
    unwanted = {*source.keys, *source.unlike, *own, *view.keys_of(where.exclude_ids)}
    where = replace(where, exclude_keys=where.exclude_keys | with_copies(view, unwanted))
    if choice.time in ("background", "around") and source.published_at is None:
        remedy = "use any, latest or evergreen, or give the article a date"
        raise QueryInvalid("time", choice.time, remedy, "needs a source that has a date")
    if choice.time == "background":
        ends = [end for end in (where.published_to, source.published_at) if end]
        where = replace(where, published_to=min(ends))
    if choice.languages == "same" and source.draft.language and not where.languages:
        spoken = source.draft.language.replace("_", "-").split("-")[0]
        where = replace(where, languages=frozenset([spoken, UNDETERMINED]))
    return where


def _copies_of_draft(view: View, source: Source) -> tuple[int, ...]:
    # What has appeared is nothing to show beside the same text, however long ago it was.
    return view.copies_of_text(source.draft.body, None, source.read_in)


def with_copies(view: View, keys: Iterable[int]) -> frozenset[int]:
    """These keys and all that are the same text again."""
    own = np.fromiter(keys, np.int64)
    copies = view.copies_of(own)
    return frozenset(own.tolist()).union(*copies.values())
