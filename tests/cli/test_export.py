"""Rails as files: what the route answers, made anew where it may have changed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsclip.api import export
from newsclip.api.app import create_app
from newsclip.api.export import file_name
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive

from .conftest import Run

LAW, STRIKE, BREAD = (
    "politics/2026/harbour-law",
    "politics/2026/harbour-strike",
    "life/sourdough",
)
RAILS = Path("rails")


def put(run: Run, *articles: dict[str, Any]) -> None:
    lines = "".join(json.dumps(article) + "\n" for article in articles)
    assert run("import", "-", stdin=lines).exit_code == 0


def exported(run: Run, *options: str) -> dict[str, int]:
    result = run("export-similar", RAILS, "--json", *options)
    assert result.exit_code == 0, result.output
    summary: dict[str, int] = json.loads(result.stdout)
    return summary


def shown(article_id: str) -> list[str]:
    rail = json.loads((RAILS / file_name(article_id)).read_text("utf-8"))
    return [hit["id"] for hit in rail["hits"]]


def answered(archive: Path, article_id: str, query: str = "") -> Any:
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(data=archive)).test_client()
        return client.get(f"/v1/articles/{quote(article_id, safe='')}/similar{query}").json


def test_each_file_is_what_the_route_answers(run: Run, archive: Path) -> None:
    assert exported(run) == {"rails": 3, "written": 3, "unchanged": 0, "removed": 0}
    names = {path.name for path in RAILS.glob("*.json")}
    assert names == {
        "politics%2F2026%2Fharbour-law.json",
        "politics%2F2026%2Fharbour-strike.json",
        "life%2Fsourdough.json",
    }
    for article_id in (LAW, STRIKE, BREAD):
        text = (RAILS / file_name(article_id)).read_text("utf-8")
        assert json.loads(text) == answered(archive, article_id)


@pytest.mark.parametrize(
    ("options", "query"),
    [
        (["--limit", "1"], "?limit=1"),
        (["--fallback", "none"], "?fallback=none"),
        (["--min-score", "0.9"], "?min_score=0.9"),
        (["--diversity", "1"], "?diversity=1"),
        (["--languages", "any"], "?languages=any"),
    ],
)
def test_options_are_those_of_the_route(
    run: Run, archive: Path, options: list[str], query: str
) -> None:
    exported(run)
    summary = exported(run, *options)
    assert summary["written"] + summary["unchanged"] == 3, "another choice makes all anew"
    for article_id in (LAW, STRIKE, BREAD):
        text = (RAILS / file_name(article_id)).read_text("utf-8")
        assert json.loads(text) == answered(archive, article_id, query)


def test_nothing_is_done_where_nothing_has_changed(run: Run, archive: Path) -> None:
    exported(run)
    assert exported(run) == {"rails": 3, "written": 0, "unchanged": 0, "removed": 0}
    assert exported(run, "--all") == {"rails": 3, "written": 0, "unchanged": 3, "removed": 0}


def test_a_file_that_somebody_removed_comes_back_with_all(run: Run, archive: Path) -> None:
    exported(run)
    (RAILS / file_name(LAW)).unlink()
    assert exported(run, "--all")["written"] == 1
    assert shown(LAW)


def test_a_withdrawn_article_leaves_its_file_and_all_rails(run: Run, archive: Path) -> None:
    exported(run)
    assert STRIKE in shown(LAW)
    put(run, {"id": STRIKE, "title": "Dockers", "status": "withdrawn"})
    assert exported(run)["removed"] == 1
    assert not (RAILS / file_name(STRIKE)).exists()
    assert STRIKE not in shown(LAW)


def test_an_embargo_that_ends_and_an_expiry_show_without_a_write(
    run: Run, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(run)
    now = datetime.now(UTC)
    put(
        run,
        {
            "id": "soon",
            "title": "Dockers of the harbour sing",
            "section": "Politics",
            "published_at": (now + timedelta(hours=1)).isoformat(),
            "expires_at": (now + timedelta(hours=3)).isoformat(),
        },
    )
    assert exported(run)["rails"] == 3
    with Archive.open(archive) as opened:
        choice = export.Choice()
        original = opened.reading
        for hours, rails in ((0, 3), (2, 4), (4, 3)):
            moment = now + timedelta(hours=hours)
            monkeypatch.setattr(opened, "reading", lambda moment=moment: original(moment))
            summary = export.export_rails(opened, RAILS, choice, False, lambda *_: None)
            assert summary.rails == rails
            assert ("soon" in shown(LAW)) is (hours == 2)


def many(count: int) -> list[dict[str, Any]]:
    """Articles of stories of ten, each with words of its own."""
    return [
        {
            "id": f"s{n // 10}/{n}",
            "title": f"story{n // 10} part{n}",
            "body": f"topic{n // 10} word{n} matter{n // 10} place{n // 10} " * 5,
            "section": f"S{n // 10}",
            "published_at": f"2026-01-{n % 28 + 1:02}",
        }
        for n in range(count)
    ]


def test_a_changed_article_is_shown_as_it_is_now(run: Run) -> None:
    put(run, *many(200))
    put(run, many(5)[2], many(60)[55] | {"title": "story5 part55 first"})  # keys in another order
    exported(run, "--limit", "9")
    put(run, many(60)[51] | {"title": "story5 part51 anew"})
    exported(run, "--limit", "9")
    texts = [path.read_text("utf-8") for path in RAILS.glob("*.json")]
    assert any("story5 part51 anew" in text for text in texts)
    assert not any('"story5 part51"' in text for text in texts)


def test_a_new_article_changes_only_the_rails_near_it(run: Run) -> None:
    put(run, *many(300))
    exported(run, "--limit", "3")
    put(run, many(1)[0] | {"id": "new", "title": "story0 part1 news"})
    summary = exported(run, "--limit", "3")
    assert summary["rails"] == 301
    assert 1 < summary["written"] + summary["unchanged"] < 150
    before = {path.name: path.read_text("utf-8") for path in RAILS.glob("*.json")}
    exported(run, "--limit", "3", "--all")
    for path in RAILS.glob("*.json"):
        full, part = json.loads(path.read_text("utf-8")), json.loads(before[path.name])
        assert [hit["id"] for hit in full["hits"]] == [hit["id"] for hit in part["hits"]]


def test_an_export_that_is_cut_off_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put(run, *many(30))
    monkeypatch.setattr(export, "_BATCH", 1)
    made: list[str] = []
    original = export._put

    def cut_off(path: Path, text: bytes) -> None:
        if len(made) == 20:
            raise KeyboardInterrupt
        made.append(path.name)
        original(path, text)

    monkeypatch.setattr(export, "_put", cut_off)
    assert run("export-similar", RAILS, "--limit", "3").exit_code == 130
    monkeypatch.setattr(export, "_put", original)
    rest = {"rails": 30, "written": 10, "unchanged": 0, "removed": 0}
    assert exported(run, "--limit", "3") == rest
    assert not list(RAILS.glob("*.part"))


def in_between(monkeypatch: pytest.MonkeyPatch, rails: int, then: Callable[[], object]) -> None:
    """Once so many rails are written, something happens in the middle of the export."""
    monkeypatch.setattr(export, "_BATCH", 1)
    original, made = export._put, list[Path]()

    def put_and_see(path: Path, text: bytes) -> None:
        original(path, text)
        made.append(path)
        if len(made) == rails:
            then()

    monkeypatch.setattr(export, "_put", put_and_see)


def test_what_comes_and_goes_while_rails_are_written_stands_on_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(run, *many(30))
    late = many(1)[0] | {"id": "late", "title": "story0 part2 part3 part4 part5"}
    with monkeypatch.context() as patched:
        in_between(patched, 2, lambda: put(run, late))
        exported(run, "--limit", "3")
    on_it = [path for path in RAILS.glob("s*.json") if '"late"' in path.read_text("utf-8")]
    assert on_it
    put(run, {"id": "late", "title": "Gone", "status": "withdrawn"})
    exported(run, "--limit", "3")
    assert not any('"late"' in path.read_text("utf-8") for path in RAILS.glob("*.json"))
    assert not (RAILS / file_name("late")).exists()


def test_a_file_goes_whose_article_vanished_while_rails_were_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(run, *many(30))
    exported(run, "--limit", "3")
    last = "s2/29"
    withdrawn = {"id": last, "title": "Gone", "status": "withdrawn"}
    put(run, many(1)[0] | {"title": "story0 anew"})
    with monkeypatch.context() as patched:
        in_between(patched, 1, lambda: put(run, withdrawn))
        exported(run, "--limit", "4")
    exported(run, "--limit", "4")
    assert not (RAILS / file_name(last)).exists()
    assert not any(last in path.read_text("utf-8") for path in RAILS.glob("*.json"))


@pytest.mark.parametrize(
    ("target", "article"),
    [("article:new", {"id": "new"}), ("section:Front", {"id": "x", "section": "Front"})],
)
def test_rails_follow_what_a_pin_shows(
    run: Run, target: str, article: dict[str, Any], archive: Path
) -> None:
    put(run, *many(200))
    pin = {"kind": "pin", "target": target, "position": 1, "author": "ada"}
    with Archive.open(archive) as opened:
        client = create_app(opened, Settings(data=archive)).test_client()
        assert client.put("/v1/curation/p", json=pin).status_code in (200, 201)
    exported(run, "--limit", "3")
    put(run, {"title": "Far from all", "body": "nothing alike"} | article)
    exported(run, "--limit", "3")
    assert {shown(f"s{n // 10}/{n}")[0] for n in range(200)} == {article["id"]}


def test_long_ids_and_odd_ones_have_files_of_their_own(run: Run) -> None:
    ids = ["a" * 500, "a" * 499 + "b", "é" * 100, ".hidden", "a~b", "A b", "50%2Foff", "50/off"]
    put(run, *({"id": each, "title": "Fish"} for each in ids))
    assert exported(run)["rails"] == len(ids)
    names = {file_name(each) for each in ids}
    assert len(names) == len(ids) == len(list(RAILS.glob("*.json")))
    assert max(map(len, names)) <= 205


def test_a_directory_that_cannot_be_written(run: Run, archive: Path) -> None:
    Path("file").write_text("", encoding="utf-8")
    result = run("export-similar", "file/rails")
    assert result.exit_code == 5
    assert "cannot be written" in result.stderr


def test_a_summary_for_people(run: Run, archive: Path) -> None:
    result = run("export-similar", RAILS)
    assert result.stdout.splitlines() == [
        "rails      3",
        "written    3",
        "unchanged  0",
        "removed    0",
    ]
