"""`newsclip tune` and `newsclip evaluate similar`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.unit.test_tune import WORDS

Run = Callable[..., Result]


@pytest.fixture
def linked(run: Run, tmp_path: Path) -> None:
    rows = [{"id": f"guide-{w}", "title": "Guide", "body": w, "section": "Guides"} for w in WORDS]
    rows += [
        {
            "id": f"a-{n}",
            "title": f"{WORDS[n % 7]} {n}",
            "body": f"{WORDS[n % 7]} {WORDS[n % 7]} {WORDS[n // 7 % 7]}",
            "section": "News",
            "links": [f"guide-{WORDS[n % 7]}"],
        }
        for n in range(140)
    ]
    file = tmp_path / "linked.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert run("import", str(file)).exit_code == 0


@pytest.mark.usefixtures("linked")
def test_a_dry_run_changes_nothing_a_run_does_and_a_reset_undoes_it(run: Run) -> None:
    def rail() -> list[str]:
        answer = run("similar", "a-3", "--json").stdout
        return [hit["id"] for hit in json.loads(answer)["hits"]]

    before = rail()
    dry = run("tune", "--dry-run", "--json")
    assert dry.exit_code == 0, dry.output
    told = json.loads(dry.stdout)
    assert told["gained"]
    assert (told["installed"], told["sources"], told["taught_by"]) == (False, 140, "links")
    assert rail() == before
    done = run("tune")
    assert "Installed" in done.stdout
    assert "gain over fixed" in done.stdout
    assert rail()[0] == "guide-bank" != before[0]
    assert "plain blend" in run("tune", "--reset").stdout
    assert rail() == before
    assert "already" in run("tune", "--reset").stdout


@pytest.mark.usefixtures("linked")
def test_two_rankers_are_compared_the_same_each_time(run: Run) -> None:
    asked = ["evaluate", "similar", "--ranker", "general", "--compare", "fixed", "--json"]
    first = run(*asked, "--sample", "30")
    assert first.exit_code == 0, first.output
    report = json.loads(first.stdout)
    assert (report["questions"], report["left_out"]) == (30, 0)
    assert list(report["gains"]) == ["fixed"]
    assert run(*asked, "--sample", "30").stdout == first.stdout


@pytest.mark.usefixtures("linked")
def test_judgments_come_from_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "qrels"
    file.write_text("a-0 0 guide-fish 1\nnobody 0 a-1 1\na-1 0 a-2 0\n", "utf-8")
    done = run("evaluate", "similar", "--qrels", str(file))
    assert done.exit_code == 0, done.output
    assert "1 articles; 2 left out" in done.stdout
    assert run("evaluate", "similar", "--qrels", str(file), "--by-tags").exit_code == 2


@pytest.mark.usefixtures("linked")
def test_too_few_judgments_are_not_filled_up_with_links_or_tags(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "few.tsv"
    file.write_text("a-0\tguide-fish\t1\na-1\tguide-ship\t1\n", "utf-8")
    done = run("tune", "--qrels", str(file))
    assert done.exit_code == 8
    assert f"with a judgment in {str(file)!r}: 2 found, 60 needed" in done.stderr
    assert "remedy: judge what belongs to more articles" in done.stderr


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (["tune"], ["--seed", "-1"]),
        (["evaluate", "similar"], ["--seed", "-1"]),
        (["evaluate", "search"], ["--seed", "-1"]),
        (["evaluate", "tags"], ["--seed", "-1"]),
        (["tags", "train"], ["--seed", "-1"]),
        (["train-model", "--articles", "-", "--out", "model"], ["--seed", str(2**32)]),
        (["evaluate", "similar"], ["--sample", "0"]),
        (["evaluate", "similar"], ["--sample", "-1"]),
        (["evaluate", "search"], ["--sample", "0"]),
    ],
)
def test_chance_starts_at_no_negative_and_a_sample_holds_something(
    run: Run, command: list[str], wrong: list[str]
) -> None:
    done = run(*command, *wrong)
    assert done.exit_code == 2
    assert f"Invalid value for '{wrong[0]}'" in done.stderr


def test_too_little_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"id": "a", "title": "Fish"}', "utf-8")
    run("import", str(file))
    done = run("tune")
    assert (done.exit_code, "60 needed" in done.stderr) == (8, True)
    assert "evaluate" not in done.stderr
    assert run("evaluate", "similar").exit_code == 8
