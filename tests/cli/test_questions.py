import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

Run = Callable[..., Result]

DRAFT = {"title": "Dockers vote", "body": "The harbour's dockers vote on another strike."}


def ids(result: Result) -> list[str]:
    return [hit["id"] for hit in json.loads(result.stdout)["hits"]]


# JSON is what HTTP answers


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (["search", "harbour dockers"], "/v1/search?q=harbour+dockers"),
        (
            ["search", "harbour", "--mode", "keyword", "--limit", "1", "--offset", "1"],
            "/v1/search?q=harbour&mode=keyword&limit=1&offset=1",
        ),
        (
            ["similar", "politics/2026/harbour-law"],
            "/v1/articles/politics%2F2026%2Fharbour-law/similar",
        ),
        (
            ["similar", "life/sourdough", "--fallback", "none", "--min-score", "0.5"],
            "/v1/articles/life%2Fsourdough/similar?fallback=none&min_score=0.5",
        ),
        (["info"], "/v1/stats"),
    ],
)
def test_json_is_what_http_answers(command: list[str], path: str, run: Run, archive: Path) -> None:
    with Archive.open(archive) as opened:
        answer = create_app(opened, Settings(data=archive)).test_client().get(path)
    assert answer.status_code == 200
    assert json.loads(run(*command, "--json").stdout) == answer.json


def test_suggested_tags_as_json_are_what_http_answers(run: Run, archive: Path) -> None:
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(data=archive)).test_client()
        answer = client.post("/v1/tags/suggest", json=DRAFT)
    result = run("suggest-tags", "-", "--json", stdin=json.dumps(DRAFT))
    assert json.loads(result.stdout) == answer.json


# Search


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], {"politics/2026/harbour-law", "politics/2026/harbour-strike"}),
        (["--tag", "#strike"], {"politics/2026/harbour-strike"}),
        (["--tag", "Harbour", "--tag", "Assembly"], {"politics/2026/harbour-law"}),
        (["--author", "emil starck"], {"politics/2026/harbour-strike"}),
        (["--section", "Life"], set()),
        (["--section", "Life", "--section", "politics", "--limit", "1", "--offset", "2"], set()),
        (["--from", "2026-01-08"], {"politics/2026/harbour-law"}),
        (["--to", "2026-01-05"], {"politics/2026/harbour-strike"}),
        (["--to", "2026-01-04"], set()),
        (
            ["--from", "2026-01-05", "--to", "2026-01"],
            {"politics/2026/harbour-law", "politics/2026/harbour-strike"},
        ),
    ],
)
def test_search_filters(options: list[str], found: set[str], run: Run, archive: Path) -> None:
    result = run("search", "harbour", "--mode", "keyword", "--json", *options)
    assert set(ids(result)) == found


def test_search_in_a_terminal(run: Run, archive: Path) -> None:
    result = run("search", "sourdough bread", "--mode", "keyword")
    assert result.exit_code == 0
    first, second, *rest = result.stdout.splitlines()
    assert first.endswith("  Sourdough at home")
    assert 0 < float(first[:4]) <= 1
    assert second == "      Life · 2025-06-01 · life/sourdough"
    assert any("bake a loaf of bread" in line for line in rest)
    assert "\x1b" not in result.stdout


def test_search_says_how_to_see_more(run: Run, archive: Path) -> None:
    result = run("search", "harbour", "--mode", "keyword", "--limit", "1")
    assert result.stderr == "2 found; more with --offset 1\n"


def test_nothing_found_is_no_failure(run: Run, archive: Path) -> None:
    result = run("search", "zeppelin", "--mode", "keyword")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing found.\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--limit", "0"], "limit: "),
        (["--limit", "101"], "limit: "),
        (["--limit", "-1"], "limit: "),
        (["--offset", "-1"], "offset: "),
        (["--offset", "999", "--limit", "2"], "offset"),
        (["--from", "yesterday"], "from: is no ISO 8601 date, got 'yesterday'"),
        (["--tag", " "], "tag: is blank, got ' '"),
    ],
)
def test_parameters_that_make_no_sense(
    options: list[str], message: str, run: Run, archive: Path
) -> None:
    result = run("search", "harbour", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {message}")
    assert "\nremedy: " in result.stderr


# Similar


def test_similar_in_a_terminal(run: Run, archive: Path) -> None:
    result = run("similar", "politics/2026/harbour-law", "--fallback", "none")
    heading, blank, first, second, *rest = result.stdout.splitlines()
    assert heading == "More from Politics"
    assert blank == ""
    assert first.endswith("  Dockers end their strike in the harbour")
    assert second == "      Politics · 2026-01-05 · politics/2026/harbour-strike"
    assert any("tags: #Harbour" in line for line in rest)


def test_similar_leaves_out(run: Run, archive: Path) -> None:
    law, strike = "politics/2026/harbour-law", "politics/2026/harbour-strike"
    assert strike in ids(run("similar", law, "--json"))
    assert strike not in ids(run("similar", law, "--json", "--exclude", strike))


def test_similar_to_an_unknown_article(run: Run, archive: Path) -> None:
    result = run("similar", "politics/2026/harbor-law")
    assert result.exit_code == 3
    assert result.stderr.startswith(
        "error: no article has the id 'politics/2026/harbor-law'\nremedy: "
    )


@pytest.mark.parametrize(
    ("slots", "problem"),
    [("foo", "has the wrong form"), ("story,", "has the wrong form"), (" ", "is blank")],
)
def test_slots_that_there_are_not(slots: str, problem: str, run: Run, archive: Path) -> None:
    result = run("similar", "life/sourdough", "--slots", slots)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        f"error: slots: {problem}, got {slots!r}\nremedy: give the slots"
    )
    assert "story, section, tag, related" in result.stderr


# Tags


def test_suggested_tags_in_a_terminal(run: Run, archive: Path) -> None:
    result = run("suggest-tags", "-", stdin=f"{DRAFT['title']}\n\n{DRAFT['body']}\n")
    assert result.exit_code == 0
    tags = {line[6:] for line in result.stdout.splitlines() if line[0] != " "}
    assert {"#Harbour", "#Strike"} <= tags
    assert "#Recipes" not in tags
    assert "      in the text: " in result.stdout


def test_plain_text_is_title_and_body(run: Run, archive: Path) -> None:
    as_text = run("suggest-tags", "-", "--json", stdin=f"\n{DRAFT['title']}\n{DRAFT['body']}")
    as_json = run("suggest-tags", "-", "--json", stdin=json.dumps(DRAFT))
    assert as_text.exit_code == 0
    assert as_text.stdout == as_json.stdout


def test_the_tags_of_a_draft_are_judged(run: Run, archive: Path) -> None:
    draft = json.dumps(DRAFT | {"tags": ["Harbour", "Recipes", "Kestrel"]})
    lines = run("suggest-tags", "-", stdin=draft).stdout.splitlines()
    assert [line[6:] for line in lines if line[0] != " "][-3:] == [
        "#Harbour  fits",
        "#Recipes  in doubt: little speaks for it",
        "#Kestrel  in doubt: used by no article",
    ]
    narrowed = run("suggest-tags", "-", "--json", "--banned", "#strike", stdin=draft).stdout
    assert "Strike" not in [each["tag"] for each in json.loads(narrowed)["suggestions"]]
    none = run("suggest-tags", "-", "--branch", "Coast", stdin=draft)
    assert none.stderr.startswith("The vocabulary has no such tag")


def test_a_draft_may_be_an_article(run: Run, archive: Path, articles: list[object]) -> None:
    Path("draft.json").write_text(json.dumps(articles[0]), encoding="utf-8")
    assert run("suggest-tags", "draft.json").exit_code == 0


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (b"", "-: is empty"),
        (b" \n", "-: is empty"),
        (b"\xff\xfe", "-: is not UTF-8 at byte 1"),
        (b'{"title": ', "-: is not JSON: Expecting value at character 11"),
        (b'{"title": 7}', "title: "),
        (b"{}", "title: title and body are both missing or blank"),
        (b'{"title": "T", "tags": [1]}', "tags.0: "),
    ],
)
def test_what_is_no_draft(draft: bytes, message: str, run: Run, archive: Path) -> None:
    result = run("suggest-tags", "-", stdin=draft)
    assert result.exit_code == 4
    assert result.stderr.startswith(f"error: {message}")
    assert "\nremedy: " in result.stderr


# Info


def test_info_in_a_terminal(run: Run, archive: Path) -> None:
    result = run("info")
    facts = {line[:10].strip(): line[10:].strip() for line in result.stdout.splitlines()}
    assert facts["archive"] == "newsclip-data"
    assert facts["articles"] == "3 (published 3)"
    assert facts["sections"] == "Politics 2, Life 1"
    assert facts["tags"] == "4"
    assert facts["authors"] == "2"
    assert facts["dates"] == "2025-06-01 to 2026-01-08"


def test_an_empty_archive_has_answers(run: Run) -> None:
    with Archive.open(Path("newsclip-data"), create=True):
        pass
    assert json.loads(run("info", "--json").stdout)["articles"] == 0
    assert run("info").exit_code == 0
    assert ids(run("search", "harbour", "--json")) == []
    assert run("suggest-tags", "-", stdin="Title").stderr == (
        "There is only a headline to go by, so the scores are unsure.\n"
        "No article of the archive has a tag yet.\n"
        "No tag to suggest.\n"
    )


@pytest.mark.parametrize(
    "command", [["info"], ["search", "x"], ["similar", "x"], ["suggest-tags", "draft.txt"]]
)
def test_without_an_archive_there_is_advice(command: list[str], run: Run) -> None:
    Path("draft.txt").write_text("Title", encoding="utf-8")
    result = run(*command)
    assert result.exit_code == 5
    assert result.stderr.startswith("error: there is no archive in 'newsclip-data'\nremedy: ")
    assert not Path("newsclip-data").exists()
