"""Hits, and the lists of related articles that are made of them."""

from typing import Annotated

from pydantic import Field

from newsclip.api.answers.given import Count, Given, Moment, Share
from newsclip.recommender.hit import ReasonKind
from newsclip.recommender.onward import SlotName


class Reason(Given):
    """Why an article is in the answer."""

    kind: ReasonKind
    values: list[str] = Field(description="what both share, such as tags or words")


class Snippet(Given):
    """Where the words of the query stand."""

    text: str
    html: str = Field(description="the text escaped, with what matches in `<mark>`")
    marks: list[Annotated[list[Count], Field(min_length=2, max_length=2)]] = Field(
        description="[start, end) character ranges of the text"
    )


class Duplicate(Given):
    """The same text again, under another id."""

    id: str
    url: str | None
    title: str


class Explanation(Given):
    """How a score came about: relevance times time."""

    relevance: Share
    time: Share
    parts: dict[str, float] = Field(description="what the relevance is made of")


class Hit(Given):
    """One article of an answer, without its body."""

    id: str
    url: str | None
    title: str
    summary: str
    section: str | None
    tags: list[str]
    authors: list[str]
    language: str | None
    image_url: str | None
    published_at: Moment | None
    updated_at: Moment | None
    score: Share
    reasons: list[Reason]
    fallback: bool = Field(description="true where it only fills up a related list")
    pinned: bool = Field(description="true where an editor put it")
    snippet: Snippet | None = Field(description="null but in a search")
    passage: str | None = Field(description="the sentences nearest to the query in meaning")
    duplicates: list[Duplicate] = Field(description="copies that the article stands for")
    explanation: Explanation | None = Field(description="null but with `explain=true`")


class RelatedAnswer(Given):
    """Related articles, best first; empty where nothing is similar."""

    heading: str = Field(examples=["More from General"])
    hits: list[Hit]


class Slot(Given):
    """One titled list of a page."""

    slot: SlotName
    heading: str = Field(examples=["More on Colombia"])
    tag: str | None = Field(description="that of a tag's slot")
    hits: list[Hit]


class OnwardAnswer(Given):
    """The slots that have something to show, in the order asked for."""

    slots: list[Slot]
