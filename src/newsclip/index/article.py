"""The article: what a publisher hands in, checked once, at the door."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from dateutil.parser import isoparser
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

MAX_BODY = 10_000_000
MAX_LINKS = 1_000
MAX_LINK = 2_000

Status = Literal["published", "draft", "withdrawn"]

# The words that the API puts behind an id: an id that ends in one would be another article's route.
ROUTE_ENDINGS = ("/similar", "/onward")


_parse_iso = isoparser().isoparse
# "2026-01-08 9:00:00 -0500", as static site generators write it: a blank too many, a zero too few.
_BLANK_BEFORE_ZONE = re.compile(r"(?<=\d) (?=(?:[+-]\d\d:?\d\d|Z)$)")
_SHORT_HOUR = re.compile(r"(?<=[ T])(?=\d:)")


def _reject(problem: str) -> PydanticCustomError:
    return PydanticCustomError("newsclip", "{problem}", {"problem": problem})


def _utc(value: object) -> datetime:
    """Any ISO 8601 form as an instant in UTC; a date without a zone is taken as UTC."""
    if isinstance(value, str):
        try:
            text = _SHORT_HOUR.sub("0", _BLANK_BEFORE_ZONE.sub("", value.strip()))
            value = _parse_iso(text)
        except (ValueError, OverflowError) as error:
            raise _reject("is no ISO 8601 date") from error
    if not isinstance(value, datetime):
        raise _reject("is no ISO 8601 date")
    try:
        # Whole seconds: as text, instants then sort as they follow each other.
        value = value.replace(microsecond=0)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise _reject("lies outside the years 1 to 9999") from error


def _article_id(value: object) -> object:
    """Archives often number their articles; the number's decimal text is the id."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _addressable(text: str) -> str:
    """An id must survive a URL's path as it is."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise _reject("holds a control character")
    if text != text.strip() or text.startswith("/") or text.endswith("/"):
        raise _reject("begins or ends with a blank or a slash")
    if {".", ".."} & set(text.split("/")):
        raise _reject('has a part "." or "..", which web clients drop from a path')
    if text.endswith(ROUTE_ENDINGS):
        raise _reject(f"ends in {' or '.join(ROUTE_ENDINGS)}, which are routes of the API")
    return text


def _without_repeats(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _plain_tags(value: object) -> object:
    """The hash sign is how a page prints a tag, not part of its name; a blank is no tag."""
    if not isinstance(value, list | tuple):
        return value
    plain = [tag.strip().lstrip("#").strip() if isinstance(tag, str) else tag for tag in value]
    return [tag for tag in plain if tag != ""]


def _byline(value: object) -> object:
    """Many archives write the byline as one text: that is one author."""
    return ([value] if value.strip() else []) if isinstance(value, str) else value


def _blank_as_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _reachable(text: str) -> str:
    """A link must say by itself where it leads: an id, or a URL with its host."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise _reject("holds a control character")
    if text != text.strip():
        raise _reject("begins or ends with a blank")
    if text.startswith("/") and not text.startswith("//"):
        raise _reject("is a relative URL, which leads nowhere without its page")
    return text


_Name = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
_Url = Annotated[str, Field(strict=True, min_length=1, max_length=2_000)]
Instant = Annotated[datetime, BeforeValidator(_utc, json_schema_input_type=str)]
_Id = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=512),
    BeforeValidator(_article_id),  # after the bounds, or they would not be those of a text
    AfterValidator(_addressable),
]
_Link = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=MAX_LINK),
    BeforeValidator(_article_id),
    AfterValidator(_reachable),
]
_OptionalName = Annotated[_Name | None, BeforeValidator(_blank_as_none)]
_OptionalUrl = Annotated[_Url | None, BeforeValidator(_blank_as_none)]
_OptionalInstant = Annotated[Instant | None, BeforeValidator(_blank_as_none)]
LanguageCode = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]
_Language = Annotated[LanguageCode | None, BeforeValidator(_blank_as_none)]


class Article(BaseModel):
    """One article of the archive.

    Only ``id`` and one of ``title`` and ``body`` are required. Dates are whole seconds in UTC.
    Fields that are not listed here are ignored; :func:`unknown_fields` names them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: _Id
    url: _OptionalUrl = None
    title: Annotated[str, Field(strict=True, max_length=2_000)] = ""
    summary: Annotated[str, Field(strict=True, max_length=20_000)] = ""
    body: Annotated[str, Field(strict=True, max_length=MAX_BODY)] = ""
    links: Annotated[
        tuple[_Link, ...], Field(max_length=MAX_LINKS), AfterValidator(_without_repeats)
    ] = ()
    section: _OptionalName = None
    tags: Annotated[
        tuple[_Name, ...],
        BeforeValidator(_plain_tags),
        Field(max_length=200),
        AfterValidator(_without_repeats),
    ] = ()
    authors: Annotated[
        tuple[_Name, ...],
        BeforeValidator(_byline),
        Field(max_length=200),
        AfterValidator(_without_repeats),
    ] = ()
    language: _Language = None
    image_url: _OptionalUrl = None
    published_at: _OptionalInstant = None
    updated_at: _OptionalInstant = None
    status: Status = "published"
    expires_at: _OptionalInstant = None

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, raw: Any) -> Any:
        """``null`` means that the field is absent."""
        if isinstance(raw, Mapping):
            return {name: value for name, value in raw.items() if value is not None}
        return raw

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if not (self.title.strip() or self.body.strip()):
            raise _reject("title and body are both missing or blank")
        return self

    def is_visible(self, now: datetime) -> bool:
        """Whether a reader may see it at ``now``: published, past its embargo, not expired."""
        return (
            self.status == "published"
            and (self.published_at is None or self.published_at <= now)
            and (self.expires_at is None or self.expires_at > now)
        )


def format_instant(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, such as ``2026-01-08T00:00:00Z``."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def article_to_dict(article: Article) -> dict[str, Any]:
    """The article as JSON-ready values: dates as text in UTC, tuples as lists."""
    fields = {**vars(article)}  # pydantic's iterator takes 4 us, and an answer shows ten
    for name in ("published_at", "updated_at", "expires_at"):
        fields[name] = format_instant(fields[name])
    return fields | {name: list(fields[name]) for name in ("links", "tags", "authors")}


def content_hash(article: Article) -> bytes:
    """32 bytes (SHA-256) that change when any field does: how an unchanged article is known."""
    fields = article_to_dict(article)
    if not article.links:  # as before there were links, so that they made no article a changed one
        del fields["links"]
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()
