"""What all answers have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

_MOMENT = {"type": "string", "format": "date-time", "examples": ["2026-01-08T00:00:00Z"]}
Moment = Annotated[str, WithJsonSchema(_MOMENT)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class Given(BaseModel):
    """The base of all that routes answer: every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid")
