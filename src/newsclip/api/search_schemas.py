"""What the routes of the search box take: a question, and what has been typed of one."""

from datetime import UTC, datetime
from typing import Annotated, Literal, cast

from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator, Field, StringConstraints

from newsclip.api.schemas import (
    MAX_LIMIT,
    From,
    Limit,
    Name,
    Names,
    Score,
    Taken,
    Through,
    Where,
    truth,
    whole_number,
)
from newsclip.index.filters import Filter
from newsclip.recommender.cursor import MAX_CHARACTERS as MAX_CURSOR
from newsclip.recommender.search import MAX_DEPTH
from newsclip.recommender.search_page import FACET_NAMES, FacetName, Mode, SearchOptions, Sort

MAX_OFFSET = MAX_DEPTH - MAX_LIMIT

_FACET = f"({'|'.join(FACET_NAMES)})"
_FACETS_PATTERN = f"^{_FACET}(,{_FACET})*$"
_LAST_PATTERN = "^[1-9][0-9]{0,3}[dwmy]$"
_UNITS = {
    "d": relativedelta(days=1),
    "w": relativedelta(weeks=1),
    "m": relativedelta(months=1),
    "y": relativedelta(years=1),
}

Cursor = Annotated[str, StringConstraints(max_length=MAX_CURSOR, pattern="^[A-Za-z0-9_-]+$")]


class SearchQuery(Where):
    """A question to the archive, and which part of the answer to show."""

    q: Name = Field(description="the words to look for", examples=["harbour budget"])
    mode: Mode = Field("hybrid", description='"hybrid", "keyword" or "semantic"')
    limit: Limit = Field(10, description=f"the number of hits, 1 to {MAX_LIMIT}", examples=[5])
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET), BeforeValidator(whole_number)] = Field(
        0, description=f"the number of hits to skip, 0 to {MAX_OFFSET}"
    )
    cursor: Cursor | None = Field(
        None, description="next_cursor of the answer before, in place of an offset"
    )
    sort: Sort = Field(
        "relevance", description='"relevance", "newest" or "oldest"', examples=["newest"]
    )
    recency: Score = Field(
        0.0, description="how much of a score is lost with age, 0 (nothing) to 1", examples=[0.3]
    )
    min_score: Score = Field(0.0, description="the least score of a hit, 0 to 1")
    collapse: Literal["story"] | None = Field(
        None, description='"story" to show one article for all its copies'
    )
    facets: Annotated[str, StringConstraints(pattern=_FACETS_PATTERN)] | None = Field(
        None,
        description=f"what to count, with commas between: {', '.join(FACET_NAMES)}",
        examples=["section,year"],
    )
    passage: Annotated[bool, BeforeValidator(truth)] | None = Field(
        None,
        description="true or false, to show the sentences nearest in meaning or not; by itself it"
        " is true where the encoder is quick",
    )
    author: Names = Field([], description="an author; several mean any of them")
    language: Names = Field([], description='a language such as "en"; several mean any of them')
    from_: From | None = Field(
        None, alias="from", description="the first date, in ISO 8601", examples=["2025-06-01"]
    )
    to: Through | None = Field(
        None,
        description="the last date, in ISO 8601; a date alone includes that day",
        examples=["2026-01-08"],
    )
    last: Annotated[str, StringConstraints(pattern=_LAST_PATTERN)] | None = Field(
        None,
        description="how far back until now, in days, weeks, months or years",
        examples=["30d", "1y"],
    )

    def options(self) -> SearchOptions:
        """The domain's options."""
        names = dict.fromkeys(self.facets.split(",") if self.facets else ())
        return SearchOptions(
            self.mode,
            self.limit,
            self.offset,
            self.filter(),
            sort=self.sort,
            recency=self.recency,
            min_score=self.min_score,
            collapse=self.collapse is not None,
            facets=cast(tuple[FacetName, ...], tuple(names)),
            cursor=self.cursor,
            passages=self.passage,
        )

    def filter(self) -> Filter:
        """The domain's condition."""
        since = [moment for moment in (self.from_, self.last and _ago(self.last)) if moment]
        return Filter(
            sections=frozenset(self.section),
            tags=frozenset(self.tag),
            authors=frozenset(self.author),
            languages=frozenset(self.language),
            published_from=max(since, default=None),
            published_to=self.to,
        )


class CompletionsQuery(Taken):
    """What somebody has begun to type, and how many ways to go on are wanted."""

    q: Name = Field(description="the beginning of a query", examples=["harb"])
    limit: Annotated[int, Field(ge=1, le=20), BeforeValidator(whole_number)] = Field(
        8, description="the number of suggestions, 1 to 20"
    )


def _ago(span: str) -> datetime:
    """The moment so long ago, such as ``30d``; the first of all if that is before the year 1."""
    try:
        return datetime.now(UTC) - int(span[:-1]) * _UNITS[span[-1]]
    except (OverflowError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
