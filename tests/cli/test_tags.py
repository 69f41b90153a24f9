"""`newsclip tags`: a vocabulary from a file, tags merged, undone and listed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

TABLE = """tag,label,aliases,broader,group,status,replaced_by
Harbour,,port|docks,,place,,
Assembly,,,,organisation,,
Strike,,,,,deprecated,IndustrialAction
IndustrialAction,Industrial action,,,topic,,
Sponsored,,,,,banned,
"""
THESAURUS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:h> a skos:Concept ; skos:prefLabel "harbour"@en ; skos:altLabel "port"@en .
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "tags.csv").write_text(TABLE, "utf-8")
    return str(tmp_path / "tags.csv")


def imported(run: Any, archive: Path, file: str, *more: str) -> Any:
    return run("tags", "import", file, "--author", "Ada", "--data", str(archive), *more)


def listed(run: Any, archive: Path, *more: str) -> dict[str, int]:
    answer = json.loads(run("tags", "list", "--json", "--data", str(archive), *more).stdout)
    return {tag["tag"]: tag["articles"] for tag in answer["tags"]}


def test_without_a_file_the_vocabulary_is_what_articles_have(run: Any, archive: Path) -> None:
    shown = run("tags", "list", "--data", str(archive)).stdout
    assert shown == "2  #Harbour\n1  #Assembly\n1  #Recipes\n1  #Strike\n"


def test_a_file_takes_the_place_of_the_tags(run: Any, archive: Path, table: str) -> None:
    done = imported(run, archive, table)
    assert done.stdout == "change    1\nentries   5\narticles  1\n"
    shown = run("tags", "list", "--data", str(archive)).stdout
    assert shown == (
        "2  #Harbour           place; also port, docks\n"
        "1  #Assembly          organisation\n"
        "1  #IndustrialAction  topic\n"
        "1  #Recipes           unlisted\n"
        "0  #Sponsored         banned\n"
        "0  #Strike            deprecated; -> #IndustrialAction\n"
    )
    assert listed(run, archive, "--group", "Place") == {"Harbour": 2}
    assert listed(run, archive, "--text", "PORT") == {"Harbour": 2}
    assert listed(run, archive, "--status", "unlisted") == {"Recipes": 1}


def test_a_dry_run_changes_nothing(run: Any, archive: Path, table: str) -> None:
    before = listed(run, archive)
    said = imported(run, archive, table, "--dry-run").stdout
    assert said.splitlines() == [
        "active      3  2 on articles",
        "deprecated  1  1 on articles",
        "banned      1  0 on articles",
        "unlisted    1  1 on articles",
    ]
    assert listed(run, archive) == before


def test_an_open_vocabulary_leaves_the_other_tags(run: Any, archive: Path, table: str) -> None:
    imported(run, archive, table, "--open")
    assert "Recipes" in listed(run, archive, "--status", "active")


def test_what_was_listed_as_a_table_is_imported_as_the_same(
    run: Any, archive: Path, table: str, tmp_path: Path
) -> None:
    imported(run, archive, table)
    again = tmp_path / "again.csv"
    again.write_text(run("tags", "list", "--csv", "--data", str(archive)).stdout, "utf-8")
    rows = list(csv.DictReader(io.StringIO(again.read_text("utf-8"))))
    assert [row["tag"] for row in rows][:2] == ["Harbour", "Assembly"]
    before = listed(run, archive)
    imported(run, archive, str(again))
    assert listed(run, archive) == before


def test_a_thesaurus_is_spelled_as_the_archive_spells(
    run: Any, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "law.ttl").write_text(THESAURUS, "utf-8")
    imported(run, archive, str(tmp_path / "law.ttl"))
    assert listed(run, archive, "--status", "active") == {"Harbour": 2}


def test_a_merge_is_logged_and_undone(run: Any, archive: Path) -> None:
    where = ["--data", str(archive)]
    merged = run("tags", "merge", "#Strike", "Harbour", "--author", "Ada", *where)
    assert merged.stdout == "change    1\nentries   1\narticles  1\n"
    assert listed(run, archive, "--status", "active") == {"Harbour": 2, "Assembly": 1, "Recipes": 1}
    log = run("tags", "log", *where).stdout.split("  ")
    assert log[0] == "1"
    assert log[2:] == ["Ada", "Strike", "merged into #Harbour", "1 entries, 1 articles\n"]
    assert run("tags", "undo", "1", "--author", "Bob", *where).exit_code == 0
    assert listed(run, archive)["Strike"] == 1
    again = run("tags", "undo", "1", "--author", "Bob", *where)
    assert (again.exit_code, "already" in again.stderr) == (8, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("merge", "Nope", "Harbour"), 3, "there is no tag 'Nope'"),
        (("merge", "Harbour", "harbour"), 3, "there is no tag 'harbour'"),
        (("import", "missing.csv"), 4, "missing.csv"),
        (("import", "tags.csv"), 4, "tags.csv, line 2: status: "),
    ],
)
def test_what_cannot_be_done_says_why(
    run: Any, archive: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("tags.csv").write_text("tag,status\nLaw,old\n")
    result = run("tags", *arguments, "--author", "Ada", "--data", str(archive))
    assert result.exit_code == code
    assert said in result.stderr


@pytest.mark.parametrize("author", ["", " "])
@pytest.mark.parametrize(
    "arguments",
    [
        ("merge", "Strike", "Harbour"),
        ("undo", "1"),
        ("import", "tags.csv"),
        ("backfill", "tags.csv", "--apply"),
    ],
)
def test_the_log_has_a_name_for_each_change(
    run: Any, archive: Path, arguments: tuple[str, ...], author: str
) -> None:
    Path("tags.csv").write_text("id,tag\ngeneral/strike,Harbour\n")
    before = listed(run, archive)
    result = run("tags", *arguments, "--author", author, "--data", str(archive))
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: author: is blank, got {author!r}\nremedy: give the name of who changes this\n"
    )
    assert (listed(run, archive), run("tags", "log", "--data", str(archive)).stdout) == (before, "")


def test_a_list_without_a_tag_says_so(run: Any, archive: Path) -> None:
    for narrowed in (("--branch", "Nosuch"), ("--group", "Nosuch"), ("--text", "Nosuch")):
        result = run("tags", "list", *narrowed, "--data", str(archive))
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr == "No tag to list.\n"


def test_json_is_what_http_answers(run: Any, archive: Path, table: str) -> None:
    imported(run, archive, table)
    asked = ["tags", "list", "--branch", "harbour", "--json", "--data", str(archive)]
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(data=archive)).test_client()
        answer = client.get("/v1/tags?branch=harbour").json
    assert json.loads(run(*asked).stdout) == answer
    assert answer["tags"][0]["aliases"] == ["port", "docks"]


PLACES = """tag,broader
Place,
Port,Place
Harbour,Place
Harbours,
Harbourr,
Unheard,
"""


def test_what_is_odd_is_reported(run: Any, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(PLACES, "utf-8")
    imported(run, archive, str(tmp_path / "places.csv"), "--open")
    answer = json.loads(run("tags", "report", "--json", "--data", str(archive)).stdout)
    found = [(f["kind"], f["tag"], f["other"]) for f in answer["faults"]]
    assert found == [
        ("near-duplicate", "Harbourr", "Harbour"),
        ("near-duplicate", "Harbours", "Harbour"),
        ("near-duplicate", "Harbours", "Harbourr"),
        *(("unused", tag, None) for tag in ("Harbourr", "Harbours", "Place", "Port", "Unheard")),
        ("never-with-parent", "Harbour", "Place"),
    ]
    shown = run("tags", "report", "--data", str(archive)).stdout
    assert shown.splitlines()[-1].split() == ["never-with-parent", "#Harbour", "#Place", "2"]


def test_every_door_counts_a_tag_in_any_letter_case(
    run: Any, archive: Path, tmp_path: Path
) -> None:
    lines = [
        {"id": "n1", "title": "n", "tags": ["berlin", "politics"]},
        {"id": "n2", "title": "n", "tags": ["BERLIN", "Politics", "politics"]},
        {"id": "n3", "title": "n", "tags": ["berlin", "BERLIN", "politics"]},
        {"id": "n4", "title": "n", "tags": ["Berlin", "Politics"], "status": "draft"},
    ]
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    run("import", "new.jsonl", "--data", str(archive))
    (tmp_path / "tags.csv").write_text("tag\nBerlin\nHarbour\n", "utf-8")
    imported(run, archive, str(tmp_path / "tags.csv"))
    counts = {"Berlin": 3, "politics": 3, "Harbour": 2, "Assembly": 1, "Recipes": 1, "Strike": 1}
    assert listed(run, archive) == counts
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(data=archive)).test_client()
        for tag in ("Berlin", "politics", "Politics"):
            assert client.get(f"/v1/search?q=tag:{tag}").json["total"] == 3
        assert client.get("/tags").text.count('<span class="count">3<') == 2
        assert client.get("/v1/projects/newsclip").json["vocab"]["size"] == 6
    answer = json.loads(run("tags", "report", "--json", "--data", str(archive)).stdout)
    assert [(f["kind"], f["tag"], f["other"], f["articles"]) for f in answer["faults"]] == [
        ("near-duplicate", "BERLIN", "Berlin", 2),
        ("near-duplicate", "berlin", "Berlin", 2),
        ("near-duplicate", "Politics", "politics", 1),
    ], "and none is unused"


def test_a_tag_merged_into_another_spelling_of_itself_is_counted_there(
    run: Any, archive: Path
) -> None:
    where = ["--data", str(archive)]
    Path("new.jsonl").write_text('{"id": "n", "title": "n", "tags": ["harbour"]}', "utf-8")
    run("import", "new.jsonl", *where)
    assert listed(run, archive)["Harbour"] == 3
    run("tags", "merge", "harbour", "Harbour", "--author", "Ada", *where)
    assert (listed(run, archive)["Harbour"], listed(run, archive)["harbour"]) == (3, 0)
    Path("new.jsonl").write_text('{"id": "o", "title": "o", "tags": ["HARBOUR"]}', "utf-8")
    run("import", "new.jsonl", *where)
    assert (listed(run, archive)["Harbour"], listed(run, archive)["harbour"]) == (4, 0)


def test_a_tag_on_most_articles_is_over_broad(run: Any, tmp_path: Path) -> None:
    lines = [{"id": str(n), "title": "t", "tags": ["News", f"T{n}"]} for n in range(30)]
    (tmp_path / "news.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    run("import", str(tmp_path / "news.jsonl"), "--data", "news")
    answer = json.loads(run("tags", "report", "--json", "--data", "news").stdout)
    broad = [f["tag"] for f in answer["faults"] if f["kind"] == "over-broad"]
    assert broad == ["News"]


def test_untagged_articles_are_tagged_by_a_table_that_people_have_read(
    run: Any, archive: Path, tmp_path: Path
) -> None:
    text = "The dockers of the harbour stopped work again in the harbour."
    lines = [{"id": "new/strike", "title": "Harbour strike", "body": text}]
    (tmp_path / "new.jsonl").write_text(json.dumps(lines[0]), "utf-8")
    where = ["--data", str(archive)]
    run("import", "new.jsonl", *where)
    made = run("tags", "backfill", "review.csv", "--min-score", "0.2", *where)
    rows = list(csv.DictReader(io.StringIO(Path("review.csv").read_text("utf-8"))))
    assert made.stdout == f"tags to look through  {len(rows)}\n"
    assert {row["id"] for row in rows} == {"new/strike"}
    assert rows[0]["tag"] == "Harbour"
    assert [float(row["score"]) >= 0.2 for row in rows] == [True] * len(rows)
    Path("review.csv").write_text("id,tag\nnew/strike,Harbour\n", "utf-8")
    done = run("tags", "backfill", "review.csv", "--apply", "--author", "Ada", *where)
    assert done.stdout == "change    1\nentries   0\narticles  1\n"
    assert listed(run, archive)["Harbour"] == 3
    run("tags", "undo", "1", "--author", "Ada", *where)
    assert listed(run, archive)["Harbour"] == 2
    assert run("tags", "backfill", "review.csv", "--apply", *where).exit_code == 2
