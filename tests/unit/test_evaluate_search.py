"""Search measured: figures that can be worked out by hand, and queries made of an archive."""

import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.doubles import article

from newsclip.api.cli import main
from newsclip.errors import SourceUnreadable, TooLittleKnown
from newsclip.index.archive import Archive
from newsclip.recommender.evaluate_search import evaluate_search
from newsclip.recommender.qrels import Judgment
from newsclip.recommender.search_questions import (
    SearchQuestion,
    archive_questions,
    judged_questions,
    read_queries,
)

LONG = "A trawler that was seized off the bank came home on Friday. Nobody was hurt."


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [
            article("a", title="fish fish", body=LONG),
            article("b", title="law", body="fish law law law law"),
            article("c", title="star", body="star"),
        ]
    )
    return archive


def test_measures_of_each_mode_and_kind(shelf: Archive) -> None:
    with shelf.reading() as view:
        a, b = (view.key_of(name) for name in "ab")
        questions = [
            SearchQuestion("fish", {b: 1}),
            SearchQuestion("Star", {view.key_of("c"): 2}),
            SearchQuestion("why law", {b: 1, a: 1}),
        ]
        report = evaluate_search(view, questions)
    by_words = report.modes["keyword"]
    # a comes before b for "fish"; c is first for "Star"; "law" finds b alone, one of two
    gains = (1 / math.log2(3), 1, 1 / (1 + 1 / math.log2(3)))
    assert by_words["ndcg@10"].mean == pytest.approx(sum(gains) / 3)
    assert by_words["mrr"].mean == pytest.approx((0.5 + 1 + 1) / 3)
    assert by_words["recall@100"].mean == pytest.approx((1 + 1 + 0.5) / 3)
    assert {kind: count for kind, (count, _) in report.kinds.items()} == {
        "name": 1,
        "phrase": 1,
        "question": 1,
    }
    assert report.kinds["name"][1]["mrr"].mean == 1
    gain = report.modes["hybrid"]["mrr"].mean - by_words["mrr"].mean
    assert report.gains["keyword"]["mrr"].mean == pytest.approx(gain)


def test_queries_of_the_archive(shelf: Archive) -> None:
    with shelf.reading() as view:
        keys = {name: view.key_of(name) for name in "abc"}
        titles = archive_questions(view, "titles", 10, seed=0)
        leads = archive_questions(view, "leads", 10, seed=0)
        few = archive_questions(view, "titles", 2, seed=0)
        assert archive_questions(view, "copies", 10, seed=0) == []
    assert {each.query: dict(each.grades) for each in titles} == {
        "fish fish": {keys["a"]: 1},
        "law": {keys["b"]: 1},
        "star": {keys["c"]: 1},
    }
    assert [each.query for each in leads] == [
        "A trawler that was seized off the bank came home on Friday."
    ]
    assert len(few) == 2


def test_a_copy_is_looked_for_with_the_other_title(archive: Archive) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    archive.put([article("one", title="fish", body=words), article("two", title="law", body=words)])
    archive.put([article("other", title="star", body="star")])
    with archive.reading() as view:
        one, two = view.key_of("one"), view.key_of("two")
        questions = archive_questions(view, "copies", 10, seed=0)
    assert sorted((q.query, dict(q.grades), q.without) for q in questions) == [
        ("fish", {two: 1}, frozenset({"one"})),
        ("law", {one: 1}, frozenset({"two"})),
    ]


def test_a_copy_that_readers_cannot_see_is_not_looked_for(archive: Archive) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    archive.put([article("one", title="fish", body=words)])
    archive.put([article("two", title="law", body=words, status="draft")])
    with archive.reading() as view:
        assert archive_questions(view, "copies", 10, seed=0) == []
        (question,) = archive_questions(view, "titles", 10, seed=0)
        assert dict(question.grades) == {view.key_of("one"): 1}


def test_judged_queries_without_a_relevant_article_are_left_out(shelf: Archive) -> None:
    judgments = [Judgment("1", "a", 2), Judgment("2", "gone"), Judgment("3", "b", 0)]
    with shelf.reading() as view:
        key = view.key_of("a")
        found = judged_questions(view, {"1": "fish", "2": "law", "3": "star"}, judgments)
    assert found == [SearchQuestion("fish", {key: 2})]


def test_nothing_to_measure_is_said(shelf: Archive) -> None:
    with shelf.reading() as view, pytest.raises(TooLittleKnown):
        evaluate_search(view, [])


def test_queries_are_read_as_a_table_and_as_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "queries"
    file.write_text('1\tharbour law\n\n{"id": 2, "text": "fish"}\n')
    assert read_queries(file) == {"1": "harbour law", "2": "fish"}
    file.write_text("no tab here\n")
    with pytest.raises(SourceUnreadable, match="line 1"):
        read_queries(file)


def test_the_command_prints_a_table(shelf: Archive, tmp_path: Path) -> None:
    queries, qrels = tmp_path / "queries.tsv", tmp_path / "qrels.tsv"
    queries.write_text("1\ttrawler\n")
    qrels.write_text("1\tz\t1\n")
    (tmp_path / "data").mkdir()
    with Archive.open(tmp_path / "data", create=True) as archive:
        archive.put([article("z", title="Harbour", body=LONG), article("y", title="Bank")])
    data = ["--data", str(tmp_path / "data")]
    files = ["--queries", str(queries), "--qrels", str(qrels)]
    result = CliRunner().invoke(main, ["evaluate", "search", *files, *data])
    assert result.exit_code == 0, result.output
    assert "1 queries" in result.output
    assert "phrase (1)" in result.output
    alone = CliRunner().invoke(main, ["evaluate", "search", "--queries", str(queries), *data])
    assert alone.exit_code == 2
