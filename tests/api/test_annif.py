"""Annif's routes, against the shapes that its OpenAPI document publishes, written down by hand."""

from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator

from newsclip.index.archive import Archive
from newsclip.index.house_tags import HouseTag
from newsclip.index.tag_changes import import_vocabulary

from .checked_client import CheckedClient
from .conftest import DRAFT

TEXT = f"{DRAFT['title']}\n{DRAFT['body']}"
PROJECT = "/v1/projects/newsclip"

# What its document requires and allows of each answer; "notation" and "document_id" may be null.
SUGGESTION = {
    "type": "object",
    "required": ["uri", "label", "score"],
    "properties": {
        "uri": {"type": "string"},
        "label": {"type": "string"},
        "notation": {"type": ["string", "null"]},
        "score": {"type": "number"},
    },
}
RESULTS = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": SUGGESTION}},
}
BATCH = {
    "type": "array",
    "items": {
        "allOf": [RESULTS, {"properties": {"document_id": {"type": ["string", "null"]}}}],
    },
}
VOCABULARY = {
    "type": ["object", "null"],
    "required": ["vocab_id"],
    "properties": {
        "vocab_id": {"type": "string"},
        "languages": {"type": "array", "items": {"type": "string"}},
        "size": {"type": ["integer", "null"]},
        "loaded": {"type": "boolean"},
    },
}
A_PROJECT = {
    "type": "object",
    "required": ["backend", "language", "name", "project_id"],
    "properties": {
        "project_id": {"type": "string"},
        "name": {"type": "string"},
        "language": {"type": "string"},
        "backend": {
            "type": "object",
            "required": ["backend_id"],
            "properties": {"backend_id": {"type": "string"}},
        },
        "vocab": VOCABULARY,
        "vocab_language": {"type": ["string", "null"]},
        "is_trained": {"type": ["boolean", "null"]},
        "modification_time": {"type": ["string", "null"], "format": "date-time"},
    },
}
PROJECTS = {
    "type": "object",
    "properties": {"projects": {"type": "array", "items": A_PROJECT, "minItems": 1}},
}
AN_ERROR = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 100, "exclusiveMaximum": 600},
        "detail": {"type": "string"},
    },
}

# Each parameter of a query with two values that do not lead to the same answer.
VARIED: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {
    ("post", "/v1/projects/{project_id}/suggest-batch"): {
        "limit": (1, 2),
        "threshold": (0, 0.9),
        "language": ("en", "es"),
    },
}


def shaped(answer: Any, schema: dict[str, Any]) -> Any:
    Draft202012Validator(schema).validate(answer.json)
    return answer.json


def suggest(client: CheckedClient, **form: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = shaped(
        client.post(f"{PROJECT}/suggest", data={"text": TEXT} | form), RESULTS
    )["results"]
    return results


def test_the_archive_is_the_only_project(shared: CheckedClient) -> None:
    listed = shaped(shared.get("/v1/projects"), PROJECTS)["projects"]
    one = shaped(shared.get(PROJECT), A_PROJECT)
    assert listed == [one]
    assert (one["project_id"], one["language"], one["is_trained"]) == ("newsclip", "en", True)
    assert (one["vocab"]["languages"], one["vocab"]["size"]) == (["en"], 6)


def test_an_empty_archive_is_an_untrained_project(empty: CheckedClient) -> None:
    assert shaped(empty.get(PROJECT), A_PROJECT)["is_trained"] is False
    assert suggest(empty) == []


def test_suggestions_are_those_of_our_own_route(shared: CheckedClient) -> None:
    own = shared.post("/v1/tags/suggest", json={"body": TEXT, "limit": 10}).json["suggestions"]
    found = suggest(shared)
    assert [(each["label"], each["score"]) for each in found] == [
        (each["tag"], each["score"]) for each in own
    ]
    assert found[0]["notation"] is None
    assert {each["uri"] for each in found} == {f"urn:newsclip:tag:{each['tag']}" for each in own}
    titled = suggest(shared, text=DRAFT["body"], metadata_title=DRAFT["title"], metadata_x="y")
    own = shared.post("/v1/tags/suggest", json=DRAFT | {"limit": 10}).json["suggestions"]
    assert [each["score"] for each in titled] == [each["score"] for each in own]


def test_limit_and_threshold_cut_what_is_answered(shared: CheckedClient) -> None:
    whole = suggest(shared)
    assert suggest(shared, limit=2) == whole[:2]
    assert suggest(shared, limit=0) == []
    least = whole[1]["score"]
    assert suggest(shared, threshold=least - 1e-4) == [
        each for each in whole if each["score"] >= least
    ]
    assert suggest(shared, threshold=1) == []
    assert suggest(shared, language="es") != whole


def test_a_blank_text_has_no_tags(shared: CheckedClient) -> None:
    assert suggest(shared, text="") == suggest(shared, text=" \n") == []


def test_a_tag_has_the_uri_and_the_label_of_the_vocabulary(
    client: CheckedClient, archive: Archive
) -> None:
    uri = "https://vocabulary.example/harbour"
    house = [HouseTag("Harbour", label="The harbour", uri=uri)]
    import_vocabulary(archive.store, house, False, "ada")
    archive.give_feedback("ada", None, {"body": TEXT}, ["Grüne & Ähren"], [])
    found = {each["label"]: each["uri"] for each in suggest(client)}
    assert found["The harbour"] == uri
    assert found["Grüne & Ähren"] == "urn:newsclip:tag:Gr%C3%BCne%20%26%20%C3%84hren"


def batch(client: CheckedClient, *documents: dict[str, Any], **query: Any) -> Any:
    path = f"{PROJECT}/suggest-batch?{urlencode(query)}"
    return client.post(path, json={"documents": documents})


def test_a_batch_answers_each_document_in_turn(shared: CheckedClient) -> None:
    documents = [
        {"text": TEXT, "document_id": "one"},
        {"text": ""},
        {"text": DRAFT["body"], "metadata": {"title": DRAFT["title"], "x": "y"}},
    ]
    answer = shaped(batch(shared, *documents), BATCH)
    titled = suggest(shared, text=DRAFT["body"], metadata_title=DRAFT["title"])
    assert answer == [
        {"results": suggest(shared), "document_id": "one"},
        {"results": [], "document_id": None},
        {"results": titled, "document_id": None},
    ]
    assert shaped(batch(shared), BATCH) == []


@pytest.mark.parametrize("name", VARIED["post", "/v1/projects/{project_id}/suggest-batch"])
def test_each_parameter_of_a_batch_counts(shared: CheckedClient, name: str) -> None:
    one, other = VARIED["post", "/v1/projects/{project_id}/suggest-batch"][name]
    answers = [batch(shared, {"text": TEXT}, **{name: value}).json for value in (one, other)]
    assert answers[0] != answers[1]


def test_a_batch_of_32_is_taken_and_one_of_33_is_not(shared: CheckedClient) -> None:
    assert len(shaped(batch(shared, *[{"text": TEXT}] * 32), BATCH)) == 32
    refused = batch(shared, *[{"text": TEXT}] * 33)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "documents")
    assert "32 at most" in refused.json["errors"][0]["remedy"]


def test_what_is_learned_counts_at_the_next_request(
    client: CheckedClient, archive: Archive
) -> None:
    uri = "https://vocabulary.example/coast"
    import_vocabulary(archive.store, [HouseTag("Coast", uri=uri)], False, "ada")
    assert "Coast" not in [each["label"] for each in suggest(client)]
    subjects = [
        {"uri": uri},
        {"uri": "urn:newsclip:tag:Harbour%20City"},
        {"uri": "https://elsewhere.example/1", "label": "#Dockers"},
        {"uri": "https://elsewhere.example/2"},
        {"uri": "https://elsewhere.example/3", "label": " # "},
        {"uri": "https://elsewhere.example/4", "label": "x" * 201},
    ]
    documents = [
        {"text": TEXT, "subjects": subjects},
        {"text": " ", "subjects": subjects},
        {"text": TEXT},
        {"metadata": {"title": "Bread"}, "subjects": [{"uri": uri, "label": "Coast"}]},
    ]
    assert client.post(f"{PROJECT}/learn", json=documents).status_code == 204
    best = [each["label"] for each in suggest(client, limit=4)]
    assert set(best) == {"Coast", "Harbour City", "Dockers", "Harbour"}
    kept = client.get("/v1/tags/feedback").json["feedback"]
    assert [(each["author"], each["title"], each["accepted"]) for each in kept] == [
        ("Annif client", "Bread", ["Coast"]),
        ("Annif client", "", ["Coast", "Harbour City", "Dockers"]),
    ]


def test_a_subject_may_have_a_label_alone(client: CheckedClient, archive: Archive) -> None:
    # The first has no URI either, and is not meant by a subject without one.
    house = [HouseTag("Law"), HouseTag("Berlin", aliases=("the capital",))]
    import_vocabulary(archive.store, house, False, "ada")
    subjects = [{"label": "Bread"}, {"uri": None, "label": "The Capital"}, {"uri": "", "label": ""}]
    documents = [
        {"text": TEXT, "subjects": [*subjects, {}, {"uri": None}, {"label": None}]},
        {"text": DRAFT["body"], "subjects": [{}, {"uri": None}]},
    ]
    assert client.post(f"{PROJECT}/learn", json=documents).status_code == 204
    kept = client.get("/v1/tags/feedback").json["feedback"]
    assert [each["accepted"] for each in kept] == [["Bread", "Berlin"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", "/suggest"), ("post", "/suggest-batch"), ("post", "/learn")],
)
def test_another_project_is_not_found(shared: CheckedClient, method: str, path: str) -> None:
    bodies: dict[str, Any] = {
        "/suggest": {"data": {"text": TEXT}},
        "/suggest-batch": {"json": {"documents": []}},
        "/learn": {"json": []},
    }
    answer = shared.open(f"/v1/projects/yso-en{path}", method=method, **bodies.get(path, {}))
    assert answer.status_code == 404
    assert shaped(answer, AN_ERROR)["code"] == "project-unknown"


@pytest.mark.parametrize(
    ("form", "status", "field"),
    [
        ("text=a&limit=-1", 422, "limit"),
        ("text=a&limit=ten", 422, "limit"),
        ("text=a&threshold=2", 422, "threshold"),
        ("text=a&text=b", 422, "text"),
        ("limit=3", 422, "text"),
        ("text=a&treshold=1", 422, "body"),
        ("text=%ff", 400, None),
    ],
)
def test_a_form_that_breaks_a_rule_is_refused(
    shared: CheckedClient, form: str, status: int, field: str | None
) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = shared.post(f"{PROJECT}/suggest", data=form, content_type=kind)
    assert answer.status_code == status
    faults = shaped(answer, AN_ERROR)["errors"]
    assert [fault["field"] for fault in faults] == ([field] if field else [])
    assert all(fault["remedy"] for fault in faults)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("suggest-batch", {"documents": [{"text": "a", "txt": "b"}]}, "documents.0.txt"),
        ("suggest-batch", {"documents": [{"document_id": "b"}]}, "documents.0.text"),
        ("learn", [{"text": "a", "subject": []}], "0.subject"),
        ("learn", [{"subjects": [{"uri": "a", "name": "b"}]}], "0.subjects.0.name"),
        ("learn", {"text": "a"}, "body"),
    ],
)
def test_a_body_that_breaks_a_rule_is_refused(
    shared: CheckedClient, path: str, body: Any, field: str
) -> None:
    answer = shared.post(f"{PROJECT}/{path}", json=body)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["errors"]] == [field]
    assert answer.json["errors"][0]["remedy"]


def test_json_is_no_form(shared: CheckedClient) -> None:
    assert shared.post(f"{PROJECT}/suggest", json={"text": TEXT}).status_code == 415


def test_a_megabyte_of_text_is_answered(shared: CheckedClient) -> None:
    assert suggest(shared, text="The harbour strike. " * 55_000)
