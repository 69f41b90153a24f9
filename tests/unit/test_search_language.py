"""The query language, and the languages of articles (test_query.py: what is read as what)."""

from datetime import timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter

from .found_pages import NOON, found, ids

SECOND = timedelta(seconds=1)


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
