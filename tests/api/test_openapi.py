import re
from typing import Any

import pytest
from flask import Flask

from newsclip.api.openapi import document
from newsclip.api.routes import OPERATIONS

from .checked_client import CheckedClient

DOCUMENT = document(OPERATIONS)
ENTRIES = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_document_is_served_as_it_is_made(shared: CheckedClient) -> None:
    assert shared.get("/openapi.json").json == DOCUMENT
    assert "securitySchemes" not in DOCUMENT["components"]


def test_every_route_is_documented_and_every_documented_path_is_a_route(
    shared: CheckedClient,
) -> None:
    app: Flask = shared.application
    routes = {
        (method.lower(), re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith("pages.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(method, path) for method, path, _ in ENTRIES}


@pytest.mark.parametrize(("method", "path", "operation"), ENTRIES)
def test_an_operation_says_what_it_does_takes_and_answers(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert re.fullmatch(r"[a-z_]+", operation["operationId"])
    assert operation["summary"].endswith(".")
    assert "\n" not in operation["summary"]
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    assert all(parameter["description"] for parameter in operation["parameters"])
    assert {"400", "422", "500", "503"} < set(operation["responses"])
    assert {"413", "415"} <= set(operation["responses"]) or "requestBody" not in operation


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in ENTRIES]
    assert len(set(ids)) == len(ids)


def test_the_page_shows_every_operation_without_asking_another_host(shared: CheckedClient) -> None:
    page = shared.get("/docs").text
    for method, path, operation in ENTRIES:
        assert f'id="{operation["operationId"]}"' in page
        assert f"{method.upper()}</b> <code>{path}</code>" in page
    assert not re.search(r"(src|href)=.?(https?:)?//", page)
    assert "<script" not in page


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in references(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in references(inner)]
    return []


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    named = {
        f"#/components/{kind}/{name}"
        for kind, entries in DOCUMENT["components"].items()
        for name in entries
    }
    assert set(references(DOCUMENT)) == named
