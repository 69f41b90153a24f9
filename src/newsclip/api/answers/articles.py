"""What became of articles that were handed in."""

from typing import Literal

from pydantic import Field

from newsclip.api.answers.given import Count, Given
from newsclip.api.answers.problems import FaultItem

Outcome = Literal["added", "updated", "unchanged"]


class StoredAnswer(Given):
    """What became of an article that was handed in."""

    id: str
    outcome: Outcome
    ignored: list[str] = Field(description="fields that no article has, and that were left out")


class StoredItem(StoredAnswer):
    """What became of one article of several."""

    index: Count = Field(description="its place among the articles, from 0")


class RefusedItem(Given):
    """An article of several that was not taken, and why."""

    index: Count = Field(description="its place among the articles, from 0")
    id: str | None = Field(description="the id that was given, if it is a text")
    error: FaultItem


class BatchAnswer(Given):
    """What became of each article, in the order in which they came."""

    results: list[StoredItem | RefusedItem]
    added: Count
    updated: Count
    unchanged: Count
    refused: Count
