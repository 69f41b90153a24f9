"""How an answer is ordered and counted, and what is said of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doubles import AxisEncoder, article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender import accepted
from newsclip.recommender.hit import Reason
from newsclip.recommender.search import ENCODER_FAILED
from newsclip.recommender.search_page import FACET_NAMES, FacetValue

from .found_pages import LONG, NOON, found, ids

DAY = timedelta(days=1)


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [
            article("old", body="fish law", published_at=NOON - 400 * DAY, section="Sea"),
            article("new", body="a ship and a fish and a law", published_at=NOON, section="sea"),
            article("mid", body="law, fish, law", published_at=NOON - 30 * DAY, tags=["A", "#b"]),
            article("undated", body="the fish of a law", tags=["a"], authors=["Ada Byron"]),
            article("half", body="fish, just fish", published_at=NOON - DAY, authors=["ada byron"]),
            article("other", body="star", published_at=NOON, section="Sea", tags=["B"]),
            article("draft", body="fish law", status="draft"),
        ]
    )
    return archive


# Orders


def test_an_order_of_dates_takes_articles_with_every_word(shelf: Archive) -> None:
    newest, oldest = ["new", "mid", "old", "undated"], ["old", "mid", "new", "undated"]
    for mode in ("hybrid", "keyword"):
        assert ids(found(shelf, "fish laws", mode=mode, sort="newest")) == newest
        assert ids(found(shelf, "fish laws", mode=mode, sort="oldest")) == oldest
    assert set(ids(found(shelf, "fish laws"))) == {*newest, "half"}


def test_an_order_of_dates_by_meaning(shelf: Archive) -> None:
    # those nearer than a random article: "new" has a cosine of .577, all have .592 in the mean
    near = ids(found(shelf, "fish", mode="semantic", sort="newest"))
    assert near == ["half", "old", "undated"]
    # no article has both words, so the nearest in meaning are put in order
    assert ids(found(shelf, "star ship", sort="oldest")) == ["new", "other"]
    assert ids(found(shelf, "star ship", sort="oldest", mode="keyword")) == []


def test_hits_in_an_order_of_dates_have_their_scores(shelf: Archive) -> None:
    for mode in ("hybrid", "keyword", "semantic"):
        scores = {h.article.id: h.score for h in found(shelf, "fish law", mode=mode).hits}
        dated = {
            h.article.id: h.score for h in found(shelf, "fish law", mode=mode, sort="oldest").hits
        }
        assert dated == pytest.approx({name: scores[name] for name in dated})


def test_conditions_alone_are_answered_by_the_newest(shelf: Archive) -> None:
    page = found(shelf, "", where=Filter(sections=frozenset({"SEA"})))
    assert (ids(page), page.total, page.total_is_exact) == (["other", "new", "old"], 3, True)
    assert [hit.reasons for hit in page.hits] == [()] * 3
    assert ids(found(shelf, "tag:a", sort="oldest")) == ["mid", "undated"]
    assert ids(found(shelf, "")) == []


def test_recency_multiplies_the_odds_of_what_decays(archive: Archive) -> None:
    ages = {"today": 0, "week": 7, "three": 21, "year": 365, "undated": None}
    archive.put(
        [
            article(name, body="fish", published_at=None if days is None else NOON - days * DAY)
            for name, days in ages.items()
        ]
        + [article("far", body="law")]
    )
    plain = found(archive, "fish", mode="keyword").hits[0].score
    scores = {
        hit.article.id: hit.score
        for hit in found(archive, "fish", mode="keyword", recency=0.4).hits
    }
    worth = {"today": 1, "week": 1, "three": 0.25, "year": 0, "undated": 0}
    odds = plain / (1 - plain)
    expected = {name: odds * (0.6 + 0.4 * each) for name, each in worth.items()}
    assert scores == pytest.approx({name: o / (1 + o) for name, o in expected.items()}, rel=1e-4)
    assert list(scores)[:3] == ["today", "week", "three"]


@pytest.mark.parametrize("option", ["recency", "min_score"])
def test_what_needs_scores_does_not_go_with_dates(shelf: Archive, option: str) -> None:
    with pytest.raises(QueryInvalid) as caught:
        found(shelf, "fish", sort="newest", **{option: 0.5})
    assert (caught.value.field, caught.value.value) == (option, 0.5)


def test_min_score(shelf: Archive) -> None:
    scores = [hit.score for hit in found(shelf, "fish law").hits]
    page = found(shelf, "fish law", min_score=scores[1])
    assert [hit.score for hit in page.hits] == scores[:2]
    assert (page.total, page.total_is_exact) == (2, True)
    assert found(shelf, "fish law", min_score=1.0).total == 0


# Copies


def test_of_copies_the_best_stands_for_all(archive: Archive) -> None:
    archive.put(
        [
            article("first", body=f"{LONG} fish", published_at=NOON - 2 * DAY),
            article("wire", body=f"{LONG} fish law", published_at=NOON - DAY),
            article("hidden", body=f"{LONG} fish", published_at=NOON, status="withdrawn"),
            article("other", body="fish", published_at=NOON - 3 * DAY),
            article("far", body="star"),
        ]
    )
    assert len(found(archive, "fish").hits) == 3
    for options, expected in (
        ({}, ["other", "first"]),
        ({"sort": "newest"}, ["wire", "other"]),
        ({"sort": "oldest"}, ["other", "first"]),
    ):
        page = found(archive, "fish", collapse=True, mode="keyword", facets=("year",), **options)
        assert ids(page) == expected
        assert (page.total, page.total_is_exact) == (2, True)
        assert page.facets["year"] == [FacetValue("2026", 2)]
        copies = {hit.article.id: [copy.id for copy in hit.duplicates] for hit in page.hits}
        (original,) = {"wire", "first"} & set(expected)
        assert copies == {original: [*({"wire", "first"} - {original})], "other": []}


# Totals


def test_totals_are_exact_or_at_least(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.put([article(n, body="fish" + " x" * n) for n in range(40)])
    archive.put([article("far", body="law"), article("draft", body="fish", status="draft")])
    archive.put([article("other draft", body="law", status="draft")])
    monkeypatch.setattr(accepted, "_DEPTHS", ((10, 5), (20, 20), (100, 100)))
    page = found(archive, "fish", mode="keyword", limit=5)
    assert (page.total, page.total_is_exact) == (40, True)
    monkeypatch.setattr(accepted, "COUNTED", 39)
    page = found(archive, "fish", mode="keyword", limit=5)
    assert (page.total, page.total_is_exact) == (39, False)  # of 41 with the word two may be hidden
    page = found(archive, "fish", mode="keyword", limit=50)
    assert (page.total, page.total_is_exact, len(page.hits)) == (40, True, 40)
    page = found(archive, "fish", mode="semantic", limit=5)
    assert (page.total, page.total_is_exact) == (20, False)  # one side alone begins with 20
    page = found(archive, "fish", mode="keyword", sort="newest", limit=5)
    assert (page.total, page.total_is_exact) == (40, True)


# Facets


def test_facets_count_what_is_accepted(shelf: Archive) -> None:
    page = found(shelf, "fish", facets=FACET_NAMES, mode="keyword")
    assert list(page.facets) == list(FACET_NAMES)
    assert page.facets == {
        "section": [FacetValue("sea", 2)],  # as the newer article spells it
        "tag": [FacetValue("a", 2), FacetValue("b", 1)],
        "author": [FacetValue("ada byron", 2)],
        "year": [FacetValue("2026", 2), FacetValue("2025", 1), FacetValue("2024", 1)],
    }
    where = Filter(tags=frozenset({"a"}))
    narrowed = found(shelf, "fish", facets=("year", "tag"), mode="keyword", where=where)
    assert list(narrowed.facets.items()) == [
        ("year", [FacetValue("2025", 1)]),
        ("tag", [FacetValue("a", 2), FacetValue("b", 1)]),
    ]
    assert found(shelf, "fish").facets == {}
    assert found(shelf, "zzz", mode="keyword", facets=("tag", "year")).facets == {
        "tag": [],
        "year": [],
    }


def test_a_facet_shows_the_values_of_most_articles(archive: Archive) -> None:
    tags = [f"t{n}" for n in range(30)]
    archive.put([article(n, body="fish", tags=tags[n:]) for n in range(30)])
    values = found(archive, "fish", mode="keyword", facets=("tag",)).facets["tag"]
    assert values == [FacetValue(f"t{n}", n + 1) for n in range(29, 9, -1)]


def test_facets_see_an_answer_that_is_too_large_to_be_counted(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put([article(n, body="fish", section=f"s{n % 2}") for n in range(40)])
    archive.put([article("far", body="law")])
    monkeypatch.setattr(accepted, "_DEPTHS", ((5, 2), (10, 5), (100, 100)))
    monkeypatch.setattr(accepted, "COUNTED", 20)
    monkeypatch.setattr(accepted, "_WIDE", 30)
    for mode in ("keyword", "semantic", "hybrid"):
        page = found(archive, "fish", mode=mode, facets=("section",), limit=5)
        assert sum(value.articles for value in page.facets["section"]) >= 30
        assert page.total >= 30
        assert not page.total_is_exact


# What is seen of a hit


def test_the_passage_is_the_sentence_nearest_in_meaning(archive: Archive) -> None:
    body = (
        "Nothing of it stands here at all. The goal of the star is a law for every vote.\n"
        "A ship full of fish was sold to a bank. Fish and fish and nothing but fish."
    )
    archive.put([article("a", body=body), article("b", body="star")])
    hit = found(archive, "fish").hits[0]
    assert hit.passage == "Fish and fish and nothing but fish."
    assert found(archive, "fish", mode="semantic").hits[0].passage == hit.passage
    assert found(archive, "fish", mode="keyword").hits[0].passage is None
    assert found(archive, "fish", passages=False).hits[0].passage is None


def test_two_sentences_that_are_nearer_together_are_one_passage(archive: Archive) -> None:
    body = "Nothing is said of that here. The ship sails at noon. And the fish is sold. A law, too."
    archive.put(
        [article("a", body=body), article("b", body="star"), article("t", title="ship fish")]
    )
    hits = {hit.article.id: hit for hit in found(archive, "ship fish").hits}
    assert hits["a"].passage == "The ship sails at noon. And the fish is sold."
    assert hits["t"].passage is None


def test_a_slow_encoder_embeds_sentences_only_where_that_is_asked_for(tmp_path: Path) -> None:
    class Slow(AxisEncoder):
        is_quick = False

    with Archive.open(tmp_path / "slow", Slow(), create=True) as archive:
        archive.put([article("a", body="A ship full of fish."), article("b", body="star")])
        assert found(archive, "fish").hits[0].passage is None
        assert found(archive, "fish", passages=True).hits[0].passage == "A ship full of fish."


# Where the encoder fails


def test_words_answer_where_the_encoder_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(AxisEncoder):
        def encode_queries(self, texts: Any) -> Any:
            raise RuntimeError("CUDA is gone")

    with Archive.open(tmp_path / "broken", Broken(), create=True) as archive:
        archive.put([article("a", body="fishes"), article("b", body="star")])
        for mode in ("hybrid", "semantic"):
            for sort in ("relevance", "newest"):
                page = found(archive, "fish", mode=mode, sort=sort)
                assert (ids(page), page.degraded) == (["a"], ENCODER_FAILED)
                assert page.hits[0].reasons == (Reason("words", ("fish",)),)
        assert found(archive, "fish", mode="keyword").degraded is None
    assert "CUDA is gone" in caplog.text


def test_an_encoder_that_works_is_not_said_to_fail(archive: Archive) -> None:
    archive.put([article("a", body="fish")])
    assert found(archive, "fish").degraded is None
