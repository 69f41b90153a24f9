"""What the routes take: query strings and JSON bodies, each field with its bounds.

Every description completes "give …": the document shows it, and so does the remedy of an error.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.config import JsonDict

from newsclip.api.article_schema import SAYS_SOMETHING
from newsclip.index.article import Instant
from newsclip.index.filters import Filter
from newsclip.recommender.draft import Draft
from newsclip.recommender.search import MAX_DEPTH

MAX_LIMIT = 100
MAX_OFFSET = MAX_DEPTH - MAX_LIMIT

_SPAN = {len("2026"): relativedelta(years=1), len("2026-01"): relativedelta(months=1)}


def whole_number(value: object) -> object:
    """Of texts digits alone: pydantic would also read "1_0" and " 10 ". In JSON, 10.0 is 10."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise ValueError("should be a whole number")
    return value


def _mend_plus(value: object) -> object:
    """In a query string a ``+`` means a blank; before an offset it was meant as a plus."""
    return re.sub(r"(T.*) (\d\d:?\d\d)$", r"\1+\2", value) if isinstance(value, str) else value


def _through(value: Any, parse: ValidatorFunctionWrapHandler) -> datetime | None:
    """The first instant after ``value``: after that day, month or year, or after that second."""
    start: datetime = parse(value)
    whole_day = isinstance(value, str) and not re.search("[T:]", value)
    span = _SPAN.get(len(value), relativedelta(days=1)) if whole_day else relativedelta(seconds=1)
    try:
        return start + span
    except (OverflowError, ValueError):
        return None  # the end of time: nothing lies behind it


_NAME_PATTERN = r"^[^\x00]*[^\x00\s][^\x00]*$"
DATE = {"anyOf": [{"type": "string", "format": kind} for kind in ("date", "date-time")]}

Name = Annotated[str, StringConstraints(max_length=512, pattern=_NAME_PATTERN)]
Names = Annotated[list[Name], Field(max_length=200)]
# pydantic puts the bounds into the schema only where they stand before the validator.
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT), BeforeValidator(whole_number)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
From = Annotated[Instant, BeforeValidator(_mend_plus), WithJsonSchema(DATE)]
Through = Annotated[
    Instant, WrapValidator(_through), BeforeValidator(_mend_plus), WithJsonSchema(DATE)
]


class Taken(BaseModel):
    """The base of all that routes take: names that are not listed are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParameters(Taken):
    """The query string of a route that takes none."""


class Where(Taken):
    """Which articles may be an answer."""

    section: Names = Field([], description="a section; several mean any of them")
    tag: Names = Field([], description="a tag, with or without #; several mean all of them")

    def filter(self, exclude: list[str]) -> Filter:
        """The domain's condition."""
        return Filter(frozenset(self.section), frozenset(self.tag), exclude_ids=frozenset(exclude))


class Choice(Taken):
    """How related articles are chosen."""

    limit: Limit = Field(10, description=f"the number of hits, 1 to {MAX_LIMIT}", examples=[5])
    min_score: Score = Field(0.0, description="the least score of a hit, 0 to 1")
    exclude: Names = Field([], description="the id of an article to leave out; may repeat")
    fallback: Literal["fill", "none"] = Field(
        "fill", description='"fill" to fill up with the newest of the section, or "none"'
    )


class SimilarQuery(Where, Choice):
    """How articles related to one of the archive are chosen."""


class SearchQuery(Where):
    """A question to the archive, and which part of the answer to show."""

    q: Name = Field(description="the words to look for", examples=["harbour budget"])
    mode: Literal["hybrid", "keyword", "semantic"] = Field(
        "hybrid", description='"hybrid", "keyword" or "semantic"'
    )
    limit: Limit = Field(10, description=f"the number of hits, 1 to {MAX_LIMIT}", examples=[5])
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET), BeforeValidator(whole_number)] = Field(
        0, description=f"the number of hits to skip, 0 to {MAX_OFFSET}"
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

    def search_filter(self) -> Filter:
        """The domain's condition."""
        return Filter(
            sections=frozenset(self.section),
            tags=frozenset(self.tag),
            authors=frozenset(self.author),
            languages=frozenset(self.language),
            published_from=self.from_,
            published_to=self.to,
        )


_DRAFT: JsonDict = {
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "pattern": SAYS_SOMETHING}}}
        for name in ("title", "summary", "body")
    ],
    "examples": [
        {
            "title": "Dockers vote on the harbour law",
            "body": "The harbour strike is over. The Assembly wants a law for the port.",
        }
    ],
}


class DraftBody(Taken):
    """An article in the making. At least one of title, summary and body says something."""

    model_config = ConfigDict(json_schema_extra=_DRAFT)

    title: str | None = Field(
        None, description="the draft's title as text", examples=["Harbour budget passes"]
    )
    summary: str | None = Field(None, description="the draft's summary as text")
    body: str | None = Field(None, description="the draft's body as text")
    tags: Names = Field([], description="a list of the tags that it already has")

    def draft(self, section: str | None = None) -> Draft:
        """The domain's draft."""
        return Draft(
            title=self.title or "",
            summary=self.summary or "",
            body=self.body or "",
            section=section,
            tags=tuple(self.tags),
        )


class SimilarBody(Choice, DraftBody):
    """A draft, and how articles related to it are chosen."""

    section: Name | None = Field(None, description="the section that it is meant for")
    where: Where = Field(Where(), description="an object with a list of section, of tag, or both")


class SuggestBody(DraftBody):
    """A draft, and how many tags are wanted for it."""

    limit: Limit = Field(8, description=f"the number of tags, 1 to {MAX_LIMIT}", examples=[8])
    min_score: Score = Field(0.0, description="the least score of a tag, 0 to 1")


class VocabularyQuery(Taken):
    """Which part of the house vocabulary to show."""

    limit: Annotated[int, Field(ge=1, le=1_000), BeforeValidator(whole_number)] = Field(
        100, description="the number of tags, 1 to 1000"
    )
    offset: Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(whole_number)] = Field(
        0, description="the number of tags to skip, 0 to 1000000"
    )
