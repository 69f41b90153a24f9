"""Errors as `application/problem+json` (RFC 9457): one table, one shape.

A client's own fault is answered with what is wrong and what to do about it. Of a fault on our
side (5xx) only the table's words go out: paths and stack traces are for the log.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from newsclip.errors import (
    ArticleInvalid,
    ArticleNotFound,
    EncoderError,
    FeedbackNotFound,
    InputInvalid,
    NewsclipError,
    ProjectUnknown,
    QueryInvalid,
    RuleInvalid,
    RuleNotFound,
    SettingInvalid,
    SourceUnreadable,
    StoreBusy,
    StoreError,
    UrlUnknown,
)

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5
_SHOWN_CHARACTERS = 100
_SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its status, its stable code, and its title for people."""

    status: int
    code: str
    title: str


MALFORMED = Kind(400, "malformed-body", "The request body is malformed")
NOT_UTF8 = Kind(400, "not-utf-8", "The address is not UTF-8")
ROUTE_UNKNOWN = Kind(404, "route-unknown", "There is nothing at this address")
METHOD_REFUSED = Kind(405, "method-not-allowed", "This address does not take that method")
TOO_LARGE = Kind(413, "body-too-large", "The request body is too large")
MEDIA_TYPE = Kind(415, "unsupported-media-type", "The request body is of another type")
REQUEST_INVALID = Kind(422, "request-invalid", "The request breaks a rule")
ARTICLE_INVALID = Kind(422, "article-invalid", "The article breaks a rule")
ARTICLE_NOT_FOUND = Kind(404, "article-not-found", "There is no such article")
URL_UNKNOWN = Kind(404, "url-unknown", "No article has this URL")
RULE_NOT_FOUND = Kind(404, "rule-not-found", "There is no such rule")
PROJECT_UNKNOWN = Kind(404, "project-unknown", "There is no such project")
FEEDBACK_NOT_FOUND = Kind(404, "feedback-not-found", "There is no such feedback")
INTERNAL = Kind(500, "internal-error", "Newsclip failed on this request")
RECEIVING = Kind(503, "bodies-waiting", "Too many request bodies are being received")
STARTING = Kind(503, "starting", "The archive is still being loaded")
STORE_BUSY = Kind(503, "store-busy", "Another process is importing into the archive")
STORE_UNAVAILABLE = Kind(503, "store-unavailable", "The archive cannot be used just now")
ENCODER_UNAVAILABLE = Kind(503, "encoder-unavailable", "The encoder cannot be used just now")

# A class that is not listed is answered as its nearest listed parent.
KIND_OF_ERROR: Mapping[type[NewsclipError], Kind] = {
    NewsclipError: INTERNAL,
    InputInvalid: REQUEST_INVALID,
    ArticleInvalid: ARTICLE_INVALID,
    QueryInvalid: REQUEST_INVALID,
    RuleInvalid: REQUEST_INVALID,
    SettingInvalid: INTERNAL,
    SourceUnreadable: MALFORMED,
    ArticleNotFound: ARTICLE_NOT_FOUND,
    UrlUnknown: URL_UNKNOWN,
    RuleNotFound: RULE_NOT_FOUND,
    ProjectUnknown: PROJECT_UNKNOWN,
    FeedbackNotFound: FEEDBACK_NOT_FOUND,
    StoreError: STORE_UNAVAILABLE,
    StoreBusy: STORE_BUSY,
    EncoderError: ENCODER_UNAVAILABLE,
}
# What Flask raises by itself, in our words.
_REFUSAL_OF_STATUS = {
    404: (ROUTE_UNKNOWN, "There is no route here; /openapi.json lists them all."),
    405: (METHOD_REFUSED, "The header Allow names the methods that there are."),
    413: (TOO_LARGE, "Send less at once."),
}


@dataclass(frozen=True)
class Fault:
    """One value that breaks a rule: which, what is wrong with it, and what to do about it."""

    field: str
    value: object
    problem: str
    remedy: str

    def to_dict(self) -> dict[str, Any]:
        """The fault as JSON, with the value cut to a length that fits into a log line."""
        return {
            "field": cut(self.field),
            "value": _echo(self.value),
            "problem": self.problem,
            "remedy": self.remedy,
        }


class Refusal(Exception):
    """A request that is not answered as asked: the kind of problem, and whatever is known of it."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}

    @property
    def is_ours(self) -> bool:
        """Whether the service, and not the client, has to mend something."""
        return self.kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def public_detail(self) -> str:
        """What the client is told: of our own faults the title and where to look, no more."""
        if self.is_ours:
            return f"{self.kind.title}. The log says more under this answer's X-Request-Id."
        return self.detail


def cut(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def _echo(value: object) -> str | int | float | bool | None:
    """A value as the answer repeats it: a short scalar as it is, all else as cut text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and abs(value) < 2**53:
        return value
    text = value if isinstance(value, str) else repr(value)
    return cut(text.encode("utf-8", "backslashreplace").decode())


def fault_of(error: NewsclipError) -> Fault | None:
    """The value that ``error`` complains about, if it is about one."""
    if isinstance(error, InputInvalid):
        return Fault(error.field, error.value, error.problem, error.remedy)
    if isinstance(error, ArticleNotFound):
        return Fault("id", error.article_id, "is the id of no article", error.remedy)
    if isinstance(error, UrlUnknown):
        return Fault("url", error.url, "is the URL of no article", error.remedy)
    if isinstance(error, RuleNotFound):
        return Fault("id", error.rule_id, "is the id of no rule", error.remedy)
    if isinstance(error, ProjectUnknown):
        return Fault("project_id", error.project_id, "is the id of no project", error.remedy)
    if isinstance(error, FeedbackNotFound):
        return Fault("number", error.number, "is the number of no feedback", error.remedy)
    return None


def kind_of(error: type[NewsclipError]) -> Kind:
    """The kind that the table gives to the class ``error``, or to its nearest parent."""
    return next(KIND_OF_ERROR[cls] for cls in error.__mro__ if cls in KIND_OF_ERROR)


def refusal_of(error: Exception) -> Refusal:
    """What to answer to any exception."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, NewsclipError):
        kind, fault = kind_of(type(error)), fault_of(error)
        detail = ": ".join(filter(None, [error.message, error.remedy]))
        return Refusal(kind, detail, [fault] if fault else [])
    if isinstance(error, HTTPException):
        return _refusal_of_http(error)
    return Refusal(INTERNAL, "")


def _refusal_of_http(error: HTTPException) -> Refusal:
    """What Flask itself raises: unknown routes, wrong methods, large forms."""
    status = error.code or 500
    title = HTTPStatus(status).phrase
    other = Kind(status, title.lower().replace(" ", "-"), title)
    kind, detail = _REFUSAL_OF_STATUS.get(status, (other, error.description or title))
    kept = {name: value for name, value in error.get_headers() if name == "Allow"}
    return Refusal(kind, detail, headers=kept)


def problem(refusal: Refusal) -> Response:
    """The answer to a refused request."""
    kind = refusal.kind
    document = {
        "type": f"urn:newsclip:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": refusal.public_detail,
        "errors": [fault.to_dict() for fault in refusal.faults[:_SHOWN_FAULTS]],
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    answer = Response(text, kind.status, refusal.headers, PROBLEM_JSON)
    answer.headers["Cache-Control"] = "no-store"
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer
