"""Search: who answers in each mode, page by page, and the passage that is shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender.hit import Reason, Snippet
from newsclip.recommender.search import MAX_DEPTH, search
from newsclip.recommender.search_page import SearchOptions, SearchPage

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def found(archive: Archive, query: str, **options: Any) -> SearchPage:
    with archive.reading(NOON) as view:
        return search(view, query, SearchOptions(**options))


def ids(page: SearchPage) -> list[str]:
    return [hit.article.id for hit in page.hits]


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [
            article("both", title="Fish", body="A fish is landed.", section="Sea", tags=["x"]),
            # the encoder knows "fish" alone, the lexicon also its other forms
            article("word", title="Fishing", body="Fishes were fished.", section="Sea", tags=["y"]),
            article("other", title="Law", body="A law.", section="Law", published_at=NOON),
        ]
    )
    return archive


# Modes


def test_modes(shelf: Archive) -> None:
    assert set(ids(found(shelf, "fish", mode="keyword"))) == {"both", "word"}
    assert ids(found(shelf, "fish", mode="semantic")) == ["both"]
    assert ids(found(shelf, "fish"))[0] == "both"
    assert set(ids(found(shelf, "fish"))) == {"both", "word"}


def test_reasons(shelf: Archive) -> None:
    reasons = {hit.article.id: hit.reasons for hit in found(shelf, "FISH's laws").hits}
    assert reasons["both"] == (Reason("words", ("FISH",)),)
    assert reasons["other"] == (Reason("words", ("laws",)),)
    assert [hit.reasons for hit in found(shelf, "fish", mode="semantic").hits] == [
        (Reason("meaning"),)
    ]


def test_an_exact_word_beats_a_kindred_text(archive: Archive) -> None:
    archive.put([article("name", body="Zdenka Ullivarri"), article("kin", body="fish fish")])
    archive.put([article(n, body="fish law") for n in range(5)])
    assert ids(found(archive, "Zdenka Ullivarri fish"))[0] == "name"


@pytest.mark.parametrize("query", ["ELEVE", "élève", "Élèves"])
def test_case_accents_and_endings_do_not_matter(archive: Archive, query: str) -> None:
    archive.put([article("a", title="Les élèves"), article("b", title="Law")])
    assert ids(found(archive, query, mode="keyword")) == ["a"]


def test_words_of_most_articles_count_only_if_there_are_no_others(archive: Archive) -> None:
    archive.put([article(n, body="the law") for n in range(110)])
    archive.put([article("fish", body="a fish"), article("both", body="the fish")])
    assert set(ids(found(archive, "the fish", mode="keyword"))) == {"fish", "both"}
    assert len(found(archive, "the", mode="keyword", limit=1_000).hits) == 111
    assert len(found(archive, "the law", mode="keyword", limit=1_000).hits) == 111


def test_in_a_small_archive_every_word_counts(archive: Archive) -> None:
    archive.put([article(n, body="the law") for n in range(5)])
    assert len(found(archive, "the fish", mode="keyword").hits) == 5


def test_only_the_first_words_of_a_text_are_looked_up(archive: Archive) -> None:
    archive.put([article("a", body="fish"), article("b", body="law")])
    many = " ".join(f"w{number}x" for number in range(99))
    assert ids(found(archive, f"{many} fish law", mode="keyword")) == ["a"]


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_nothing_is_found(shelf: Archive, mode: Any) -> None:
    assert ids(found(shelf, "unheard", mode="keyword")) == []
    page = found(shelf, "vote", mode=mode)
    assert (page.hits, page.next_offset) == ([], None)


def test_an_empty_archive(archive: Archive) -> None:
    for mode in ("hybrid", "keyword", "semantic"):
        assert found(archive, "fish", mode=mode) == SearchPage([], 0, 10)


# Pages


def ladder(archive: Archive, count: int) -> list[str]:
    """Articles that answer "fish" the worse the higher their number."""
    archive.put([article(n, body="fish" + " x" * n) for n in range(count)])
    return [str(n) for n in range(count)]


def test_scores_descend_and_lie_between_0_and_1(archive: Archive) -> None:
    expected = ladder(archive, 30)
    page = found(archive, "fish", limit=100)
    scores = [hit.score for hit in page.hits]
    assert ids(page) == expected
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] < scores[0] <= 1


@pytest.mark.parametrize("limit", [1, 3, 10, 12, 13])
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_pages_follow_each_other_without_gap_or_repeat(
    archive: Archive, limit: int, mode: Any
) -> None:
    ladder(archive, 12)
    archive.put([article("far", body="law")])
    whole = ids(found(archive, "fish", limit=100, mode=mode))
    assert len(whole) == 12
    pages: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = found(archive, "fish", limit=limit, offset=offset, mode=mode)
        assert (page.offset, page.limit) == (offset, limit)
        assert page.next_offset in (None, offset + limit)
        pages += ids(page)
        offset = page.next_offset
    assert pages == whole


def test_a_page_past_the_end(archive: Archive) -> None:
    ladder(archive, 3)
    assert found(archive, "fish", offset=3).hits == []
    assert found(archive, "fish", offset=990) == SearchPage([], 990, 10, total=3)


def test_how_far_one_can_page(archive: Archive) -> None:
    archive.put([article("a", body="fish")])
    assert MAX_DEPTH == 1_000
    assert found(archive, "fish", limit=1_000).next_offset is None
    for limit, offset in [(1_001, 0), (10, 991), (1, 1_000)]:
        with pytest.raises(QueryInvalid) as caught:
            found(archive, "fish", limit=limit, offset=offset)
        assert (caught.value.field, caught.value.value) == ("offset", offset)
        assert "cursor" in caught.value.remedy


def test_the_last_page_within_reach_has_no_next(archive: Archive) -> None:
    archive.put([article(n, body="fish law") for n in range(1_005)])
    page = found(archive, "fish", limit=5, offset=995, mode="keyword")
    assert (len(page.hits), page.next_offset) == (5, None)
    assert found(archive, "fish", limit=5, offset=990, mode="keyword").next_offset == 995


# Filters and what readers may not see


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(sections=frozenset({"sea"})), {"both", "word"}),
        (Filter(tags=frozenset({"#X"})), {"both"}),
        (Filter(exclude_ids=frozenset({"both"})), {"word"}),
        (Filter(published_from=NOON), set()),
        (Filter(sections=frozenset({"law"})), set()),
    ],
)
def test_filters(shelf: Archive, where: Filter, expected: set[str]) -> None:
    for mode in ("keyword", "hybrid"):
        assert set(ids(found(shelf, "fish", mode=mode, where=where))) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"published_at": NOON + SECOND},
        {"expires_at": NOON},
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_hidden_articles_are_never_found(
    archive: Archive, hidden: dict[str, Any], mode: Any
) -> None:
    archive.put([article("a", body="fish", **hidden), article("b", body="fish"), article("c")])
    assert ids(found(archive, "fish", mode=mode)) == ["b"]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_a_deleted_article_is_found_no_more(archive: Archive, mode: Any) -> None:
    archive.put([article(name, body="fish") for name in "abc"] + [article("d", body="law")])
    assert ids(found(archive, "fish", mode=mode)) == ["a", "b", "c"]
    archive.delete("b")
    assert ids(found(archive, "fish", mode=mode)) == ["a", "c"]
    archive.put([article("a", body="law")])
    assert ids(found(archive, "fish", mode=mode)) == ["c"]


def test_an_exact_copy_is_found_too(archive: Archive) -> None:
    archive.put([article("a", body="fish"), article("copy", body="fish"), article("b", body="law")])
    for mode in ("hybrid", "keyword", "semantic"):
        assert ids(found(archive, "fish", mode=mode)) == ["a", "copy"]


# Snippets


def snippet(archive: Archive, query: str, **options: Any) -> Snippet:
    shown = found(archive, query, **options).hits[0].snippet
    assert shown is not None
    return shown


@pytest.mark.parametrize("before", ["", "É", "🙂🙂 ", "Søren á l’Élysée — ", "東京 ", "👩‍👩‍👧‍👦 "])
def test_marks_are_character_offsets(archive: Archive, before: str) -> None:
    body = f"{before}The harbour law on harbours."
    archive.put([article("a", body=body), article("b", body="star")])
    shown = snippet(archive, "harbour")
    assert shown.text in body
    assert [shown.text[start:end] for start, end in shown.marks] == ["harbour", "harbours"]


def test_the_passage_is_where_the_words_are(archive: Archive) -> None:
    body = "Nothing here. " * 50 + "Then the fish met the law. " + "Nothing more. " * 50
    archive.put([article("a", body=body), article("b", body="star")])
    shown = snippet(archive, "fish law")
    assert "fish met the law" in shown.text
    assert len(shown.text) <= 200
    assert [shown.text[start:end] for start, end in shown.marks] == ["fish", "law"]


def test_without_a_match_in_the_body_its_beginning_is_shown(archive: Archive) -> None:
    archive.put([article("a", title="Fish", body="Nothing here. " * 50), article("b", body="star")])
    assert snippet(archive, "fish") == Snippet(("Nothing here. " * 50)[:200])
    body = "fish ship " * 50
    archive.put([article("c", body=body)])
    assert snippet(archive, "ship", mode="semantic") == Snippet(body[:200])


@pytest.mark.parametrize(
    "fields", [{"title": "A fish"}, {"title": "T", "summary": "A fish"}, {"body": "A fish"}]
)
def test_the_text_shown_is_the_body_or_else_what_there_is(
    archive: Archive, fields: dict[str, str]
) -> None:
    archive.put([article("a", **fields), article("b", body="another fish"), article("c")])
    page = found(archive, "fish", limit=3)
    shown = {hit.article.id: hit.snippet for hit in page.hits}["a"]
    assert shown == Snippet("A fish", ((2, 6),))


def test_words_that_no_body_has_are_marked_too(archive: Archive) -> None:
    archive.put([article("a", title="A fish"), article("b", body="law")])
    assert snippet(archive, "fish") == Snippet("A fish", ((2, 6),))


@pytest.mark.xfail(reason="the typical cosine includes the only article itself")
def test_the_only_article_can_be_found_by_its_meaning(archive: Archive) -> None:
    archive.put([article("a", body="fish")])
    assert ids(found(archive, "fish", mode="semantic")) == ["a"]


@pytest.mark.parametrize("query", ["???", "\N{SLIGHTLY SMILING FACE}"])
def test_a_query_without_a_word_asks_for_nothing(archive: Archive, query: str) -> None:
    archive.put([article("a", body="!!!"), article("b", body="fish")])
    assert found(archive, query).hits == []


# The query language (see test_query.py for what is read as what)


@pytest.fixture
def port(archive: Archive) -> Archive:
    archive.put(
        [
            article("a", title="Harbour law", body="The port of Sorrel.", tags=["Port"]),
            article("b", title="Law", body="A law for the harbour.", authors=["Ada Byron"]),
            article("c", title="Vote", body="A harbour\nlaw, at last!", section="Sea"),
            article("d", title="A harbour", body="law books", published_at=NOON - timedelta(400)),
        ]
    )
    return archive


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"harbour law"', "ac"),
        ('"HARBOUR LAW"', "ac"),
        ('"law harbour"', ""),
        ('"a harbour law books"', ""),
        ('"the port of sorrel"', "a"),
        ('"harbour laws"', ""),
        ('"laws"', ""),
        ('"book"', ""),
        ("law -books", "abc"),
        ("law -book", "abc"),
        ("law title:laws", "ab"),
        ('law -"book"', "abcd"),
        ("harbour law -port", "bcd"),
        ('law -"harbour law"', "bd"),
        ("title:law", "ab"),
        ('title:"harbour law"', "a"),
        ("law -title:law", "cd"),
        ("law tag:#port", "a"),
        ("law section:Sea", "c"),
        ('law author:"ada byron"', "b"),
        ("law -section:sea -tag:Port -author:'x'", "bd"),
        ("law before:2025", "d"),
        ("law after:2025", ""),
        ("law tag:nothing", ""),
    ],
)
@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_conditions_in_the_query(port: Archive, query: str, expected: str, mode: Any) -> None:
    assert sorted(ids(found(port, query, mode=mode))) == list(expected)


def test_a_query_of_conditions_alone_gives_the_newest(archive: Archive) -> None:
    archive.put([article(n, tags=["x"], published_at=NOON - n * SECOND) for n in range(5)])
    archive.put([article("other"), article("hidden", tags=["x"], status="draft")])
    page = found(archive, "tag:x", limit=2, offset=2)
    assert (ids(page), page.next_offset) == (["2", "3"], 4)
    assert [hit.reasons for hit in page.hits] == [()] * 2
    assert found(archive, "tag:x", limit=2, offset=4).next_offset is None
    assert ids(found(archive, "-tag:x")) == ["other"]


def test_a_phrase_is_found_across_signs_and_lines_but_not_across_fields(archive: Archive) -> None:
    archive.put(
        [
            article("a", title="Port of call", body="Élysée—palace"),
            article("b", title="Harbour", body="of call. The elysee (palace)"),
            article("c", title="Port", summary="of call", tags=["OfCall"]),
        ]
    )
    assert sorted(ids(found(archive, '"port of call"', mode="keyword"))) == ["a"]
    assert sorted(ids(found(archive, '"elysée palace"', mode="keyword"))) == ["a", "b"]
    assert sorted(ids(found(archive, '"of call"', mode="keyword"))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "query", ["us relations", "U.S. relations", "US", "#USRelations", "usrelations"]
)
def test_hashtags_and_initials_are_words(archive: Archive, query: str) -> None:
    archive.put(
        [
            article("tag", body="fish", tags=["USRelations"]),
            article("text", body="fish #USRelations"),
            article("other", body="fish", tags=["Peru"]),
        ]
    )
    assert sorted(ids(found(archive, query, mode="keyword"))) == ["tag", "text"]


@pytest.mark.parametrize("query", ["us", "US", "u.s.", "U.S"])
def test_initials_with_and_without_points(archive: Archive, query: str) -> None:
    archive.put([article("a", body="The U.S. fleet"), article("b", body="US fleet"), article("c")])
    page = found(archive, query, mode="keyword")
    assert sorted(ids(page)) == ["a", "b"]
    marks = {hit.article.id: hit.snippet.marks for hit in page.hits if hit.snippet}
    assert marks == {"a": ((4, 7),), "b": ((0, 2),)}


def test_a_dozen_languages_of_which_none_has_a_tenth(archive: Archive) -> None:
    languages = ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "hu"]
    archive.put([article(each, title=f"Harbour {each}", language=each) for each in languages])
    for mode in ("hybrid", "keyword"):
        assert "en" in ids(found(archive, "harbours", mode=mode))


def test_an_article_of_two_authors_is_found_by_both(archive: Archive) -> None:
    both, one = ["Ada Byron", "Charles Babbage"], ["Ada Byron"]
    archive.put([article("both", authors=both), article("one", authors=one)])
    beside = Filter(authors=frozenset({"Charles Babbage", "Eve"}))
    assert ids(found(archive, 'author:"Ada Byron"', where=beside)) == ["both"]
    assert ids(found(archive, "author:Eve", where=beside)) == []


def test_each_language_has_its_endings(archive: Archive) -> None:
    archive.put(
        [
            article("fr", title="Les députés européens", language="fr"),
            article("de", title="Die alten Häuser", language="de-AT"),
            article("sw", title="Habari mpya", language="sw"),
            article("en", title="Old houses", language="en"),
        ]
    )
    for query, expected in [
        ("depute europeenne", ["fr"]),
        ("Haus", ["de"]),
        ("hauser", ["de"]),
        ("house", ["en"]),
        ("habari", ["sw"]),
    ]:
        page = found(archive, query, mode="keyword")
        assert ids(page) == expected
        assert page.hits[0].snippet is not None
        assert page.hits[0].snippet.marks, query
    english = Filter(languages=frozenset({"en"}))
    assert ids(found(archive, "Haus", mode="keyword", where=english)) == []
