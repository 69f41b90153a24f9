"""`newsclip tags feedback`: what HTTP answers, and readable without it."""

import json
from pathlib import Path
from typing import Any

import pytest

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

DRAFT = {"title": "Dockers vote", "body": "The dockers of the harbour vote on a strike."}
TEXT = f"{DRAFT['title']}\n{DRAFT['body']}"
GIVE = ("tags", "feedback", "give")
SAID = ("--reject", "#Harbour", "--accept", "Docks", "--author", "Ada")


def scores(run: Any) -> dict[str, float]:
    answer = json.loads(run("suggest-tags", "-", "--json", stdin=TEXT).stdout)
    return {each["tag"]: each["score"] for each in answer["suggestions"]}


def of_http(archive: Path, path: str) -> Any:
    with Archive.open(archive) as opened:
        return create_app(opened, Settings(data=archive)).test_client().get(path).json


def test_feedback_is_given_heeded_listed_and_undone(run: Any, archive: Path) -> None:
    before = scores(run)
    given = run(*GIVE, "-", *SAID, stdin=TEXT)
    number, _, *rest = given.stdout.split()
    assert (number, rest) == ("1", ["Ada", "counts", "+Docks", "-Harbour", "Dockers", "vote"])
    after = scores(run)
    assert after["Harbour"] == pytest.approx(before["Harbour"] / 6, abs=1e-3)
    assert after["Docks"] > max(before.values()) / 2
    assert run("tags", "feedback", "list").stdout == given.stdout
    assert run("tags", "feedback", "undo", "1", "--author", "Bob").exit_code == 0
    assert scores(run) == before
    assert run("tags", "feedback", "list").stdout.split()[3] == "undone"


def test_an_article_of_the_archive_needs_no_file(run: Any, archive: Path) -> None:
    given = run(*GIVE, "--article", "life/sourdough", "--accept", "Bread", "--author", "Ada")
    assert given.stdout.split()[2:] == ["Ada", "counts", "+Bread", "life/sourdough"]
    unknown = run(*GIVE, "--article", "life/rye", "--accept", "Bread", "--author", "Ada")
    assert unknown.exit_code == 3
    draft = json.dumps(DRAFT | {"id": "new/dockers"})
    of_json = run(*GIVE, "-", *SAID, "--json", stdin=draft)
    assert json.loads(of_json.stdout)["article"] == "new/dockers"


def test_json_is_what_http_answers(run: Any, archive: Path) -> None:
    for author in ("Ada", "Bob"):
        made = json.loads(run(*GIVE, "-", "--json", *SAID, "--author", author, stdin=TEXT).stdout)
    assert of_http(archive, "/v1/tags/feedback?limit=1")["feedback"] == [made]
    for options, query in [
        ([], ""),
        (["--author", "Ada"], "?author=Ada"),
        (["--article", "x"], "?article=x"),
        (["--before", "2"], "?before=2"),
        (["--limit", "1"], "?limit=1"),
    ]:
        listed = json.loads(run("tags", "feedback", "list", "--json", *options).stdout)
        assert listed == of_http(archive, f"/v1/tags/feedback{query}")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([*GIVE, "-", "--author", "Ada"], 2, "accepted: is empty"),
        ([*GIVE, "-", "--accept", "A", "--reject", "#a", "--author", "Ada"], 2, "rejected: holds"),
        ([*GIVE, "-", "--accept", "#", "--author", "Ada"], 2, "accepted: "),
        ([*GIVE, "--accept", "A", "--author", "Ada"], 2, "title: "),
        ([*GIVE, "-", "--accept", "A", "--author", " "], 2, "author: "),
        (["tags", "feedback", "undo", "7", "--author", "Ada"], 3, "no feedback has the number"),
        (["tags", "feedback", "undo", "one", "--author", "Ada"], 3, "no feedback has the number"),
        (["tags", "feedback", "list", "--limit", "0"], 2, "limit: "),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_remedy(
    run: Any, archive: Path, arguments: list[str], code: int, said: str
) -> None:
    result = run(*arguments, stdin=TEXT)
    assert result.exit_code == code
    assert f"error: {said}" in result.stderr
    assert "remedy: " in result.stderr
