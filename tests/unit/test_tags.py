"""Tag suggestions: votes and names by hand, and the evidence for each."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tagging.evidence import NeighbourEvidence, TextEvidence
from newsclip.recommender.tagging.witnesses import NEIGHBOURS
from newsclip.recommender.tags import TagSuggestion, suggest_tags

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)


def suggested(archive: Archive, draft: Draft, **options: Any) -> list[TagSuggestion]:
    with archive.reading(NOON) as view:
        return list(suggest_tags(view, draft, TagChoice(**options)).suggestions)


def scores(suggestions: list[TagSuggestion]) -> dict[str, float]:
    return {each.tag: each.score for each in suggestions}


# Votes


def test_equal_neighbours_have_equal_votes(archive: Archive) -> None:
    for name, tags in {"a": ["X", "Y"], "b": ["X"], "c": ["X"], "d": ["Z"]}.items():
        archive.put([article(name, body="fish", tags=tags)])
    archive.put([article("untagged", body="fish"), article("far", body="law", tags=["W"])])
    found = suggested(archive, Draft(body="fish"))
    assert scores(found) == pytest.approx({"X": 3 / 4, "Y": 1 / 4, "Z": 1 / 4})
    assert [each.tag for each in found] == ["X", "Y", "Z"], "by score, then by name"


def test_a_close_neighbour_counts_more_than_a_distant_one(archive: Archive) -> None:
    bodies = {"a": "fish", "b": "fish ship", "c": "law", "d": "star"}
    tags = {"a": ["Near"], "b": ["Far"], "c": ["None"], "d": []}
    archive.put([article(name, body=bodies[name], tags=tags[name]) for name in bodies])
    # as in test_fusion: lengths 1 and 2 of 1.25, cosines 1 and 0.7071 where 0.4268 is typical
    keyword = [math.sqrt(1 / (1 + 1.2 * 0.85)), math.sqrt(1 / (1 + 1.2 * 1.45))]
    diagonal = float(np.float16(0.5**0.5))
    typical = (1 + diagonal) / 4
    near, far = (
        (0.7 * k + 0.3 * m) ** 3
        for k, m in zip(keyword, [1.0, (diagonal - typical) / (1 - typical)], strict=True)
    )
    expected = {"Near": near / (near + far), "Far": far / (near + far)}
    assert scores(suggested(archive, Draft(body="fish"))) == pytest.approx(expected, abs=1e-5)


def test_only_the_nearest_vote(archive: Archive) -> None:
    archive.put([article(n, body="fish " * 3, tags=["Near"]) for n in range(NEIGHBOURS)])
    archive.put([article("far", body="fish law star goal", tags=["Far"])])
    assert scores(suggested(archive, Draft(body="fish"))) == pytest.approx({"Near": 1.0})


# Names in the text


def test_a_name_in_the_text_speaks_for_its_tag(archive: Archive) -> None:
    archive.put([article(n, body="fish", tags=["X"]) for n in range(3)])
    archive.put([article("d", body="fish", tags=["Table"]), article("e", tags=["USRelations"])])
    draft = Draft(title="Fish on the table", body="What of US relations? Nothing.")
    found = suggested(archive, draft)
    # four equal neighbours: X 3/4, Table 1/4 and its name, USRelations its name alone
    assert scores(found) == pytest.approx(
        {"X": 3 / 4, "Table": 1 - (3 / 4) * 0.8, "USRelations": 0.2}
    )
    evidence = {each.tag: each.evidence for each in found}
    assert evidence["USRelations"] == (TextEvidence("What of US relations?", "US relations"),)
    assert evidence["Table"][0] == TextEvidence("Fish on the table", "table")
    assert {each.article_id for each in evidence["X"] if isinstance(each, NeighbourEvidence)} == {
        "0",
        "1",
        "2",
    }


@pytest.mark.parametrize(
    ("body", "sentence", "matched"),
    [
        ("First. The Harbour opens! Last.", "The Harbour opens!", "Harbour"),
        ("“Harbours are open,” he said. Then", "“Harbours are open,” he said.", "Harbours"),
        ("🙂 Évian: the harbour", "🙂 Évian: the harbour", "harbour"),
        ("One\nTwo harbour\nThree", "Two harbour", "harbour"),
        ("... harbour", "harbour", "harbour"),
        ("The harbour. Another harbour.", "The harbour.", "harbour"),
    ],
)
def test_the_sentence_around_the_first_place(
    archive: Archive, body: str, sentence: str, matched: str
) -> None:
    archive.put([article("a", body="law", tags=["Harbour"])])
    (found,) = suggested(archive, Draft(body=body))
    assert found.evidence[0] == TextEvidence(sentence, matched)


# Evidence


def test_the_nearest_carriers_are_named(archive: Archive) -> None:
    archive.put(
        [
            article(n, title=f"T{n}", body="fish" + " x" * n, tags=["X"], url=f"u{n}")
            for n in range(5)
        ]
    )
    (found,) = suggested(archive, Draft(body="fish"))
    shown = [each for each in found.evidence if isinstance(each, NeighbourEvidence)]
    assert len(shown) == len(found.evidence) == 3
    assert [(each.article_id, each.title, each.url) for each in shown] == [
        ("0", "T0", "u0"),
        ("1", "T1", "u1"),
        ("2", "T2", "u2"),
    ]
    assert 1 >= shown[0].score > shown[1].score > shown[2].score > 0


# Parameters


def test_limit_and_min_score(archive: Archive) -> None:
    for n in range(4):
        archive.put([article(n, body="fish", tags=["A", "B", "C", "D"][: n + 1])])
    draft = Draft(body="fish")
    expected = {"A": 1.0, "B": 0.75, "C": 0.5, "D": 0.25}
    assert scores(suggested(archive, draft)) == pytest.approx(expected, rel=1e-12)
    assert list(scores(suggested(archive, draft, limit=2))) == ["A", "B"]
    assert list(scores(suggested(archive, draft, min_score=0.5))) == ["A", "B", "C"]
    assert list(scores(suggested(archive, draft, min_score=0.51))) == ["A", "B"]
    assert list(scores(suggested(archive, draft, min_score=0.5, limit=1))) == ["A"]


@pytest.mark.parametrize("own", ["Harbour", "#Harbour", "harbour", " HARBOUR "])
def test_tags_that_it_has_are_not_suggested(archive: Archive, own: str) -> None:
    archive.put([article("a", body="the harbour law", tags=["Harbour", "Law"])])
    archive.put([article("b", body="star")])
    draft = Draft(body="the harbour law")
    assert set(scores(suggested(archive, draft))) == {"Harbour", "Law"}
    tagged = Draft(body="the harbour law", tags=(own,))
    assert set(scores(suggested(archive, tagged))) == {"Law"}


def test_every_part_of_the_draft_is_read(archive: Archive) -> None:
    archive.put([article("a", body="fish", tags=["Fish"]), article("b", body="star")])
    for part in ("title", "summary", "body"):
        assert "Fish" in scores(suggested(archive, Draft(**{part: "A fish"})))


def test_nothing_to_suggest(archive: Archive) -> None:
    assert suggested(archive, Draft(body="fish")) == []
    archive.put([article("a", body="fish"), article("b", body="law", tags=["Law"])])
    assert suggested(archive, Draft(body="fish")) == []


# Whom readers may not see


HIDDEN = [
    {"status": "draft"},
    {"status": "withdrawn"},
    {"published_at": NOON + timedelta(seconds=1)},
    {"expires_at": NOON},
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_articles_do_not_vote(archive: Archive, hidden: dict[str, Any]) -> None:
    archive.put([article("a", body="fish", tags=["X"]), article("b", body="law")])
    archive.put([article("hidden", title="Plan", body="fish", tags=["Secret", "X"], **hidden)])
    found = suggested(archive, Draft(body="fish"))
    assert scores(found) == pytest.approx({"X": 1.0})
    assert [
        each.article_id for each in found[0].evidence if isinstance(each, NeighbourEvidence)
    ] == ["a"]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_tag_that_only_hidden_articles_carry_is_not_given_away(
    archive: Archive, hidden: dict[str, Any]
) -> None:
    archive.put([article("hidden", body="law", tags=["ProjectX"], **hidden)])
    assert suggested(archive, Draft(body="Rumours about project X")) == []


def test_tags_of_deleted_articles_are_forgotten(archive: Archive) -> None:
    archive.put([article("a", body="fish", tags=["X", "Fish"]), article("b", body="law")])
    assert set(scores(suggested(archive, Draft(body="fish")))) == {"X", "Fish"}
    archive.delete("a")
    assert suggested(archive, Draft(body="fish")) == []
    archive.put([article("b", body="fish", tags=["Y"]), article("c", body="star")])
    assert scores(suggested(archive, Draft(body="fish"))) == pytest.approx({"Y": 1.0})


@pytest.mark.parametrize(
    ("tag", "text", "matched"),
    [
        ("WHO", "The man who came from the WHO.", "WHO"),
        ("WHO", "The man who came.", None),
        ("US", "They told us.", None),
        ("YouTube", "A youtube video.", "youtube"),
        ("Law", "The LAW passed.", "LAW"),
    ],
)
def test_a_name_in_capitals_is_found_in_capitals_only(
    archive: Archive, tag: str, text: str, matched: str | None
) -> None:
    archive.put([article("a", body="fish", tags=[tag])])
    named = [
        evidence.matched
        for each in suggested(archive, Draft(body=text))
        for evidence in each.evidence
        if isinstance(evidence, TextEvidence)
    ]
    assert named == ([matched] if matched else [])
