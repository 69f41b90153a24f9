"""The three jobs over HTTP: related articles, search, tag suggestions."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest

from newsclip.index.archive import Archive
from newsclip.index.incoming import parse_article

from .checked_client import CheckedClient
from .conftest import DRAFT, HARBOUR
from .test_annif import VARIED as ANNIF_VARIED
from .test_curation import WRITTEN
from .test_tag_feedback import WRITTEN as FEEDBACK_WRITTEN

SIMILAR = f"/v1/articles/{quote(HARBOUR['id'], safe='')}/similar"


def ids(answer: Any) -> list[str]:
    return [hit["id"] for hit in answer.get_json()["hits"]]


def test_related_articles_come_with_a_heading_and_reasons(shared: CheckedClient) -> None:
    answer = shared.get(SIMILAR + "?fallback=none").json
    assert answer["heading"] == "More from Politics"
    first = answer["hits"][0]
    assert first["id"] == "politics/2026/harbour-strike"
    assert first["published_at"] == "2026-01-05T00:00:00Z"
    assert "tags" in {reason["kind"] for reason in first["reasons"]}
    assert HARBOUR["id"] not in {hit["id"] for hit in answer["hits"]}


def test_a_draft_gets_related_articles(shared: CheckedClient) -> None:
    answer = shared.post("/v1/similar", json=DRAFT | {"fallback": "none"})
    assert set(ids(answer)[:2]) == {HARBOUR["id"], "politics/2026/harbour-strike"}


def test_a_search_hit_shows_the_passage(shared: CheckedClient) -> None:
    hit = shared.get("/v1/search?q=dockers+strike").json["hits"][0]
    assert hit["id"] == "politics/2026/harbour-strike"
    marked = [hit["snippet"]["text"][start:end].lower() for start, end in hit["snippet"]["marks"]]
    assert "dockers" in marked


def test_search_pages_follow_each_other(shared: CheckedClient) -> None:
    whole = ids(shared.get("/v1/search?q=harbour&limit=4"))
    first = shared.get("/v1/search?q=harbour&limit=2").json
    assert first["next_offset"] == 2
    second = shared.get("/v1/search?q=harbour&limit=2&offset=2")
    assert [hit["id"] for hit in first["hits"]] + ids(second) == whole


def test_tags_are_suggested_with_evidence(shared: CheckedClient) -> None:
    suggestions = shared.post("/v1/tags/suggest", json=DRAFT).json["suggestions"]
    assert "Harbour" in [suggestion["tag"] for suggestion in suggestions]
    assert all(suggestion["evidence"] for suggestion in suggestions)


def test_the_vocabulary_is_listed_most_used_first(shared: CheckedClient) -> None:
    answer = shared.get("/v1/tags?limit=2").json
    first = answer["tags"][0]
    assert (first["tag"], first["articles"], first["status"]) == ("Harbour", 3, "active")
    assert (len(answer["tags"]), answer["total"]) == (2, 6)
    assert shared.get("/v1/tags?offset=2").json["tags"][0] not in answer["tags"]


def test_an_empty_archive_has_empty_answers(empty: CheckedClient) -> None:
    assert empty.get("/v1/search?q=harbour").json["hits"] == []
    assert empty.post("/v1/similar", json=DRAFT).json["hits"] == []
    assert empty.post("/v1/tags/suggest", json=DRAFT).json["suggestions"] == []
    assert empty.get("/v1/tags").json == {"tags": [], "total": 0, "style": "Tag of Words"}
    assert empty.get("/v1/stats").json["articles"] == 0


# Each parameter of the document with two values that must not lead to the same answer. A value of
# None leaves it out.
SEARCH: dict[str, tuple[Any, Any]] = {
    "q": ("harbour", "bread"),
    "mode": ("keyword", "semantic"),
    "limit": (1, 2),
    "offset": (0, 1),
    "section": (None, "Politics"),
    "tag": (None, "trade"),
    "author": (None, "Lin Mora"),
    "language": ("en", "ES"),
    "from": (None, "2026-01-01"),
    "to": (None, "2025-12-31"),
    "last": (None, "1d"),
    "sort": ("newest", "oldest"),
    "recency": (0, 1),
    "min_score": (0, 0.9),
    "collapse": (None, "story"),
    "facets": ("section", "year,tag"),
    "passage": ("true", "false"),
    "cursor": (None, "of the first hit"),
}
CHOICE: dict[str, tuple[Any, Any]] = {
    "limit": (1, 2),
    "min_score": (0, 1),
    "exclude": (None, ["politics/2026/harbour-strike"]),
    "fallback": ("fill", "none"),
    "time": ("any", "around"),
    "diversity": (0, 1),
    "languages": ("same", "any"),
    "explain": ("false", "true"),
}
DRAFT_FIELDS: dict[str, tuple[Any, Any]] = {
    "title": (None, "Rye bread"),
    "summary": (None, "How to bake a loaf of rye bread at home"),
    "body": ("Bake bread with rye flour and water", "The dockers of the harbour strike"),
}
VARIED: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {
    ("get", "/v1/search"): SEARCH,
    ("get", "/v1/articles/{id}/similar"): CHOICE
    | {"section": (None, "Economy"), "tag": (None, "Trade")},
    ("get", "/v1/similar"): CHOICE
    | {
        "section": (None, "Economy"),
        "tag": (None, "Trade"),
        "url": ("https://courier.example/politics/harbour-law/", "https://courier.example/rye"),
    },
    ("get", "/v1/articles/{id}/onward"): CHOICE | {"slots": ("section", "tag,related")},
    ("post", "/v1/similar"): CHOICE
    | DRAFT_FIELDS
    | {
        "explain": (False, True),
        "language": ("en", "es"),
        "published_at": (None, "2025-06-01"),
        "where": (None, {"section": ["Economy"], "tag": ["Trade"]}),
        "section": ("Economy", "Life"),
        "tags": (None, ["Trade"]),
        "like": ([{"id": HARBOUR["id"]}], [{"id": "life/rye", "weight": 2}]),
        "unlike": (None, ["economy/2025/harbour-fees"]),
    },
    ("post", "/v1/tags/suggest"): DRAFT_FIELDS
    | {
        "limit": (1, 2),
        "min_score": (0, 1),
        "tags": (None, ["Harbour"]),
        "article": (None, HARBOUR["id"]),
        "language": ("en", "es"),
        "banned": (None, ["#harbour"]),
        "branch": ("Harbour", "Trade"),
        "group": ("place", "topic"),
    },
    ("get", "/v1/tags/feedback"): {
        "author": (None, "Ada Byron"),
        "article": (None, HARBOUR["id"]),
        "before": (None, "2"),
        "limit": (1, 2),
    },
    ("get", "/v1/suggest"): {"q": ("har", "ec"), "limit": (1, 2)},
    ("get", "/v1/tags"): {
        "q": (None, "harb"),
        "status": ("active", "banned"),
        "group": (None, "place"),
        "branch": (None, "Harbour"),
        "limit": (1, 2),
        "offset": (0, 1),
    },
    ("get", "/v1/curation"): {
        "kind": (None, "hide"),
        "target": (None, "tag:#sponsored"),
        "source": ("everywhere", "article:y"),
        "active": ("true", "false"),
        "limit": (1, 2),
        "offset": (0, 1),
    },
    ("get", "/v1/audit"): {
        "kind": (None, "tags"),
        "subject": ("a", "b"),
        "actor": (None, "Ada Byron"),
        "before": (2, 3),
        "limit": (1, 2),
    },
}
CASES = [
    (*key, name)
    for key, parameters in VARIED.items()
    for name in parameters
    if name != "collapse"  # which needs copies, see below
]


@pytest.mark.parametrize(("method", "path", "name"), CASES)
def test_every_parameter_changes_some_answer(
    shared: CheckedClient, method: str, path: str, name: str
) -> None:
    one, other = VARIED[method, path][name]
    if name in ("like", "unlike"):  # in place of a draft
        like: Any = {"like": [{"id": HARBOUR["id"]}]}
        answers = [
            shared.post(path, json={k: v for k, v in (like | {name: value}).items() if v}).json
            for value in (one, other)
        ]
        assert answers[0]["hits"] != answers[1]["hits"]
        return
    assert ask(shared, method, path, {name: one}) != ask(shared, method, path, {name: other})


def ask(client: CheckedClient, method: str, path: str, changed: dict[str, Any]) -> Any:
    asked: dict[str, Any] = {"q": "harbour"} if path == "/v1/search" else {}
    if changed.get("cursor"):
        first = client.get("/v1/search?q=harbour&limit=1").json
        changed = {"cursor": first["next_cursor"]}
    if path == "/v1/suggest":
        asked = {"q": "har"}
    if (method, path) == ("get", "/v1/similar"):
        asked = {"url": HARBOUR["url"]}
    if method == "post":
        asked = DRAFT | {"min_score": 0.3}
        if path == "/v1/similar":
            asked |= {"min_score": 0.2, "language": "en"}
    if path.endswith(("/similar", "/onward")):
        asked |= {"limit": 4} | ({"slots": "related"} if path.endswith("/onward") else {})
    asked = {name: value for name, value in (asked | changed).items() if value is not None}
    if method == "post":
        response = client.post(path, json=asked)
    else:
        path = path.replace("/{id}/", f"/{quote(HARBOUR['id'], safe='')}/")
        response = client.get(f"{path}?{urlencode(asked, doseq=True)}")
    assert response.status_code == 200
    return response.get_json()


def test_copies_are_one_story_if_that_is_asked_for(archive: Archive, client: CheckedClient) -> None:
    body = (
        "The keeper of the old tower on the northern cape climbs ninety steps each evening, trims a"
        " wick that his grandfather brought from overseas, winds the heavy clockwork, and writes"
        " into a leather book which vessels pass, how strong the wind blows, and whether fog hides"
        " the reef. Visitors ask why he stays where engineers long ago installed an automatic lamp;"
        " he answers that machines never notice a drifting boat or a burning barn across the sound."
    )
    archive.put([parse_article({"id": name, "title": name, "body": body}) for name in ("a", "b")])
    assert set(ids(client.get("/v1/search?mode=keyword&q=clockwork"))) == {"a", "b"}
    answer = client.get("/v1/search?mode=keyword&q=clockwork&collapse=story").json
    (hit,) = answer["hits"]
    assert {hit["id"], hit["duplicates"][0]["id"]} == {"a", "b"}
    assert answer["total"] == 1


def test_no_documented_parameter_is_left_out_above(shared: CheckedClient) -> None:
    document = shared.document
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names = {entry["name"] for entry in operation["parameters"] if entry["in"] == "query"}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            model = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if model.endswith("Body"):
                names |= set(document["components"]["schemas"][model]["properties"])
            varied = (VARIED | WRITTEN | FEEDBACK_WRITTEN | ANNIF_VARIED).get((method, path), {})
            assert names == set(varied), f"{method} {path}"


@pytest.mark.parametrize(
    ("narrower", "wider"),
    [
        ("section=Politics", "section=Politics&section=Economy"),
        ("tag=Harbour&tag=Strike", "tag=Harbour"),
        ("author=Emil+Starck", "author=Emil+Starck&author=Lin+Mora"),
    ],
)
def test_filters_may_be_repeated(shared: CheckedClient, narrower: str, wider: str) -> None:
    few = set(ids(shared.get(f"/v1/search?q=harbour&{narrower}&limit=100")))
    many = set(ids(shared.get(f"/v1/search?q=harbour&{wider}&limit=100")))
    assert few < many


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ("to=2026-01-08", True),  # it was published on that day
        ("to=2026-01-07", False),
        ("to=2026-01", True),
        ("to=2026", True),
        ("to=2025", False),
        ("to=2026-01-08T17:20:00Z", True),
        ("to=2026-01-08T18:19:59%2B01:00", False),
        ("to=2026-01-08T18:20:00+01:00", True),  # a plus that nobody encoded
        ("from=2026-01-08&to=20260108", True),
        ("from=2026-01-08T17:20:00Z", True),
        ("from=2026-01-08T17:20:01Z", False),
        ("from=2026-01-09", False),
        ("to=9999-12-31T23:59:59Z", True),
    ],
)
def test_dates_are_inclusive(shared: CheckedClient, dates: str, found: bool) -> None:
    answer = shared.get(f"/v1/search?q=harbour+law&limit=100&{dates}")
    assert (HARBOUR["id"] in ids(answer)) is found
