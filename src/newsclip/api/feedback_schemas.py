"""What the routes of feedback on tags take."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from newsclip.api.article_schema import SAYS_SOMETHING
from newsclip.api.schemas import Limit, Name, Taken, whole_number

_MAX_TAG = 200  # characters, as of an article's tags
_MAX_NUMBER = 2**53

# A tag says something behind its "#".
_Tag = Annotated[
    str,
    StringConstraints(max_length=_MAX_TAG, pattern=r"^[^\x00]*[^\x00-\x20\x7f-\xa0#\s][^\x00]*$"),
]
Tags = Annotated[list[_Tag], Field(max_length=200)]

_TEXT: JsonDict = {"type": "string", "pattern": SAYS_SOMETHING}
_SOME_TAGS: JsonDict = {"type": "array", "minItems": 1}


def _one_of(*names: str, schema: JsonDict) -> JsonDict:
    """At least one of the fields is there, and is as the schema says."""
    return {"anyOf": [{"required": [name], "properties": {name: schema}} for name in names]}


_FEEDBACK: JsonDict = {
    "allOf": [
        _one_of("title", "summary", "body", "article", schema=_TEXT),
        _one_of("accepted", "rejected", schema=_SOME_TAGS),
    ],
    "examples": [
        {
            "title": "Dockers vote on the harbour law",
            "body": "The harbour strike is over. The Assembly wants a law for the port.",
            "accepted": ["Harbour"],
            "rejected": ["Recipes"],
            "author": "Ada Byron",
        }
    ],
}


class FeedbackBody(Taken):
    """Which tags somebody accepted and rejected for a draft, or for an article of the archive.

    At least one tag is accepted or rejected, and none is both.
    """

    model_config = ConfigDict(json_schema_extra=_FEEDBACK)

    article: Name | None = Field(
        None, description="the id of the article; its text is that of the archive unless it is sent"
    )
    title: str | None = Field(None, description="the draft's title as text")
    summary: str | None = Field(None, description="the draft's summary as text")
    body: str | None = Field(None, description="the draft's body as text")
    accepted: Tags = Field([], description="a list of the tags that fit, suggested or not")
    rejected: Tags = Field([], description="a list of the tags that do not fit")
    author: Name = Field(description="the name of who judges")


class UndoFeedbackQuery(Taken):
    """Who takes feedback back."""

    author: Name = Field(description="the name of who takes it back")


class FeedbackQuery(Taken):
    """Which part of the feedback to show."""

    author: Name | None = Field(None, description="the name of who judged")
    article: Name | None = Field(None, description="the id of an article")
    before: Annotated[int, Field(ge=0, le=_MAX_NUMBER), BeforeValidator(whole_number)] | None = (
        Field(None, description="a number: only feedback with a lower one")
    )
    limit: Limit = Field(50, description="the number of entries, 1 to 100")
