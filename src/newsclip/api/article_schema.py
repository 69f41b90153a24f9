"""The article as the document shows it, made from the domain's own model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newsclip.index.article import MAX_BODY, Article
from newsclip.index.incoming import BODY_HTML

MAX_BATCH = 10_000

_ID = {"type": ["string", "integer"], "description": "a number is read as its digits"}
_DATE_TAKEN = {
    "anyOf": [
        {
            "type": "string",
            "format": "date-time",
            "description": "any ISO 8601 form will do; UTC where it names no zone",
        },
        {"type": "null"},
    ]
}
_DATE_GIVEN = {"type": ["string", "null"], "format": "date-time"}
_BLANK = {"type": "string", "pattern": r"^\s*$"}
SAYS_SOMETHING = r"[^\s\x1c-\x1f\x85]"
"""A sign that is not blank: to Python some separators are, that are not to a schema."""

_EXAMPLE = {
    "title": "Harbour law passes the Assembly",
    "body": "The Assembly passed the harbour law on Thursday.",
    "section": "Politics",
    "tags": ["Harbour", "Assembly"],
    "authors": ["Ada Byron"],
    "published_at": "2026-01-08T18:20:00+01:00",
}


@dataclass(frozen=True)
class NamedSchema:
    """A schema that the document lists under a name and refers to."""

    name: str
    schema: Mapping[str, Any]


def _fields(date: Mapping[str, Any]) -> dict[str, Any]:
    """Each field of an article with its schema."""
    fields = Article.model_json_schema()["properties"]
    kept = {
        name: {key: value for key, value in field.items() if key not in {"title", "default"}}
        for name, field in fields.items()
    }
    return kept | {name: dict(date) for name in kept if name.endswith("_at")}


def _or_null(field: dict[str, Any]) -> dict[str, Any]:
    """`null` means that a field is absent; where it may be absent anyway, so does a blank text."""
    if "null" in field.get("type", ()):
        return field
    if "anyOf" in field:
        return {"anyOf": [*field["anyOf"], _BLANK]}
    return {"anyOf": [field, {"type": "null"}]}


def _has_text(name: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": "string", "pattern": SAYS_SOMETHING}}}


# What the domain reads with a little good will.
_ONE_AUTHOR = {"type": "string", "maxLength": 200, "description": "a byline: one author"}
_TAGS = {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 200}

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_LINK = {
    "type": ["string", "integer"],
    "maxLength": 2_000,
    # No control character, no blank at either end, and no path without its host. The last part is
    # for Python, to which `$` matches before a line's end, too.
    "pattern": rf"^(?:[^\s/{_CONTROL}]|//)(?:[^{_CONTROL}]*[^\s{_CONTROL}])?$(?!\n)",
    "description": "the id of an article, or a whole URL",
    "examples": ["politics/2025/dockers-strike"],
}

_TAKEN = {name: _or_null(field) for name, field in _fields(_DATE_TAKEN).items() if name != "id"}
_TAKEN["authors"]["anyOf"].append(_ONE_AUTHOR)
_TAKEN["tags"] = _or_null(_TAGS)
_TAKEN["links"]["anyOf"][0]["items"] = _LINK
_TAKEN[BODY_HTML] = {
    "type": ["string", "null"],
    "maxLength": MAX_BODY,
    "description": "the body as HTML, in the place of `body`: its text and its links are kept",
}
_GIVEN = _fields(_DATE_GIVEN)

TAKEN = NamedSchema(
    "ArticleInput",
    {
        "description": "An article as it is handed in. A title or a body must say something.",
        "type": "object",
        "properties": _TAKEN,
        "anyOf": [_has_text("title"), _has_text("body")],
        "examples": [_EXAMPLE],
    },
)
GIVEN = NamedSchema(
    "Article",
    {
        "description": "An article as it is read back: every field, in one form.",
        "type": "object",
        "properties": _GIVEN,
        "required": list(_GIVEN),
        "additionalProperties": False,
    },
)
_WITH_ID = {"required": ["id"], "properties": {"id": _ID}}
BATCH = NamedSchema(
    "Batch",
    {
        "description": "Articles with their ids. Each is checked by itself: one that breaks a rule"
        " is reported in the answer, and does not keep the others out.",
        "type": "array",
        "maxItems": MAX_BATCH,
        "items": {"anyOf": [{"allOf": [dict(TAKEN.schema), _WITH_ID]}, {}]},
        "examples": [[{"id": "politics/2026/harbour-law"} | _EXAMPLE]],
    },
)
