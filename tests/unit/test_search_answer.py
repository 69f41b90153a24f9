"""How an answer is ordered, counted, cut into pages, and what is said of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doubles import AxisEncoder, article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender import accepted
from newsclip.recommender.hit import Reason
from newsclip.recommender.search import ENCODER_FAILED, search
from newsclip.recommender.search_page import FACET_NAMES, FacetValue, SearchOptions, SearchPage

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = " ".join(f"w{chr(97 + n % 26)}{chr(97 + n // 26)}rd" for n in range(80))  # of a real length


def found(archive: Archive, query: str, **options: Any) -> SearchPage:
    with archive.reading(NOON) as view:
        return search(view, query, SearchOptions(**options))


def ids(page: SearchPage) -> list[str]:
    return [hit.article.id for hit in page.hits]


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


# Pages


@pytest.mark.parametrize("collapse", [False, True])
def test_an_answer_goes_on_where_both_sides_find_the_same(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, collapse: bool
) -> None:
    # Three candidates a side, the same three, and good for three: there still is a fourth.
    monkeypatch.setattr(accepted, "_DEPTHS", ((3, 3), (100, 100)))
    archive.put([article(name, title="fish") for name in "abcd"])
    last = found(archive, "fish", limit=1, offset=2, collapse=collapse)
    assert (ids(last), last.next_offset) == (["c"], 3)
    end = found(archive, "fish", limit=1, offset=3, collapse=collapse)
    assert (ids(end), end.next_offset) == (["d"], None)


def test_an_order_of_dates_without_copies_has_no_end_before_its_last_article(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted, "COUNTED", 8)
    archive.put([article(f"copy {n}", body=LONG, published_at=NOON - DAY) for n in range(12)])
    archive.put([article(n, body=LONG.split()[n], published_at=NOON - 9 * DAY) for n in range(5)])
    asked: dict[str, Any] = {"query": "before:2027", "collapse": True, "limit": 2}
    page = found(archive, **asked)
    shown = ids(page)
    while page.next_cursor:
        page = found(archive, cursor=page.next_cursor, **asked)
        shown += ids(page)
    assert [each.split()[0] for each in sorted(shown)] == ["0", "1", "2", "3", "4", "copy"]


def test_an_answer_without_copies_is_counted_as_far_as_one_with_them(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted, "_DEPTHS", ((3, 3), (6, 6), (100, 100)))
    archive.put([article(f"copy {n}", body=f"fish {LONG}") for n in range(4)])
    archive.put([article(n, body="fish", section=f"s{n % 2}") for n in range(30)])
    archive.put([article("far", body="law")])
    asked: dict[str, Any] = {"mode": "keyword", "limit": 2, "facets": ("section",)}
    page = found(archive, "fish", collapse=True, **asked)
    assert (page.total, page.total_is_exact) == (31, True)
    assert page.facets["section"] == [FacetValue("s0", 15), FacetValue("s1", 15)]
    assert found(archive, "fish", **asked).total == 34


@pytest.mark.parametrize(
    "options", [{}, {"sort": "newest"}, {"sort": "oldest"}, {"mode": "semantic"}]
)
def test_cursors_lead_through_the_whole_answer(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.setattr(accepted, "_DEPTHS", ((4, 2), (8, 8), (100, 100)))
    archive.put([article(n, body="fish" + " x" * (n // 3)) for n in range(30)])
    archive.put([article("far", body="law")])
    whole = ids(found(archive, "fish", limit=100, **options))
    assert len(whole) == 30
    pages: list[str] = []
    cursor: str | None = None
    while True:
        page = found(archive, "fish", limit=7, cursor=cursor, **options)
        assert page.offset == len(pages)
        pages += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(set(pages)) == len(pages)
    assert sorted(pages) == sorted(whole)


def test_a_cursor_goes_on_behind_the_last_article_whatever_came_before_it(archive: Archive) -> None:
    archive.put([article(n, body="fish", published_at=NOON - n * DAY) for n in range(6)])
    first = found(archive, "fish", sort="newest", limit=2)
    assert ids(first) == ["0", "1"]
    archive.put([article("new", body="fish", published_at=NOON)])
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert (ids(after), after.offset) == (["2", "3"], 3)
    archive.delete("1")
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert ids(after) == ["2", "3"]  # behind the one before
    archive.delete("0")
    archive.delete("new")
    after = found(archive, "fish", sort="newest", limit=2, cursor=first.next_cursor)
    assert ids(after) == ["4", "5"]  # nothing is known of the page but how many it had


@pytest.mark.parametrize("came", [1, 15, 150])
@pytest.mark.parametrize("options", [{"sort": "newest"}, {}, {"query": "", "tags": True}])
def test_what_comes_in_meanwhile_ends_no_answer_early(
    archive: Archive, came: int, options: dict[str, Any]
) -> None:
    options = dict(options)
    if options.pop("tags", False):
        options["where"] = Filter(tags=frozenset({"sea"}))
    asked = {"query": "fish", "limit": 10} | options
    archive.put(
        [article(n, body="fish", tags=["sea"], published_at=NOON - n * DAY) for n in range(35)]
    )
    page = found(archive, **asked)
    shown = ids(page)
    fresh = [article(f"new {n}", title="fish", body="fish", tags=["sea"]) for n in range(came)]
    archive.put([a.model_copy(update={"published_at": NOON}) for a in fresh])
    while page.next_cursor:
        page = found(archive, cursor=page.next_cursor, **asked)
        shown += ids(page)
    assert len(shown) == len(set(shown)) == 35


@pytest.mark.parametrize(
    "change",
    [
        {"query": "law"},
        {"mode": "keyword"},
        {"sort": "newest"},
        {"collapse": True},
        {"where": Filter(tags=frozenset({"a"}))},
        {"cursor": "AAAA"},
        {"cursor": "not/base64"},
        {"cursor": "WzEsMiwzXQ"},
    ],
)
def test_a_cursor_of_another_question_is_refused(archive: Archive, change: dict[str, Any]) -> None:
    archive.put([article(n, body="fish law") for n in range(6)])
    cursor = found(archive, "fish", limit=2).next_cursor
    asked = {"query": "fish", "limit": 2, "cursor": cursor} | change
    with pytest.raises(QueryInvalid) as caught:
        found(archive, **asked)
    assert caught.value.field == "cursor"
    assert "next_cursor" in caught.value.remedy


def test_a_cursor_stands_in_place_of_an_offset(archive: Archive) -> None:
    archive.put([article(n, body="fish law") for n in range(6)])
    cursor = found(archive, "fish", limit=2).next_cursor
    with pytest.raises(QueryInvalid):
        found(archive, "fish", cursor=cursor, offset=1)


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
