"""An operation of the API: one declaration, from which its route and its documentation follow.

A handler is a plain function of the service and of what the request asks for::

    @operations.add("GET", "/v1/search", {200: SearchAnswer}, raises=[QueryInvalid])
    def search(service: Service, query: SearchQuery) -> Answer:

Its docstring is its documentation, its name the operationId, and the class of its ``query`` the
list of its parameters.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from flask import Flask, Response, request
from pydantic import BaseModel
from werkzeug.routing import BaseConverter

from newsclip.api.parameters import JSON, Body, Schema, read_body, read_query
from newsclip.api.schemas import NoParameters
from newsclip.api.service import Service
from newsclip.errors import NewsclipError
from newsclip.index.article import ROUTE_ENDINGS

Answer = dict[str, Any] | tuple[dict[str, Any], int] | Response | None
"""JSON with status 200 or the one given, a response as it is, or None for 204."""

Documented = Schema | str | None
"""An answer's schema, its media type where that is not JSON, or None: no body."""

Handler = TypeVar("Handler", bound=Callable[..., Answer])


class IdConverter(BaseConverter):
    """Any text: an id may hold slashes, and whether it is a good one is for the domain to say.

    Only what ends in the name of another route is none, lest that route's 405 become a 422.
    """

    regex = "(?:[^/]+|(?s:.+?)" + "".join(f"(?<!{ending})" for ending in ROUTE_ENDINGS) + ")"
    part_isolating = False


@dataclass(frozen=True)
class Operation:
    """One method on one path. ``path`` writes a parameter as ``{id}``."""

    method: str
    path: str
    tag: str
    handler: Callable[..., Answer]
    query: type[BaseModel]
    body: Body | None
    answers: Mapping[int, Documented]
    raises: Sequence[type[NewsclipError]]

    @property
    def name(self) -> str:
        """The operationId."""
        return self.handler.__name__

    def register(self, app: Flask, service: Service) -> None:
        """Makes the operation a route of ``app``."""

        def view(**asked: Any) -> Response:
            query = read_query(self.query, request)
            if self.query is not NoParameters:
                asked["query"] = query
            if self.body:
                asked["body"] = read_body(self.body, request)
            return _response(self.handler(service, **asked))

        rule = re.sub(r"\{(\w+)\}", _converted, self.path)
        app.add_url_rule(rule, self.name, view, methods=[self.method])


class Operations(list[Operation]):
    """The operations on one subject."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.tag = tag

    def add(
        self,
        method: str,
        path: str,
        answers: Mapping[int, Documented],
        *,
        body: Body | None = None,
        raises: Sequence[type[NewsclipError]] = (),
    ) -> Callable[[Handler], Handler]:
        """Declares the decorated function as the handler of ``method`` on ``path``."""

        def declare(handler: Handler) -> Handler:
            query = get_type_hints(handler).get("query", NoParameters)
            self.append(Operation(method, path, self.tag, handler, query, body, answers, raises))
            return handler

        return declare


def _converted(parameter: re.Match[str]) -> str:
    """An Annif project has no slash in its id, lest routes beneath it be ids."""
    name = parameter[1]
    return f"<string:{name}>" if name == "project_id" else f"<id:{name}>"


def json_response(value: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Response:
    """``value`` as JSON in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, mimetype=JSON)


def _response(answer: Answer) -> Response:
    if answer is None:
        return Response(status=204)
    if isinstance(answer, Response):
        return answer
    return json_response(*answer) if isinstance(answer, tuple) else json_response(answer)
