"""Feedback on tags over HTTP: given, heeded at once, listed, undone, logged, refused."""

from typing import Any

import pytest

from newsclip.index.archive import Archive

from .checked_client import CheckedClient
from .conftest import DRAFT, HARBOUR, app_over

# Each field of what is written, with two values of which each is told back.
WRITTEN: dict[tuple[str, str], dict[str, tuple[Any, Any]]] = {
    ("post", "/v1/tags/feedback"): {
        "article": (None, HARBOUR["id"]),
        "title": ("Dockers", "Bakers"),
        "summary": (None, "In short"),
        "body": (None, "At length"),
        "accepted": ([], ["Bread", "Rye"]),
        "rejected": ([], ["Harbour"]),
        "author": ("Ada Byron", "Emil Starck"),
    },
    ("delete", "/v1/tags/feedback/{number}"): {"author": ("Ada Byron", "Emil Starck")},
}

REJECT = DRAFT | {"rejected": ["#harbour"], "accepted": ["Dockers"], "author": "Ada Byron"}


def scores(client: CheckedClient, **fields: Any) -> dict[str, float]:
    answer = client.post("/v1/tags/suggest", json=DRAFT | fields).json
    return {each["tag"]: each["score"] for each in answer["suggestions"]}


def test_a_reject_lowers_and_an_accept_raises_at_the_next_request_of_every_worker(
    archive: Archive,
) -> None:
    with Archive.open(archive.directory) as other:
        workers = [app_over(each).test_client() for each in (archive, other)]
        before = [scores(worker) for worker in workers]
        assert before[0] == before[1]
        given = workers[0].post("/v1/tags/feedback", json=REJECT)
        assert given.status_code == 201
        for worker in workers:
            after = scores(worker)
            assert after["Harbour"] == pytest.approx(before[0]["Harbour"] / 6, abs=1e-3)
            assert after["Dockers"] == pytest.approx(1 / 1.2, abs=1e-3)
            assert next(iter(after)) == "Dockers"
            assert {tag: after[tag] for tag in after.keys() - {"Harbour", "Dockers"}} == {
                tag: before[0][tag] for tag in before[0].keys() - {"Harbour"}
            }
        number = given.json["number"]
        undone = workers[1].delete(f"/v1/tags/feedback/{number}?author=Emil+Starck")
        assert undone.status_code == 204
        assert [scores(worker) for worker in workers] == before


def test_what_was_given_is_answered_listed_and_logged(client: CheckedClient) -> None:
    first = client.post("/v1/tags/feedback", json=REJECT).json
    assert first == {
        "number": 1,
        "at": first["at"],
        "author": "Ada Byron",
        "article": None,
        "title": DRAFT["title"],
        "accepted": ["Dockers"],
        "rejected": ["harbour"],
        "undone_at": None,
    }
    of_article = {"article": HARBOUR["id"], "rejected": ["Bread"], "author": "Emil Starck"}
    second = client.post("/v1/tags/feedback", json=of_article).json
    assert second["title"] == HARBOUR["title"], "the text is that of the archive"
    listed = client.get("/v1/tags/feedback").json
    assert listed == {"feedback": [second, first], "next_before": None}
    for query, found in [
        ("author=Ada+Byron", [first]),
        (f"article={HARBOUR['id']}", [second]),
        ("before=2", [first]),
        ("author=nobody", []),
    ]:
        assert client.get(f"/v1/tags/feedback?{query}").json["feedback"] == found
    page = client.get("/v1/tags/feedback?limit=1").json
    assert page == {"feedback": [second], "next_before": 2}
    client.delete("/v1/tags/feedback/1?author=Cleo")
    client.delete("/v1/tags/feedback/1?author=Dora")
    assert client.get("/v1/tags/feedback?before=2").json["feedback"][0]["undone_at"]
    log = client.get("/v1/audit?kind=tag-feedback").json["entries"]
    assert [(entry["actor"], entry["subject"]) for entry in log] == [
        ("Cleo", "1"),
        ("Emil Starck", "2"),
        ("Ada Byron", "1"),
    ]
    assert (
        log[0]["before"]
        == log[2]["after"]
        == {
            "article": None,
            "accepted": ["Dockers"],
            "rejected": ["harbour"],
        }
    )


FIELDS = WRITTEN["post", "/v1/tags/feedback"]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_kept(client: CheckedClient, archive: Archive, name: str) -> None:
    for value in FIELDS[name]:
        given = {"title": "T", "accepted": ["A"], "rejected": ["R"], "author": "Ada", name: value}
        number = client.post("/v1/tags/feedback", json=given).json["number"]
        told = client.get("/v1/tags/feedback").json["feedback"][0]
        kept = archive.store.tag_feedback.get(number).draft
        assert {**kept, **told}[name] == (value or ("" if name in kept else value))


def test_current_tags_are_judged(client: CheckedClient) -> None:
    answer = client.post("/v1/tags/suggest", json=DRAFT | {"tags": ["Harbour", "Recipes"]}).json
    assert [each["tag"] for each in answer["confirmed"]] == ["Harbour"]
    (doubtful,) = answer["doubtful"]
    assert (doubtful["tag"], doubtful["why"], doubtful["instead"]) == ("Recipes", "unlikely", None)
    assert answer["confirmed"][0]["evidence"][0]["kind"] == "text"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"accepted": [], "rejected": []}, "accepted"),
        ({"accepted": ["Harbour"], "rejected": ["#harbour"]}, "rejected"),
        ({"accepted": ["#"]}, "accepted.0"),
        ({"accepted": [" "]}, "accepted.0"),
        ({"accepted": ["x" * 201]}, "accepted.0"),
        ({"accepted": "Harbour"}, "accepted"),
        ({"author": " "}, "author"),
        ({"title": " ", "body": ""}, "title"),
        ({"actor": "Ada"}, "actor"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_not_kept(
    client: CheckedClient, change: dict[str, Any], field: str
) -> None:
    answer = client.post("/v1/tags/feedback", json=REJECT | change)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field
    assert answer.json["errors"][0]["remedy"]
    assert client.get("/v1/tags/feedback").json["feedback"] == []


def test_feedback_on_an_article_that_is_not_there_needs_its_text(client: CheckedClient) -> None:
    of_article = {"article": "later", "rejected": ["Bread"], "author": "Emil Starck"}
    answer = client.post("/v1/tags/feedback", json=of_article)
    assert (answer.status_code, answer.json["code"]) == (404, "article-not-found")
    assert client.post("/v1/tags/feedback", json=of_article | DRAFT).status_code == 201


@pytest.mark.parametrize("number", ["7", "0", "-1", "one", "9" * 30, "1.0", "%C2%B2"])
def test_unknown_feedback_cannot_be_undone(client: CheckedClient, number: str) -> None:
    answer = client.delete(f"/v1/tags/feedback/{number}?author=Ada")
    assert (answer.status_code, answer.json["code"]) == (404, "feedback-not-found")


# Odd drafts


@pytest.mark.parametrize("fields", [{}, {"tags": ["Harbour"]}, {"title": " ", "body": "\n"}])
def test_a_draft_without_text_is_refused_with_a_remedy(
    client: CheckedClient, fields: dict[str, Any]
) -> None:
    answer = client.post("/v1/tags/suggest", json=fields)
    assert (answer.status_code, answer.json["code"]) == (422, "request-invalid")
    assert "give the draft a title, a summary or a body" in answer.json["detail"]


@pytest.mark.parametrize(
    ("draft", "codes"),
    [
        ({"title": "Dockers strike"}, ["headline-only"]),
        ({"body": "The harbour strike. " * 55_000}, ["cut"]),
        ({"body": "#Harbour #Strike"}, []),
        (
            {
                "title": "Hafenarbeiter beenden ihren Streik",
                "body": "Nach neun Tagen kehrten sie an die Arbeit zurück. Das Parlament hatte"
                " ihnen ein neues Gesetz für den Hafen versprochen, sagte der Minister gestern.",
            },
            ["unfamiliar"],
        ),
    ],
)
def test_an_odd_draft_has_an_answer_that_says_so(
    client: CheckedClient, draft: dict[str, str], codes: list[str]
) -> None:
    answer = client.post("/v1/tags/suggest", json=draft)
    assert answer.status_code == 200
    assert [note["code"] for note in answer.json["notes"]] == codes
    assert all(note["text"].endswith(".") for note in answer.json["notes"])
    if "unfamiliar" not in codes:
        assert {"Harbour", "Strike"} & {each["tag"] for each in answer.json["suggestions"]}
