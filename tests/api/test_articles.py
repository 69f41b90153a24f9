import json
from typing import Any
from urllib.parse import quote

import pytest

from newsclip.api.article_schema import MAX_BATCH

from .checked_client import CheckedClient
from .conftest import HARBOUR

ODD_IDS = [
    "plain",
    "politics/2026/harbour law",
    "100% true?",
    "é/ü/日本",
    "https://courier.example//a?b=1&c=2#top",
    "a+b",
    'quote"and<tag>',
    "similar",
    "similar/x",
]
NDJSON = "application/x-ndjson"


def path_of(article_id: str) -> str:
    return f"/v1/articles/{quote(article_id, safe='')}"


@pytest.mark.parametrize("article_id", ODD_IDS)
def test_an_article_is_added_read_updated_and_deleted(
    empty: CheckedClient, article_id: str
) -> None:
    path, article = path_of(article_id), {"title": "Harbour law"}
    added = empty.put(path, json=article)
    assert (added.status_code, added.json) == (
        201,
        {"id": article_id, "outcome": "added", "ignored": []},
    )
    assert empty.get(path).json["title"] == "Harbour law"
    assert empty.put(path, json=article).json["outcome"] == "unchanged"
    updated = empty.put(path, json=article | {"title": "Harbour bill"})
    assert (updated.status_code, updated.json["outcome"]) == (200, "updated")
    assert empty.get(path).json["title"] == "Harbour bill"
    assert empty.delete(path).status_code == 204
    assert empty.get(path).status_code == 404
    assert empty.delete(path).status_code == 404


def test_an_article_is_read_back_with_every_field(shared: CheckedClient) -> None:
    article = shared.get(path_of(HARBOUR["id"])).json
    assert article == HARBOUR | {
        "published_at": "2026-01-08T17:20:00Z",
        "updated_at": None,
        "expires_at": None,
        "status": "published",
    }


def test_an_embargoed_article_is_read_back_but_never_an_answer(shared: CheckedClient) -> None:
    assert shared.get(path_of("politics/2099/secret")).status_code == 200
    hits = shared.get("/v1/search?q=secret+harbour+plan&limit=100").json["hits"]
    assert "politics/2099/secret" not in {hit["id"] for hit in hits}


def test_a_change_shows_at_the_next_request(client: CheckedClient) -> None:
    path, search = path_of("sport/regatta"), "/v1/search?q=regatta&mode=keyword"
    assert client.get(search).json["hits"] == []
    client.put(path, json={"title": "Regatta won by a length"})
    assert [hit["id"] for hit in client.get(search).json["hits"]] == ["sport/regatta"]
    client.put(path, json={"title": "Regatta won by a length", "status": "withdrawn"})
    assert client.get(search).json["hits"] == []
    client.put(path, json={"title": "Regatta won"})
    client.delete(path)
    assert client.get(search).json["hits"] == []


def test_fields_that_no_article_has_are_named(empty: CheckedClient) -> None:
    body = b'{"title": "A", "titel": "B", "byline": 3}'
    answer = empty.put(path_of("a"), data=body, content_type="application/json")
    assert answer.json["ignored"] == ["titel", "byline"]


def test_the_id_of_the_body_must_be_that_of_the_path(empty: CheckedClient) -> None:
    assert empty.put(path_of("7"), json={"id": 7, "title": "A"}).status_code == 201
    refused = empty.put(path_of("a"), json={"id": "b", "title": "A"})
    assert refused.status_code == 422
    assert refused.json["errors"][0] | {"problem": "", "remedy": ""} == {
        "field": "id",
        "value": "b",
        "problem": "",
        "remedy": "",
    }


def as_lines(items: list[Any]) -> str:
    return "".join(json.dumps(item) + "\n\n" for item in items)


@pytest.mark.parametrize(
    ("media_type", "write"), [("application/json", json.dumps), (NDJSON, as_lines)]
)
def test_of_many_articles_the_good_are_kept_and_the_bad_reported(
    client: CheckedClient, media_type: str, write: Any
) -> None:
    items = [
        {"id": "new", "title": "New", "mood": "good"},
        HARBOUR,
        HARBOUR | {"title": "Harbour law signed"},
        {"id": "late", "title": "Late", "published_at": "soon"},
        {"title": "No id"},
        "no object",
    ]
    answer = client.post("/v1/articles", data=write(items), content_type=media_type)
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [item["index"] for item in results] == list(range(6))
    assert [item.get("outcome") for item in results[:3]] == ["added", "unchanged", "updated"]
    assert results[0]["ignored"] == ["mood"]
    errors = [(item["id"], item["error"]["field"], item["error"]["value"]) for item in results[3:]]
    assert errors == [
        ("late", "published_at", "soon"),
        (None, "id", None),
        (None, "article", "no object"),
    ]
    assert all(item["error"]["remedy"] for item in results[3:])
    counts = {name: answer.json[name] for name in ("added", "updated", "unchanged", "refused")}
    assert counts == {"added": 1, "updated": 1, "unchanged": 1, "refused": 3}
    assert client.get(path_of("new")).status_code == 200
    assert client.get(path_of("late")).status_code == 404


def test_a_line_that_is_no_json_costs_only_itself(empty: CheckedClient) -> None:
    lines = b'{"id": "a", "title": "A"}\n{"id": "b", \n\xff\xfe\n{"id": "c", "title": "C"}\n'
    answer = empty.post("/v1/articles", data=lines, content_type=NDJSON).json
    assert (answer["added"], answer["refused"]) == (2, 2)
    assert "malformed JSON" in answer["results"][1]["error"]["problem"]


def test_nothing_in_is_nothing_done(empty: CheckedClient) -> None:
    nothing = {"results": [], "added": 0, "updated": 0, "unchanged": 0, "refused": 0}
    assert empty.post("/v1/articles", json=[]).json == nothing
    assert empty.post("/v1/articles", data=b"", content_type=NDJSON).json == nothing


def test_a_batch_is_an_array_within_the_limit(empty: CheckedClient) -> None:
    assert empty.post("/v1/articles", json={"id": "a", "title": "A"}).status_code == 422
    too_many = empty.post("/v1/articles", json=[0] * (MAX_BATCH + 1))
    assert too_many.status_code == 422
    assert str(MAX_BATCH) in too_many.json["detail"]
