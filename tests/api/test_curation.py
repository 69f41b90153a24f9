"""The editors' rules over HTTP: written, read back, refused with a remedy, kept to, logged."""

from typing import Any

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.view import View

from .checked_client import CheckedClient
from .conftest import HARBOUR, app_over

LAW = HARBOUR["id"]
STRIKE = "politics/2026/harbour-strike"
RYE = "life/rye"
PIN = {
    "kind": "pin",
    "target": f"article:{RYE}",
    "source": "section:Politics",
    "position": 1,
    "reason": "feeds the strikers",
    "author": "Ada Byron",
}

# Each field of what is written, with two values of which each is told back.
WRITTEN: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {
    ("put", "/v1/curation/{rule}"): {
        "kind": ("pin", "hide"),
        "target": (f"article:{RYE}", "tag:Bread"),
        "source": (None, "section:Politics"),
        "position": (1, 2),
        "starts_at": (None, "2026-01-08T00:00:00Z"),
        "ends_at": (None, "2036-01-08T00:00:00Z"),
        "reason": ("", "feeds the strikers"),
        "author": ("Ada Byron", "Emil Starck"),
    },
    ("delete", "/v1/curation/{rule}"): {"author": ("Ada Byron", "Emil Starck")},
}


def put(client: CheckedClient, rule_id: str, **fields: Any) -> Any:
    return client.put(f"/v1/curation/{rule_id}", json=PIN | fields)


def rail(client: CheckedClient, article_id: str, **query: Any) -> list[str]:
    path = f"/v1/articles/{article_id.replace('/', '%2F').replace(' ', '%20')}/similar"
    return [hit["id"] for hit in client.get(path, query_string=query).json["hits"]]


def test_a_rule_is_written_read_back_replaced_and_deleted(client: CheckedClient) -> None:
    made = put(client, "front")
    assert made.status_code == 201
    assert {name: made.json[name] for name in PIN} == PIN
    assert (made.json["id"], made.json["active"], made.json["unknown"]) == ("front", True, [])
    again = put(client, "front")
    assert (again.status_code, again.json) == (200, made.json)
    changed = put(client, "front", position=2)
    assert (changed.status_code, changed.json) == (200, made.json | {"position": 2})
    assert client.get("/v1/curation/front").json == changed.json
    assert client.delete("/v1/curation/front?author=Emil").status_code == 204
    assert client.get("/v1/curation").json == {"rules": [], "total": 0, "next_offset": None}


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_rule_is_404(client: CheckedClient, method: str) -> None:
    query = {"author": "Ada"} if method == "delete" else {}
    answer = client.open("/v1/curation/nothing", method=method, query_string=query)
    assert (answer.status_code, answer.json["code"]) == (404, "rule-not-found")
    assert answer.json["errors"][0]["value"] == "nothing"
    assert answer.json["errors"][0]["remedy"]


FIELDS = WRITTEN["put", "/v1/curation/{rule}"]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_kept(client: CheckedClient, name: str) -> None:
    for value in FIELDS[name]:
        position = None if value == "hide" else 1
        made = put(client, "front", **{"position": position, name: value})
        assert made.json[name] == value
        assert client.get("/v1/curation/front").json[name] == value


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("kind", "boost", "block"),
        ("target", "life/rye", "article:ID"),
        ("target", "tag:#", "tag:NAME"),
        ("source", "author:Ada", "section:NAME"),
        ("source", PIN["target"], "two articles"),
        ("position", 0, "1 to 100"),
        ("position", None, "1 to 100"),
        ("position", "1st", "1 to 100"),
        ("author", " ", "who rules"),
        ("starts_at", "soon", "ISO 8601"),
        ("reason", "x" * 1_001, "text"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named_with_its_remedy(
    client: CheckedClient, field: str, value: Any, remedy: str
) -> None:
    answer = put(client, "front", **{field: value})
    assert (answer.status_code, answer.json["code"]) == (422, "request-invalid")
    [fault] = answer.json["errors"]
    assert (fault["field"], fault["value"]) == (field, value if value is None else fault["value"])
    assert remedy in fault["remedy"]
    assert client.get("/v1/curation").json["total"] == 0


def test_fields_that_do_not_go_together_are_refused(client: CheckedClient) -> None:
    for fields, named in [
        ({"kind": "hide"}, "position"),
        ({"kind": "block", "position": None, "source": None}, "source"),
        ({"starts_at": "2026-01-02", "ends_at": "2026-01-02"}, "ends_at"),
    ]:
        assert [f["field"] for f in put(client, "front", **fields).json["errors"]] == [named]
    assert put(client, "a%2Fb").json["errors"][0]["field"] == "id"
    assert client.delete("/v1/curation/front").json["errors"][0]["field"] == "author"


def test_rules_are_listed_in_parts_and_by_what_they_are_about(client: CheckedClient) -> None:
    for number in range(5):
        put(client, f"r{number}", position=number + 1)
    put(client, "hidden", kind="hide", position=None, source=None, target="tag:Bread")
    put(client, "over", ends_at="2026-01-01", source=None)

    def listed(**query: Any) -> list[str]:
        rules = client.get("/v1/curation", query_string=query).json["rules"]
        return sorted(rule["id"] for rule in rules)

    assert listed(source="section:politics") == [f"r{number}" for number in range(5)]
    assert listed(source="everywhere") == ["hidden", "over"]
    assert listed(source="tag:Bread") == []
    assert listed(target="tag:#BREAD") == ["hidden"]
    assert listed(kind="hide") == ["hidden"]
    assert listed(active="false") == ["over"]
    assert listed(active="true", source="everywhere") == ["hidden"]

    found, offset = [], 0
    while offset is not None:
        part = client.get(f"/v1/curation?limit=3&offset={offset}").json
        assert part["total"] == 7
        found += [rule["id"] for rule in part["rules"]]
        offset = part["next_offset"]
    assert len(found) == len(set(found)) == 7


def test_a_rule_may_be_there_before_its_article(client: CheckedClient, archive: Archive) -> None:
    made = put(client, "front", target="article:later", source=f"article:{LAW}")
    assert made.json["unknown"] == ["later"]
    archive.put([article("later", published_at="2026-01-01")])
    assert client.get("/v1/curation/front").json["unknown"] == []
    assert rail(client, LAW)[0] == "later"


def test_a_pin_newer_than_the_source_is_no_background(client: CheckedClient) -> None:
    put(client, "front", target=f"article:{LAW}", source=f"article:{STRIKE}")  # three days newer
    assert rail(client, STRIKE)[0] == LAW
    assert LAW not in rail(client, STRIKE, time="background")


def test_the_log_tells_every_change_and_who_made_it(client: CheckedClient) -> None:
    put(client, "front")
    put(client, "front")
    put(client, "front", position=2, author="Emil")
    client.delete("/v1/curation/front?author=Lin+Mora")
    log = client.get("/v1/audit?kind=curation&subject=front").json
    told = [
        (
            entry["actor"],
            *((side or {}).get("position") for side in (entry["before"], entry["after"])),
        )
        for entry in log["entries"]
    ]
    assert told == [("Lin Mora", 2, None), ("Emil", 1, 2), ("Ada Byron", None, 1)]
    first = client.get("/v1/audit?limit=2").json
    rest = client.get(f"/v1/audit?limit=2&before={first['next_before']}").json
    assert [*first["entries"], *rest["entries"]] == log["entries"]
    assert rest["next_before"] is None


def test_rules_hold_at_the_next_request_on_every_worker(
    client: CheckedClient, archive: Archive
) -> None:
    with Archive.open(archive.directory) as second:
        other = app_over(second).test_client()
        assert rail(other, LAW)[0] == STRIKE
        put(client, "front")
        put(client, "gone", kind="hide", target=f"article:{STRIKE}", source=None, position=None)
        ids = rail(other, LAW)
        assert (ids[0], STRIKE in ids) == (RYE, False)
        client.delete("/v1/curation/front?author=Ada")
        client.delete("/v1/curation/gone?author=Ada")
        assert rail(other, LAW)[0] == STRIKE


def test_a_pinned_hit_says_so(client: CheckedClient) -> None:
    put(client, "front", position=2)
    path = "/v1/articles/politics%2F2026%2Fharbour%20law/similar"
    first, second, *_ = client.get(path).json["hits"]
    assert not first["pinned"]
    assert (second["id"], second["pinned"], second["fallback"]) == (RYE, True, False)
    assert second["reasons"] == [{"kind": "pinned", "values": ["feeds the strikers"]}]


def test_a_draft_of_the_section_has_the_pin_too(client: CheckedClient) -> None:
    put(client, "front")
    draft = {"title": "Dockers vote", "section": "Politics"}
    assert client.post("/v1/similar", json=draft).json["hits"][0]["id"] == RYE
    assert client.post("/v1/similar", json=draft | {"section": "Life"}).json["hits"][0]["id"] != RYE


def test_a_pin_stays_without_likeness_and_without_fallback(client: CheckedClient) -> None:
    put(client, "front")
    assert rail(client, LAW, fallback="none", min_score=1) == [RYE]
    assert rail(client, LAW, exclude=RYE, fallback="none", min_score=1) == []


def test_when_pins_fill_the_list_nothing_is_searched(
    client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, "front")

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("searched")

    for search in ("nearest", "matching", "keyword_scores"):
        monkeypatch.setattr(View, search, fail)
    assert rail(client, LAW, limit=1) == [RYE]
    assert client.get("/v1/articles/life%2Fsourdough/similar").status_code == 500
