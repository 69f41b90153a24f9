"""What the routes take: the kinds of values, each with its bounds, that all schemas are made of.

Every description of a field completes "give …": the document shows it, and so does the remedy of
an error.
"""

import re
from datetime import datetime
from typing import Annotated, Any

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
from pydantic_core import ErrorDetails

from newsclip.index.article import Instant
from newsclip.index.filters import Filter

MAX_LIMIT = 100

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


def truth(value: object) -> object:
    """Of texts the two words of JSON alone: pydantic would also read "on" and "y"."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("should be true or false")
    return value


_NAME_PATTERN = r"^[^\x00]*[^\x00\s][^\x00]*$"
DATE = {"anyOf": [{"type": "string", "format": kind} for kind in ("date", "date-time")]}

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


def problem_of(error: ErrorDetails) -> str:
    """What pydantic complains about, in words: nobody should have to read a pattern."""
    if error["type"] != "string_pattern_mismatch":
        problem = error["msg"].removeprefix("Input ").removeprefix("Value error, ")
        return problem[:1].lower() + problem[1:]
    if not error["input"].strip():
        return "is blank"
    return "holds a NUL character" if "\x00" in error["input"] else "has the wrong form"


class NoParameters(Taken):
    """The query string of a route that takes none."""


class Where(Taken):
    """Which articles may be an answer."""

    section: Names = Field([], description="a section; several mean any of them")
    tag: Names = Field([], description="a tag, with or without #; several mean all of them")

    def filter(self) -> Filter:
        """The domain's condition."""
        return Filter(frozenset(self.section), frozenset(self.tag))
