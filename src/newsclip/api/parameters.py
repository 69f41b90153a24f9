"""Reading what a request asks for: its path, its query string and its body, each strictly.

Whatever would be guessed at or silently dropped is refused here instead: names that no route
knows, one-valued parameters given twice, bytes that are not UTF-8, JSON that does not parse.
"""

import difflib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast, get_args, get_origin
from urllib.parse import parse_qsl

from flask import Request
from pydantic import BaseModel, RootModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, from_json
from werkzeug.exceptions import RequestEntityTooLarge

from newsclip.api.article_schema import NamedSchema
from newsclip.api.problems import (
    MALFORMED,
    MEDIA_TYPE,
    NOT_UTF8,
    RECEIVING,
    REQUEST_INVALID,
    TOO_LARGE,
    Fault,
    Kind,
    Refusal,
    cut,
)
from newsclip.api.schemas import problem_of

BODIES_AT_ONCE = 3
"""Bodies that a worker receives at a time. It has one thread more, for all that has none.

Who begins to send and then stalls holds a thread for as long as the connection lives.
"""

_SECONDS_FOR_ITS_TURN = 0.25
_receiving = threading.BoundedSemaphore(BODIES_AT_ONCE)

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NDJSON = "application/x-ndjson"

Schema = type[BaseModel] | NamedSchema | Mapping[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Body:
    """What a route takes as its body: a schema for each media type, and how it is read.

    ``read(data, media_type)`` returns what the handler gets, or raises Refusal.
    """

    content: Mapping[str, Schema]
    read: Callable[[bytes, str], Any]


def model_body(model: type[BaseModel]) -> Body:
    """A JSON body that is checked against ``model``, types included."""
    return Body({JSON: model}, lambda data, _: _validated(model, parse_json(data), strict=True))


def form_body(model: type[BaseModel]) -> Body:
    """A body of form fields that is checked against ``model``, as a query string is."""
    return Body({FORM: model}, lambda data, _: _read_pairs(model, data, MALFORMED, "form"))


def check_address(environ: Mapping[str, Any]) -> None:
    """Raises Refusal unless the path is UTF-8 once its percent signs are decoded.

    Flask would put replacement characters for what is not, and so address another article.
    """
    try:
        environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeDecodeError:
        raise Refusal(NOT_UTF8, "Percent-encode the path as UTF-8, such as %C3%A9 for é.") from None


def read_query(model: type[Model], request: Request) -> Model:
    """The query string as a ``model``; raises Refusal with all that is wrong with it."""
    return _read_pairs(model, request.query_string, NOT_UTF8, "query string")


def _read_pairs(model: type[Model], data: bytes, wrong: Kind, what: str) -> Model:
    given: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(data.decode(), keep_blank_values=True, errors="strict"):
            given.setdefault(name, []).append(value)
    except UnicodeDecodeError:
        advice = f"Percent-encode the {what} as UTF-8, such as %C3%A9 for é."
        raise Refusal(wrong, advice) from None
    repeatable = _repeatable(model)
    faults = [
        Fault(name, ", ".join(values), "is given more than once", "give it once")
        for name, values in given.items()
        if len(values) > 1 and name not in repeatable and name in _fields(model)
    ]
    if faults:
        raise _invalid(faults)
    return _validated(model, {name: v if name in repeatable else v[0] for name, v in given.items()})


def read_body(body: Body, request: Request) -> Any:
    """What the handler gets as its body. Raises Refusal."""
    if request.mimetype not in body.content:
        kinds = " or ".join(body.content)
        raise Refusal(
            MEDIA_TYPE, f"Send the body as {kinds}, got {cut(request.mimetype) or 'no type'!r}."
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refusal(MEDIA_TYPE, "Send the body without compression.")
    return body.read(_read_all(request), request.mimetype)


def _read_all(request: Request) -> bytes:
    if not _receiving.acquire(timeout=_SECONDS_FOR_ITS_TURN):
        raise Refusal(RECEIVING, "Others are still sending theirs; try again in a moment.")
    try:
        return _received(request)
    finally:
        _receiving.release()


def _received(request: Request) -> bytes:
    try:
        data = request.get_data(cache=False)
        # A body without a length is cut at the limit; only the next read says so.
        request.stream.read(1)
    except RequestEntityTooLarge:
        detail = f"A body may have {request.max_content_length:,} bytes; send several smaller ones."
        raise Refusal(TOO_LARGE, detail) from None
    expected = len(data) if request.content_length is None else request.content_length
    if len(data) != expected:  # the connection broke; granian ends the body as if it were whole
        detail = f"The body broke off after {len(data):,} of {expected:,} bytes; send it again."
        raise Refusal(MALFORMED, detail)
    return data


def parse_json(data: bytes) -> Any:
    """The JSON value in ``data``: UTF-8, no NaN, no lone surrogates, not nested without end.

    Raises Refusal that says where it stops being JSON.
    """
    try:
        return from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise Refusal(MALFORMED, f"The request body is malformed JSON: {error}.") from None


def _validated(model: type[Model], values: Any, strict: bool = False) -> Model:
    try:
        return model.model_validate(values, strict=strict)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        raise _invalid([_fault(model, detail) for detail in details]) from None


def _invalid(faults: list[Fault]) -> Refusal:
    first = faults[0]
    return Refusal(REQUEST_INVALID, f"{cut(first.field)} {first.problem}: {first.remedy}.", faults)


def _fault(model: type[BaseModel], error: ErrorDetails) -> Fault:
    """One of pydantic's complaints in the words of this API."""
    path = [str(part) for part in error["loc"]]
    field = ".".join(path) or "body"
    if error["type"] == "extra_forbidden":
        known = set(_fields(_model_at(model, path[:-1])))
        return Fault(field, error["input"], "is unknown here", _nearest(path[-1], known))
    remedy = _remedy(model, path)
    if error["type"] == "missing":
        return Fault(field, None, "is missing", remedy)
    return Fault(field, error["input"], problem_of(error), remedy)


def _nearest(name: str, known: set[str]) -> str:
    """What to do about an unknown name: the one that was probably meant, or the choice."""
    close = difflib.get_close_matches(name[:100], known, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"use only {', '.join(sorted(known))}" if known else "give no parameter"


def _remedy(model: type[BaseModel], path: list[str]) -> str:
    """Each field's description completes "give"."""
    field = _fields(model).get(path[0]) if path else None
    return f"give {field.description}" if field else "give a JSON object with the documented fields"


def _model_at(model: type[BaseModel], path: list[str]) -> type[BaseModel]:
    """The model of the object at ``path`` inside a body of ``model``; lists hold one kind each."""
    for name in ["root"] * issubclass(model, RootModel) + path:
        if not name.isdecimal():  # else a place in a list
            annotation = _fields(model)[name].annotation
            model = cast(type[BaseModel], (*get_args(annotation), annotation)[0])
    return model


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of ``model`` by the names that clients give them."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _repeatable(model: type[BaseModel]) -> set[str]:
    return {name for name, field in _fields(model).items() if get_origin(field.annotation) is list}
