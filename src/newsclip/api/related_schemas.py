"""What the routes of related articles take: the source, the slots, and how articles are chosen."""

from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict, JsonValue

from newsclip.api.draft_schemas import DRAFT, DraftBody
from newsclip.api.schemas import (
    MAX_LIMIT,
    From,
    Limit,
    Name,
    Names,
    Score,
    Taken,
    Url,
    Where,
    truth,
)
from newsclip.recommender.choice import Languages
from newsclip.recommender.onward import SLOT_NAMES, SlotName
from newsclip.recommender.recency import Time

MAX_SEEDS = 50

_MOST_SLOTS = 8
_SLOT = f"({'|'.join(SLOT_NAMES)})"
_SLOTS_PATTERN = f"^{_SLOT}(,{_SLOT}){{0,{_MOST_SLOTS - 1}}}$"


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
    explain: Annotated[bool, BeforeValidator(truth)] = Field(
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


_NO_LIST: JsonDict = {"maxItems": 0}
_NO_TEXT: JsonDict = {"enum": [None, ""]}
_NO_NAME: JsonDict = {"enum": [None]}
_DRAFT_OR_ARTICLES: JsonDict = {
    "anyOf": [
        {
            "properties": {"like": _NO_LIST, "unlike": _NO_LIST},
            "anyOf": DRAFT["anyOf"],
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
                "published_at": _NO_NAME,
            },
        },
    ],
    "examples": [
        *cast(list[JsonValue], DRAFT["examples"]),
        {"like": [{"id": "politics/2026/harbour law", "weight": 2}], "unlike": ["life/sourdough"]},
    ],
}


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
    published_at: From | None = Field(
        None, description="when the draft is to appear, in ISO 8601; now if it is not given"
    )
    section: Name | None = Field(None, description="the section that it is meant for")
    where: Where = Field(Where(), description="an object with a list of section, of tag, or both")

    @property
    def is_draft(self) -> bool:
        """Whether it says something of a draft."""
        texts = (self.title, self.summary, self.body, self.section, self.language)
        return any((*texts, self.tags, self.published_at))
