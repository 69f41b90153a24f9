"""Search: who answers in each mode and under filters, and the passage that is shown."""

from datetime import timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender.hit import Reason, Snippet
from newsclip.recommender.search_page import SearchPage

from .found_pages import NOON, found, ids

SECOND = timedelta(seconds=1)


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
