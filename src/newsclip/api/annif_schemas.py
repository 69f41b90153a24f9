"""What Annif's routes take and answer: names and shapes are those of its REST API, version 1."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    model_validator,
)
from pydantic.config import JsonDict

from newsclip.api.answers.given import Count, Given, Moment, Share
from newsclip.api.schemas import Name, Score, Taken, whole_number

MOST_DOCUMENTS = 32
_MOST_TO_LEARN = 1_000
_METADATA = "metadata_"
_MOST = 2**31 - 1

_Limit = Annotated[int, Field(ge=0, le=_MOST), BeforeValidator(whole_number)]
_LIMIT = Field(10, description="the number of tags, 0 or more")
_THRESHOLD = Field(0.0, description="the least score of a tag, 0 to 1")
_LANGUAGE = Field(None, description='the language of labels and text, such as "en"')
_EXAMPLE = "The harbour strike is over. The Assembly wants a law for the port."
_BATCH: JsonDict = {"examples": [{"documents": [{"text": _EXAMPLE, "document_id": "draft-7"}]}]}
_LEARNED: JsonDict = {
    "examples": [
        [{"text": _EXAMPLE, "subjects": [{"uri": "urn:newsclip:tag:Harbour", "label": "Harbour"}]}]
    ]
}


class AnnifForm(BaseModel):
    """One text; fields that begin with ``metadata_`` may stand beside it."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        json_schema_extra={
            "additionalProperties": False,
            "patternProperties": {f"^{_METADATA}": {"type": "string"}},
            "examples": [{"text": _EXAMPLE, "limit": 5, "metadata_title": "Dockers vote"}],
        },
    )

    text: str = Field(description="the text as a form field")
    limit: _Limit = _LIMIT
    threshold: Score = _THRESHOLD
    language: Name | None = _LANGUAGE

    @model_validator(mode="before")
    @classmethod
    def _only_metadata(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Of unknown fields only metadata: a misspelled one would change nothing, in silence."""
        for name in values.keys() - cls.model_fields.keys():
            if not name.startswith(_METADATA):
                raise ValueError(f"has a field {name!r} that is unknown here")
        return values

    @property
    def title(self) -> str:
        """The title, if the metadata have one."""
        return str((self.model_extra or {}).get(f"{_METADATA}title", ""))


class AnnifQuery(Taken):
    """How tags are chosen for each document of several."""

    limit: _Limit = _LIMIT
    threshold: Score = _THRESHOLD
    language: Name | None = _LANGUAGE


class AnnifDocument(Taken):
    """One text of several."""

    text: str = Field(description="the text")
    document_id: str | None = Field(None, description="a name for the document; it is told back")
    metadata: dict[str, str] = Field({}, description="an object of texts; title is read as one")


class AnnifDocuments(Taken):
    """Several texts."""

    model_config = ConfigDict(json_schema_extra=_BATCH)

    documents: Annotated[list[AnnifDocument], Field(max_length=MOST_DOCUMENTS)] = Field(
        description=f"a list of documents, {MOST_DOCUMENTS} at most"
    )


class AnnifSubject(Taken):
    """A tag, by its URI or its label."""

    uri: str | None = Field(None, description="the URI of a tag")
    label: str | None = Field(None, description="the label of a tag")


class AnnifIndexed(Taken):
    """A text with the tags that it has."""

    text: str = Field("", description="the text")
    metadata: dict[str, str] = Field({}, description="an object of texts; title is read as one")
    subjects: Annotated[list[AnnifSubject], Field(max_length=200)] = Field(
        [], description="a list of the tags that it has"
    )


class AnnifIndexedList(RootModel[Annotated[list[AnnifIndexed], Field(max_length=_MOST_TO_LEARN)]]):
    """Texts with their tags."""

    model_config = ConfigDict(json_schema_extra=_LEARNED)


class AnnifBackend(Given):
    """What makes the suggestions."""

    backend_id: str


class AnnifVocabulary(Given):
    """The vocabulary of a project."""

    vocab_id: str
    languages: list[str]
    size: Count
    loaded: bool


class AnnifProject(Given):
    """The archive as a project."""

    project_id: str
    name: str
    language: str = Field(description="that of most articles; und if they do not say")
    backend: AnnifBackend
    vocab: AnnifVocabulary
    vocab_language: str
    is_trained: bool = Field(description="whether there is a tag to suggest")
    modification_time: Moment | None = Field(description="when the tagger was learned")


class AnnifProjects(Given):
    """All projects: one."""

    projects: list[AnnifProject]


class AnnifSuggestion(Given):
    """A tag that fits."""

    uri: str
    label: str
    notation: None
    score: Share


class AnnifSuggestions(Given):
    """Tags that fit, best first."""

    results: list[AnnifSuggestion]


class AnnifBatchItem(AnnifSuggestions):
    """Tags that fit one document of several."""

    document_id: str | None


class AnnifBatch(RootModel[list[AnnifBatchItem]]):
    """The answer for each document, in their order."""
