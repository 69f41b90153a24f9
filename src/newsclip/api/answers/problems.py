"""What went wrong, and with which value."""

from typing import Annotated

from pydantic import Field

from newsclip.api.answers.given import Given


class FaultItem(Given):
    """One value that breaks a rule."""

    field: str
    value: str | float | bool | None = Field(description="what was given, cut where it is long")
    problem: str
    remedy: str


class Problem(Given):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="a name for this kind of problem, made of its code")
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str = Field(description="a stable word to switch on", examples=["article-not-found"])
    detail: str
    errors: list[FaultItem] = Field(description="the values that break a rule, if it is about some")
