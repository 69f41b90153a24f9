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
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from newsclip.errors import ArticleInvalid
from newsclip.index.markup import is_html, text_and_links

BODY_HTML = "body_html"
"""The field that a body may be handed in by as HTML; an article only keeps its text and links."""

MAX_BODY = 10_000_000
_MAX_LINKS = 1_000
_MAX_LINK = 2_000

RECIPE = "title+summary+body/1"
"""Names the text that gets embedded; a changed recipe makes stored embeddings incomparable."""

Status = Literal["published", "draft", "withdrawn"]

# The words that the API puts behind an id: an id that ends in one would be another article's route.
ROUTE_ENDINGS = ("/similar", "/onward")

_REMEDIES = {
    "id": 'give each article a short text that names it alone, such as "politics/2026/harbour-law"',
    "tags": 'write tags as a list of texts, such as ["Economy", "USRelations"]',
    "authors": 'write authors as a list of texts, such as ["Ada Byron"]',
    "status": 'use "published", "draft" or "withdrawn"',
    "language": 'use a language code such as "en" or "pt-BR"',
    "title": "give the article a title or a body as text",
    "url": "write the URL as text, or leave it out",
    "links": 'write links as a list of ids and whole URLs, such as ["n-17", "https://…/harbour"]',
}
_DATE_REMEDY = "write the date in ISO 8601, such as 2026-01-08 or 2026-01-08T18:20:00+01:00"
_FIELD_REMEDY = "write it as text within the limit, or leave the field out"

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
    Field(strict=True, min_length=1, max_length=_MAX_LINK),
    BeforeValidator(_article_id),
    AfterValidator(_reachable),
]
_OptionalName = Annotated[_Name | None, BeforeValidator(_blank_as_none)]
_OptionalUrl = Annotated[_Url | None, BeforeValidator(_blank_as_none)]
_Language = Annotated[
    Annotated[str, Field(strict=True, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None,
    BeforeValidator(_blank_as_none),
]


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
        tuple[_Link, ...], Field(max_length=_MAX_LINKS), AfterValidator(_without_repeats)
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
    published_at: Instant | None = None
    updated_at: Instant | None = None
    status: Status = "published"
    expires_at: Instant | None = None

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


def parse_article(raw: object) -> Article:
    """The article that ``raw``, a parsed JSON value, describes; HTML of its body is reduced.

    Raises ArticleInvalid, which names the first field that breaks a rule.
    """
    if not isinstance(raw, Mapping):
        raise ArticleInvalid("article", raw, 'write {"id": …, "title": …}', "is no JSON object")
    try:
        return Article.model_validate(_with_plain_body(raw))
    except ValidationError as error:
        raise _article_invalid(error.errors(include_url=False)[0], raw) from None


def _with_plain_body(raw: Mapping[str, object]) -> Mapping[str, object]:
    """The fields with the body's HTML, wherever it is, as text and links."""
    field, html = BODY_HTML, _blank_as_none(raw.get(BODY_HTML))
    if html is None:
        field, html = "body", raw.get("body")
        if not (isinstance(html, str) and is_html(html)):
            return raw
    if not isinstance(html, str) or len(html) > MAX_BODY:
        problem = f"is no text of at most {MAX_BODY:,} characters"
        raise ArticleInvalid(field, html, "write the body's HTML as text", problem)
    return {**raw, **_reduced(field, html, raw)}


def _reduced(field: str, html: str, raw: Mapping[str, object]) -> dict[str, object]:
    url, given = raw.get("url"), raw.get("links")
    try:
        text, found = text_and_links(html, url if isinstance(url, str) else None)
    except ValueError as error:
        raise ArticleInvalid(
            field, html, "close the elements, or hand in text", str(error)
        ) from None
    if given is None:
        given = []
    if isinstance(given, list | tuple):  # else it is refused as it is
        known = [link for link in found if len(link) <= _MAX_LINK and link not in given]
        given = [*given, *known[: max(0, _MAX_LINKS - len(given))]]
    return {"body": text, "links": given}


def _article_invalid(error: ErrorDetails, raw: Mapping[str, object]) -> ArticleInvalid:
    path = [str(part) for part in error["loc"] if not str(part).startswith("function-")]
    field = ".".join(path) or "title"
    name = path[0] if path else "title"
    remedy = _REMEDIES.get(name, _DATE_REMEDY if name.endswith("_at") else _FIELD_REMEDY)
    if error["type"] == "missing":
        return ArticleInvalid(field, None, remedy, "is missing")
    value = error["input"] if path else raw.get("title")
    problem = (error["msg"][0].lower() + error["msg"][1:]).replace("tuple", "list")
    return ArticleInvalid(field, value, remedy, problem)


_TAKEN = frozenset({*Article.model_fields, BODY_HTML})


def unknown_fields(raw: object) -> tuple[str, ...]:
    """The names in ``raw`` that no field of an article has, and that are therefore ignored."""
    if not isinstance(raw, Mapping):
        return ()
    return tuple(str(name) for name in raw if name not in _TAKEN)


def format_instant(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, such as ``2026-01-08T00:00:00Z``."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def article_to_dict(article: Article) -> dict[str, Any]:
    """The article as JSON-ready values: dates as text in UTC, tuples as lists."""
    fields: dict[str, Any] = dict(article)
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


def embedding_text(article: Article) -> str:
    """The text that stands for the article in the semantic index (see ``RECIPE``)."""
    return recipe_text(article.title, article.summary, article.body)


def recipe_text(title: str, summary: str, body: str) -> str:
    """``RECIPE`` over the parts of an article or of a draft; blank parts leave no trace."""
    return "\n".join(part for part in (title, summary, body) if part.strip())
