"""What a search is asked for beside its words, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from newsclip.index.filters import Filter
from newsclip.recommender.hit import Hit

Mode = Literal["hybrid", "keyword", "semantic"]
Sort = Literal["relevance", "newest", "oldest"]
FacetName = Literal["section", "tag", "author", "year"]
FACET_NAMES: tuple[FacetName, ...] = get_args(FacetName)


@dataclass(frozen=True)
class SearchOptions:
    """How a search is answered.

    ``mode`` is ``keyword`` (BM25), ``semantic`` (embeddings) or ``hybrid`` (both). An order of
    dates takes articles with every word of the query, or by meaning those nearest to it.
    ``recency`` is 0 to 1, how much of a score decays with age; ``min_score`` is 0 to 1, inclusive;
    both are for ``relevance``. ``collapse`` shows one of each cluster of copies. ``cursor`` is the
    ``next_cursor`` of an answer to the same question, in place of ``offset``. ``passages`` adds the
    sentences nearest in meaning; None does where the encoder is quick.
    """

    mode: Mode = "hybrid"
    limit: int = 10
    offset: int = 0
    where: Filter = Filter()
    sort: Sort = "relevance"
    recency: float = 0.0
    min_score: float = 0.0
    collapse: bool = False
    facets: tuple[FacetName, ...] = ()
    cursor: str | None = None
    passages: bool | None = None


@dataclass(frozen=True)
class FacetValue:
    """One section, tag, author or year, and how many articles of the answer have it."""

    value: str
    articles: int


@dataclass(frozen=True)
class SearchPage:
    """A part of an answer.

    ``next_offset`` is None at the end of what offsets reach, ``next_cursor`` at the end of the
    answer. ``total`` counts the whole answer; unless ``total_is_exact`` there are at least so many.
    ``did_you_mean`` is the query as it was probably meant, ``suggestions`` are queries that find
    something where this one does not. ``degraded`` says what could not be done, in a sentence.
    """

    hits: Sequence[Hit]
    offset: int
    limit: int
    next_offset: int | None = None
    next_cursor: str | None = None
    total: int = 0
    total_is_exact: bool = True
    facets: Mapping[FacetName, Sequence[FacetValue]] = field(default_factory=dict)
    did_you_mean: str | None = None
    suggestions: Sequence[str] = ()
    degraded: str | None = None
