"""The OpenAPI 3.1 document, made from the operations themselves.

Pydantic writes the schemas; what is left is to put them in their places.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from newsclip import __version__
from newsclip.api.answers.problems import Problem
from newsclip.api.article_schema import NamedSchema
from newsclip.api.operations import Documented, Operation
from newsclip.api.parameters import JSON, Body, Schema
from newsclip.api.problems import PROBLEM_JSON, RETRY_SECONDS, kind_of
from newsclip.index.rules import RULE_ID

_REF = "#/components/schemas/{model}"

_DESCRIPTION = """\
Related articles, archive search and tag suggestions for one publisher's archive.

Ids stand percent-encoded in paths; they may hold slashes (`politics%2F2026%2Fharbour-law`).
Unknown parameters are refused. Errors are `application/problem+json` with a stable `code`;
`errors` names each value that breaks a rule, and what to do about it.
"""

_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "the article's id, percent-encoded",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        # The rules of `newsclip.index.article`: no blank or slash at either end, no part "." or
        # "..", not the name of another route at the end, no control characters.
        "pattern": r"^(?![\s/])(?!(.*/)?\.\.?(/|$))(?!.*[\s/]$)(?!.*/(similar|onward)$)"
        r"[^\x00-\x1f\x7f-\x9f]+$",
        "examples": ["politics/2026/harbour-law"],
    },
}
_RULE = {
    "name": "rule",
    "in": "path",
    "required": True,
    "description": "the rule's id, chosen by the client",
    "schema": {"type": "string", "pattern": RULE_ID, "examples": ["front-page-background"]},
}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "description": "the number that the feedback was answered with",
    "schema": {"type": "integer", "minimum": 1, "examples": [7]},
}
_PROJECT = {
    "name": "project_id",
    "in": "path",
    "required": True,
    "description": "the id of the project: newsclip",
    "schema": {"type": "string", "examples": ["newsclip"]},
}
_IN_PATH = {"{id}": _ID, "{rule}": _RULE, "{number}": _NUMBER, "{project_id}": _PROJECT}

_HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "description": "names this request in the service's log",
        "schema": {"type": "string"},
    }
}
_RETRY_AFTER = {
    "description": f"seconds to wait, {RETRY_SECONDS} as a rule",
    "schema": {"type": "integer"},
}

# What can become of any request: bytes that are not UTF-8, an unknown parameter, a fault of ours.
_ALWAYS = frozenset({400, 422, 500, 503})
_WITH_BODY = frozenset({413, 415})


class _Schemas(GenerateJsonSchema):
    """Without pydantic's titles, which only repeat each field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The document of ``operations``, as JSON-ready values."""
    operations = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Newsclip", "version": __version__, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(entry.tag for entry in operations)],
        "paths": paths,
        "components": {
            "schemas": _component_schemas(operations),
            "responses": {str(status): _problem(status) for status in _statuses(operations)},
            "headers": _HEADERS,
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    summary, _, description = (operation.handler.__doc__ or "").partition("\n\n")
    entry: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": summary.strip(),
        "description": " ".join(description.split()),
        "parameters": [_IN_PATH[part] for part in operation.path.split("/") if part in _IN_PATH]
        + _parameters(operation.query),
        "responses": {
            str(status): _answer(status, schema) for status, schema in operation.answers.items()
        }
        | {
            str(status): {"$ref": f"#/components/responses/{status}"}
            for status in sorted(_problem_statuses(operation))
        },
    }
    if operation.body:
        entry["requestBody"] = _request_body(operation.body)
    return entry


def _problem_statuses(operation: Operation) -> frozenset[int]:
    statuses = _ALWAYS | {kind_of(error).status for error in operation.raises}
    return statuses | _WITH_BODY if operation.body else statuses


def _statuses(operations: Iterable[Operation]) -> list[int]:
    return sorted(frozenset[int]().union(*map(_problem_statuses, operations)))


def _parameters(query: type[BaseModel]) -> list[dict[str, Any]]:
    schema = query.model_json_schema(schema_generator=_Schemas)
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": field.pop("description"),
            "schema": _without_null(field),
        }
        for name, field in schema.get("properties", {}).items()
    ]
    return sorted(parameters, key=lambda parameter: not parameter["required"])


def _without_null(field: Mapping[str, Any]) -> dict[str, Any]:
    """A query string knows no null: a parameter that may be absent is simply not required."""
    kept = dict(field)
    if kept.get("default", ...) is None:
        del kept["default"]
        options = [option for option in kept.pop("anyOf") if option != {"type": "null"}]
        kept |= {"anyOf": options} if len(options) > 1 else options[0]
    return kept


def _request_body(body: Body) -> dict[str, Any]:
    content = {kind: {"schema": _schema(schema)} for kind, schema in body.content.items()}
    return {"required": True, "content": content}


def _answer(status: int, documented: Documented) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS},
    }
    if isinstance(documented, str):
        answer["content"] = {documented: {"schema": {"type": "string"}}}
    elif documented is not None:
        answer["content"] = {JSON: {"schema": _schema(documented)}}
    return answer


def _problem(status: int) -> dict[str, Any]:
    answer = _answer(status, None) | {"content": {PROBLEM_JSON: {"schema": _schema(Problem)}}}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["headers"] = answer["headers"] | {"Retry-After": _RETRY_AFTER}
    return answer


def _schema(schema: Schema) -> Mapping[str, Any]:
    """What has a name by reference, any other schema as it is."""
    if isinstance(schema, Mapping):
        return schema
    name = schema.name if isinstance(schema, NamedSchema) else schema.__name__
    return {"$ref": _REF.format(model=name)}


def _component_schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    """All that has a name, by its name."""
    taken = [schema for entry in operations if entry.body for schema in entry.body.content.values()]
    given = [Problem, *(schema for entry in operations for schema in entry.answers.values())]
    named = [schema for schema in (*taken, *given) if isinstance(schema, NamedSchema)]
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    models |= {(model, "validation"): None for model in taken if isinstance(model, type)}
    models |= {(model, "serialization"): None for model in given if isinstance(model, type)}
    _, written = models_json_schema(list(models), ref_template=_REF, schema_generator=_Schemas)
    components: dict[str, Any] = written["$defs"]
    return components | {schema.name: schema.schema for schema in named}
