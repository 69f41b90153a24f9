"""A test client that holds every answer against the service's own OpenAPI document."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

PROBLEM = "application/problem+json"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class CheckedClient(FlaskClient):
    """Fails on an answer that the document does not foresee; pages are not in it."""

    application: Flask

    @cached_property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.application.extensions["newsclip"].document
        return document

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        self._check(response)
        return response

    def _check(self, response: TestResponse) -> None:
        request = response.request
        assert response.headers["X-Request-Id"]
        if request.method in {"HEAD", "OPTIONS"}:
            return
        operation = self._operation(request.path, request.method)
        if operation is None:
            if response.mimetype != "text/html":
                assert response.status_code in {400, 404, 405}
                self._check_problem(response)
            return
        documented = self._resolve(operation["responses"].get(str(response.status_code)))
        assert documented, f"{request.method} {request.path}: {response.status} is not documented"
        self._check_body(response, documented)

    def _operation(self, path: str, method: str) -> dict[str, Any] | None:
        """The operation that answers; a more literal path goes before one that takes any id."""
        for template in sorted(self.document["paths"], key=lambda name: name.endswith("}")):
            pattern = re.sub(r"\\{\w+\\}", "(?:[^/]+|.+(?<!/similar))", re.escape(template))
            found = self.document["paths"][template].get(method.lower())
            if found and re.fullmatch(pattern, path, re.DOTALL):
                operation: dict[str, Any] = found
                return operation
        return None

    def _resolve(self, answer: dict[str, Any] | None) -> dict[str, Any] | None:
        name = (answer or {}).get("$ref", "").rpartition("/")[2]
        return self.document["components"]["responses"][name] if name else answer

    def _check_body(self, response: TestResponse, documented: dict[str, Any]) -> None:
        content = documented.get("content", {})
        if not content:
            assert response.data == b""
            return
        assert response.mimetype in content
        schema = content[response.mimetype]["schema"]
        if response.mimetype.endswith("json"):
            self._validate(response.get_json(), schema)
        if response.status_code == 503:
            assert response.headers["Retry-After"].isdigit()
        if response.status_code >= 400:
            self._check_problem(response)

    def _check_problem(self, response: TestResponse) -> None:
        assert response.mimetype == PROBLEM
        problem = response.get_json()
        self._validate(problem, {"$ref": "#/components/schemas/Problem"})
        assert problem["status"] == response.status_code
        assert problem["type"].endswith(problem["code"])
        assert problem["detail"]
        assert response.headers["Cache-Control"] == "no-store"

    def _validate(self, value: Any, schema: dict[str, Any]) -> None:
        whole = {"components": self.document["components"]} | schema
        Draft202012Validator(whole).validate(value)
        if "openapi" in value:
            return  # its examples hold what is handed in
        for name, text in _strings(value):
            if name.endswith(("_at", "oldest", "newest")):
                assert DATE.fullmatch(text), name


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each text in a JSON value, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, name)
