"""What editors rule, and the log of who changed what."""

from typing import Annotated, Any, Literal

from pydantic import Field

from newsclip.api.answers.given import Count, Given, Moment
from newsclip.index.rules import MAX_POSITION


class RuleAnswer(Given):
    """What an editor rules about related articles."""

    id: str
    kind: Literal["pin", "hide", "block"]
    target: str
    source: str | None = Field(description="beside what it holds; null is everywhere")
    position: Annotated[int, Field(ge=1, le=MAX_POSITION)] | None
    starts_at: Moment | None
    ends_at: Moment | None
    reason: str
    author: str
    created_at: Moment
    active: bool = Field(description="whether it holds now")
    unknown: list[str] = Field(description="ids that it names and that no article has now")


class RulesAnswer(Given):
    """One part of the rules, the newest first."""

    rules: list[RuleAnswer]
    total: Count = Field(description="the number of rules that were asked for")
    next_offset: Count | None = Field(description="where the next part begins; null at the end")


class AuditEntry(Given):
    """One change that somebody made."""

    number: Count
    at: Moment
    actor: str
    kind: str = Field(description="what was changed", examples=["curation"])
    subject: str = Field(description="the id of what was changed")
    before: dict[str, Any] | None = Field(description="as it was; null where there was nothing")
    after: dict[str, Any] | None = Field(description="as it is since; null where nothing is left")


class AuditAnswer(Given):
    """One part of the log, the newest first."""

    entries: list[AuditEntry]
    next_before: Count | None = Field(description="`before` for the next part; null at the end")
