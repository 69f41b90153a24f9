"""`newsclip curation`: what HTTP answers, and readable without it."""

import json
from pathlib import Path
from typing import Any

import pytest

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

PIN = [
    *("curation", "put", "front", "--kind", "pin", "--target", "article:life/sourdough"),
    *("--position", "1", "--author", "Ada", "--reason", "bread for all"),
]


def of_http(archive: Path, path: str) -> Any:
    with Archive.open(archive) as opened:
        return create_app(opened, Settings(data=archive)).test_client().get(path).json


def test_a_rule_is_put_listed_kept_to_and_deleted(run: Any, archive: Path) -> None:
    where = ["--data", str(archive)]
    made = run(*PIN, *where)
    assert made.stdout == (
        "front  pin at 1  article:life/sourdough  everywhere  holds  Ada  bread for all\n"
    )
    assert run("curation", "list", *where).stdout == made.stdout
    similar = ["similar", "politics/2026/harbour-law", *where]
    assert "chosen by the editors: bread for all" in run(*similar).stdout
    assert run("curation", "delete", "front", "--author", "Bob", *where).exit_code == 0
    assert run("curation", "list", *where).stdout == ""
    assert "chosen by" not in run(*similar).stdout


def test_json_is_what_http_answers(run: Any, archive: Path) -> None:
    where = ["--json", "--data", str(archive)]
    made = json.loads(run(*PIN, *where).stdout)
    assert made == of_http(archive, "/v1/curation/front")
    run(*PIN, "--author", "Bob", *where)
    for command, path in [
        (["list", "--kind", "pin", "--active"], "/v1/curation?kind=pin&active=true"),
        (["list", "--inactive"], "/v1/curation?active=false"),
        (
            ["list", "--source", "everywhere", "--limit", "1"],
            "/v1/curation?source=everywhere&limit=1",
        ),
        (["log"], "/v1/audit?kind=curation"),
        (["log", "--actor", "Bob", "--subject", "front"], "/v1/audit?actor=Bob&subject=front"),
        (["log", "--limit", "1"], "/v1/audit?limit=1"),
        (["log", "--before", "2"], "/v1/audit?before=2"),
    ]:
        assert json.loads(run("curation", *command, *where).stdout) == of_http(archive, path)


def test_the_log_is_readable(run: Any, archive: Path) -> None:
    where = ["--data", str(archive)]
    run(*PIN, *where)
    run(*PIN, "--position", "2", "--author", "Bob", *where)
    run("curation", "delete", "front", "--author", "Cleo", *where)
    lines = [line.split() for line in run("curation", "log", *where).stdout.splitlines()]
    assert [line[2:] for line in lines] == [
        [who, what, "front", "pin", "article:life/sourdough"]
        for who, what in [("Cleo", "deleted"), ("Bob", "changed"), ("Ada", "added")]
    ]


def test_an_article_that_is_not_there_yet_is_named(run: Any, archive: Path) -> None:
    made = run(*PIN, "--target", "article:later", "--data", str(archive))
    assert made.exit_code == 0
    assert made.stderr == "there is no article 'later' yet\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([*PIN, "--position", "0"], 2, "position"),
        ([*PIN, "--target", "sourdough"], 2, "article:ID"),
        ([*PIN, "--kind", "hide"], 2, "position"),
        ([*PIN, "--ends-at", "soon"], 2, "ends_at"),
        (["curation", "list", "--target", "x"], 2, "article:ID"),
        (["curation", "delete", "front", "--author", "Ada"], 3, "no rule has the id 'front'"),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_remedy(
    run: Any, archive: Path, arguments: list[str], code: int, said: str
) -> None:
    result = run(*arguments, "--data", str(archive))
    assert result.exit_code == code
    assert said in result.stderr
    assert "remedy: " in result.stderr
