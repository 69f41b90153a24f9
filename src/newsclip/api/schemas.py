"""What the routes take: query strings and JSON bodies, each field with its bounds.

Every description completes "give …": the document shows it, and so does the remedy of an error.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

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
from pydantic.config import JsonDict, JsonValue

from newsclip.api.article_schema import SAYS_SOMETHING
from newsclip.index.article import Instant
from newsclip.index.filters import Filter
from newsclip.recommender.choice import Languages
from newsclip.recommender.cursor import MAX_CHARACTERS as MAX_CURSOR
from newsclip.recommender.draft import Draft
from newsclip.recommender.onward import SLOT_NAMES, SlotName
from newsclip.recommender.recency import Time
from newsclip.recommender.search import MAX_DEPTH
from newsclip.recommender.search_page import FACET_NAMES, FacetName, Mode, SearchOptions, Sort
from newsclip.recommender.tagging.choice import TagChoice

MAX_LIMIT = 100
MAX_SEEDS = 50
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


def _truth(value: object) -> object:
    """Of texts the two words of JSON alone: pydantic would also read "on" and "y"."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("should be true or false")
    return value


def _ago(span: str) -> datetime:
    """The moment so long ago, such as ``30d``; the first of all if that is before the year 1."""
    try:
        return datetime.now(UTC) - int(span[:-1]) * _UNITS[span[-1]]
    except (OverflowError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


_MOST_SLOTS = 8
_SLOT = f"({'|'.join(SLOT_NAMES)})"
_SLOTS_PATTERN = f"^{_SLOT}(,{_SLOT}){{0,{_MOST_SLOTS - 1}}}$"
_FACET = f"({'|'.join(FACET_NAMES)})"
_FACETS_PATTERN = f"^{_FACET}(,{_FACET})*$"
_LAST_PATTERN = "^[1-9][0-9]{0,3}[dwmy]$"
_UNITS = {
    "d": relativedelta(days=1),
    "w": relativedelta(weeks=1),
    "m": relativedelta(months=1),
    "y": relativedelta(years=1),
}
_NAME_PATTERN = r"^[^\x00]*[^\x00\s][^\x00]*$"
DATE = {"anyOf": [{"type": "string", "format": kind} for kind in ("date", "date-time")]}

Cursor = Annotated[str, StringConstraints(max_length=MAX_CURSOR, pattern="^[A-Za-z0-9_-]+$")]
Name = Annotated[str, StringConstraints(max_length=512, pattern=_NAME_PATTERN)]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=_NAME_PATTERN)]
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

    def filter(self) -> Filter:
        """The domain's condition."""
        return Filter(frozenset(self.section), frozenset(self.tag))


class Choice(Taken):
    """How related articles are chosen."""

    limit: Limit = Field(10, description=f"the number of hits, 1 to {MAX_LIMIT}", examples=[5])
    min_score: Score = Field(0.0, description="the least score of a hit, 0 to 1")
    exclude: Names = Field([], description="the id of an article to leave out; may repeat")
    fallback: Literal["fill", "none"] = Field(
        "fill", description='"fill" to fill up with the newest of the section, or "none"'
    )
    time: Time = Field(
        "any",
        description='"any", "background" (older), "latest" (newer first), "around" (of the same'
        ' weeks) or "evergreen" (whatever its age)',
    )
    diversity: Score = Field(
        0.0, description="how much the hits are to differ, 0 (not at all) to 1", examples=[0.3]
    )
    languages: Languages | None = Field(
        None, description='"same" to keep to the language of the source, or "any"'
    )
    explain: Annotated[bool, BeforeValidator(_truth)] = Field(
        False, description="true to see the parts of each score and the best pair of passages"
    )


class SimilarQuery(Where, Choice):
    """How articles related to one of the archive are chosen."""


class SimilarByUrlQuery(SimilarQuery):
    """The address of an article, and how those related to it are chosen."""

    url: Url = Field(
        description="the URL of an article of the archive",
        examples=["https://courier.example/politics/harbour-law"],
    )


class OnwardQuery(Choice):
    """The slots of a page, and how their articles are chosen."""

    limit: Limit = Field(5, description=f"the number of hits in a slot, 1 to {MAX_LIMIT}")
    slots: Annotated[str, StringConstraints(pattern=_SLOTS_PATTERN)] = Field(
        ",".join(SLOT_NAMES),
        description=f"the slots in their order, with commas between them: {', '.join(SLOT_NAMES)};"
        f" {_MOST_SLOTS} at most, and tag may repeat",
        examples=["story,tag,tag"],
    )

    @property
    def names(self) -> list[SlotName]:
        """The slots asked for."""
        return cast(list[SlotName], self.slots.split(","))


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
    passage: Annotated[bool, BeforeValidator(_truth)] | None = Field(
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


_NO_LIST: JsonDict = {"maxItems": 0}
_NO_TEXT: JsonDict = {"enum": [None, ""]}
_NO_NAME: JsonDict = {"enum": [None]}
_DRAFT_OR_ARTICLES: JsonDict = {
    "anyOf": [
        {
            "properties": {"like": _NO_LIST, "unlike": _NO_LIST},
            "anyOf": _DRAFT["anyOf"],
        },
        {
            "required": ["like"],
            "properties": {
                "like": {"type": "array", "minItems": 1},
                "title": _NO_TEXT,
                "summary": _NO_TEXT,
                "body": _NO_TEXT,
                "tags": _NO_LIST,
                "section": _NO_NAME,
                "language": _NO_NAME,
            },
        },
    ],
    "examples": [
        *cast(list[JsonValue], _DRAFT["examples"]),
        {"like": [{"id": "politics/2026/harbour law", "weight": 2}], "unlike": ["life/sourdough"]},
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

    def draft(self) -> Draft:
        """The domain's draft."""
        return Draft(
            title=self.title or "",
            summary=self.summary or "",
            body=self.body or "",
            tags=tuple(self.tags),
        )


class Seed(Taken):
    """An article of the archive to go by."""

    id: Name = Field(description="the id of an article of the archive")
    weight: Annotated[float, Field(gt=0, le=1_000, allow_inf_nan=False)] = Field(
        1.0, description="how much it counts beside the others, above 0 and up to 1000"
    )


class SimilarBody(Choice, DraftBody):
    """A draft or some articles of the archive, and how articles related to them are chosen."""

    model_config = ConfigDict(json_schema_extra=_DRAFT_OR_ARTICLES)

    like: Annotated[list[Seed], Field(max_length=MAX_SEEDS)] = Field(
        [],
        description="a list of articles to go by in place of a draft, each with an id and"
        f" perhaps a weight; {MAX_SEEDS} at most",
    )
    unlike: Annotated[list[Name], Field(max_length=MAX_SEEDS)] = Field(
        [],
        description=f"a list of ids of articles to be unlike; {MAX_SEEDS} at most",
    )
    language: Name | None = Field(None, description='the draft\'s language, such as "en"')
    published_at: From | None = Field(
        None, description="when the draft is to appear, in ISO 8601; now if it is not given"
    )
    section: Name | None = Field(None, description="the section that it is meant for")
    where: Where = Field(Where(), description="an object with a list of section, of tag, or both")

    @property
    def is_draft(self) -> bool:
        """Whether it says something of a draft."""
        return any((self.title, self.summary, self.body, self.tags, self.section, self.language))


class SuggestBody(DraftBody):
    """A draft, and how many tags are wanted for it."""

    language: Name | None = Field(None, description='the draft\'s language, such as "en"')
    article: Name | None = Field(
        None, description="the id of the article; if the archive has it, it is no witness"
    )
    banned: Names = Field([], description="a list of tags that are not to be suggested")
    branch: Name | None = Field(
        None, description="a tag of the vocabulary, to keep to it and those beneath it"
    )
    group: Name | None = Field(None, description='a group of the vocabulary, such as "place"')
    limit: Limit = Field(8, description=f"the number of tags, 1 to {MAX_LIMIT}", examples=[8])
    min_score: Score = Field(0.0, description="the least score of a tag, 0 to 1")

    def draft(self) -> Draft:
        """The domain's draft."""
        return replace(super().draft(), language=self.language)

    def choice(self) -> TagChoice:
        """The domain's choice."""
        return TagChoice(
            limit=self.limit,
            min_score=self.min_score,
            banned=frozenset(self.banned),
            branch=self.branch,
            group=self.group,
            article=self.article,
        )
