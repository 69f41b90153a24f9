"""What an article may be, what is refused, and in which words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.errors import ArticleInvalid, InputInvalid, NewsclipError
from newsclip.index.article import article_to_dict, content_hash, format_instant
from newsclip.index.incoming import parse_article, unknown_fields

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


# What is refused


TOO_LONG_ID = "x" * 513


@pytest.mark.parametrize(
    ("raw", "field", "problem", "remedy"),
    [
        (None, "article", "is no JSON object", '{"id": …'),
        ([], "article", "is no JSON object", '{"id": …'),
        ("text", "article", "is no JSON object", '{"id": …'),
        (7, "article", "is no JSON object", '{"id": …'),
        # id
        ({"title": "T"}, "id", "is missing", "short text that names it alone"),
        ({"id": None, "title": "T"}, "id", "is missing", "short text"),
        ({"id": "", "title": "T"}, "id", "at least 1 character", "short text"),
        ({"id": TOO_LONG_ID, "title": "T"}, "id", "at most 512 characters", "short text"),
        ({"id": 1.5, "title": "T"}, "id", "valid string", "short text"),
        ({"id": True, "title": "T"}, "id", "valid string", "short text"),
        ({"id": ["a"], "title": "T"}, "id", "valid string", "short text"),
        ({"id": "\ud83d", "title": "T"}, "id", "unicode", "short text"),
        ({"id": "a\nb", "title": "T"}, "id", "control character", "short text"),
        ({"id": "a\x00b", "title": "T"}, "id", "control character", "short text"),
        ({"id": "a\x85b", "title": "T"}, "id", "control character", "short text"),
        ({"id": " a", "title": "T"}, "id", "blank or a slash", "short text"),
        ({"id": "a\u00a0", "title": "T"}, "id", "blank or a slash", "short text"),
        ({"id": "/a", "title": "T"}, "id", "blank or a slash", "short text"),
        ({"id": "a/", "title": "T"}, "id", "blank or a slash", "short text"),
        ({"id": ".", "title": "T"}, "id", "web clients drop", "short text"),
        ({"id": "a/../b", "title": "T"}, "id", "web clients drop", "short text"),
        ({"id": "a/./b", "title": "T"}, "id", "web clients drop", "short text"),
        ({"id": "a/similar", "title": "T"}, "id", "routes of the API", "short text"),
        ({"id": "a/b/onward", "title": "T"}, "id", "routes of the API", "short text"),
        # a text
        ({"id": "a"}, "title", "both missing or blank", "a title or a body"),
        ({"id": "a", "title": "", "body": ""}, "title", "both missing or blank", "title or a body"),
        ({"id": "a", "title": " ", "body": "\n"}, "title", "missing or blank", "title or a body"),
        ({"id": "a", "summary": "S"}, "title", "both missing or blank", "a title or a body"),
        ({"id": "a", "title": 7}, "title", "valid string", "title or a body"),
        ({"id": "a", "title": "x" * 2_001}, "title", "at most 2000 characters", "title or a body"),
        ({"id": "a", "title": "T", "body": ["x"]}, "body", "valid string", "leave the field out"),
        ({"id": "a", "title": "T", "body": "\udfff"}, "body", "unicode", "leave the field out"),
        ({"id": "a", "title": "T", "summary": {}}, "summary", "valid string", "leave the field"),
        ({"id": "a", "title": "T", "summary": "x" * 20_001}, "summary", "at most 20000", "within"),
        # lists
        ({"id": "a", "title": "T", "tags": "Harbour"}, "tags", "valid list", '["Economy", "USRel'),
        ({"id": "a", "title": "T", "tags": {"x": 1}}, "tags", "valid list", "list of texts"),
        ({"id": "a", "title": "T", "tags": ["x", 7]}, "tags.1", "valid string", "list of texts"),
        ({"id": "a", "title": "T", "tags": [None]}, "tags.0", "valid string", "list of texts"),
        ({"id": "a", "title": "T", "tags": ["x" * 201]}, "tags.0", "at most 200 ch", "list of tex"),
        ({"id": "a", "title": "T", "tags": [*"abc"] * 67}, "tags", "at most 200 items", "list of"),
        ({"id": "a", "title": "T", "authors": [7]}, "authors.0", "valid string", '["Ada Byron"]'),
        ({"id": "a", "title": "T", "authors": [""]}, "authors.0", "at least 1", '["Ada Byron"]'),
        ({"id": "a", "title": "T", "authors": 7}, "authors", "valid list", '["Ada Byron"]'),
        # names and codes
        ({"id": "a", "title": "T", "section": 7}, "section", "valid string", "leave the field out"),
        ({"id": "a", "title": "T", "section": "x" * 201}, "section", "at most 200", "within"),
        ({"id": "a", "title": "T", "url": 7}, "url", "valid string", "write the URL as text"),
        ({"id": "a", "title": "T", "url": "x" * 2_001}, "url", "at most 2000", "URL as text"),
        (
            {"id": "a", "title": "T", "image_url": []},
            "image_url",
            "valid string",
            "leave the field",
        ),
        ({"id": "a", "title": "T", "language": "English"}, "language", "pattern", '"pt-BR"'),
        ({"id": "a", "title": "T", "language": "e"}, "language", "pattern", '"en"'),
        ({"id": "a", "title": "T", "status": "live"}, "status", "'draft'", '"withdrawn"'),
        ({"id": "a", "title": "T", "status": ""}, "status", "'draft'", '"withdrawn"'),
    ],
)
def test_what_breaks_a_rule_is_refused(raw: Any, field: str, problem: str, remedy: str) -> None:
    with pytest.raises(ArticleInvalid) as caught:
        parse_article(raw)
    error = caught.value
    assert error.field == field
    assert problem in error.problem
    assert "tuple" not in error.problem
    assert remedy in error.remedy
    assert error.message.startswith(f"{field}: ")
    assert isinstance(error, InputInvalid)
    assert isinstance(error, NewsclipError)


def test_the_first_of_several_faults_is_named_with_its_value() -> None:
    with pytest.raises(ArticleInvalid) as caught:
        parse_article({"id": "a", "title": "T", "section": 7, "published_at": "soon"})
    assert (caught.value.field, caught.value.value) == ("section", 7)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ArticleInvalid) as caught:
        parse_article({"id": "a", "title": "x" * 1_000_000})
    assert caught.value.value == "x" * 1_000_000
    assert len(caught.value.message) < 250


# What is taken, and as what


def test_the_defaults() -> None:
    assert article_to_dict(parse_article({"id": "a", "body": "B"})) == {
        "id": "a",
        "url": None,
        "title": "",
        "summary": "",
        "body": "B",
        "links": [],
        "section": None,
        "tags": [],
        "authors": [],
        "language": None,
        "image_url": None,
        "published_at": None,
        "updated_at": None,
        "status": "published",
        "expires_at": None,
    }


def test_null_means_absent() -> None:
    names = list(article_to_dict(article("a")))
    raw = dict.fromkeys(names) | {"id": "a", "title": "untitled"}
    assert parse_article(raw) == article("a")


DATES = ["published_at", "updated_at", "expires_at"]


@pytest.mark.parametrize("name", ["section", "url", "image_url", "language", *DATES])
@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_optional_text_means_absent(name: str, blank: str) -> None:
    assert parse_article({"id": "a", "title": "T", name: blank}) == article("a", title="T")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (1043, "1043"),
        (-1, "-1"),
        (10**400, "1" + "0" * 400),
        ("n-1", "n-1"),
        ("politics/2026/harbour law", "politics/2026/harbour law"),
        ("a//b", "a//b"),
        ("a?b=c#d%2Fe", "a?b=c#d%2Fe"),
        ("Bogotá 🙂", "Bogotá 🙂"),
        ("similar", "similar"),
        ("onward/x", "onward/x"),
        ("a/...", "a/..."),
        ("x" * 512, "x" * 512),
    ],
)
def test_ids(raw: object, expected: str) -> None:
    assert parse_article({"id": raw, "title": "T"}).id == expected


def test_tags_lose_their_hash_blanks_and_repeats() -> None:
    raw = ["#USRelations", " Colombia ", "USRelations", "##Economy", "# ", "", "C#", "colombia"]
    expected = ("USRelations", "Colombia", "Economy", "C#", "colombia")
    assert article("a", tags=raw).tags == expected


def test_authors_lose_repeats_and_a_byline_is_one_author() -> None:
    assert article("a", authors=["Ada", "Lin", "Ada"]).authors == ("Ada", "Lin")
    assert article("a", authors="Ada Byron and Lin Mora").authors == ("Ada Byron and Lin Mora",)
    assert article("a", authors=" ").authors == ()


@pytest.mark.parametrize("code", ["en", "EN", "pt-BR", "zh-Hant-TW", "es_419", "gsw"])
def test_languages(code: str) -> None:
    assert article("a", language=code).language == code


def test_an_article_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        article("a").title = "changed"  # type: ignore[misc]


def test_links_are_ids_and_whole_urls_each_once() -> None:
    links = ["n-17", 1042, "https://courier.example/a", "n-17", "//courier.example/b"]
    expected = ("n-17", "1042", "https://courier.example/a", "//courier.example/b")
    assert article("a", links=links).links == expected


@pytest.mark.parametrize(
    ("links", "problem"),
    [
        (["/harbour"], r"links\.0: is a relative URL"),
        (["a", " b"], r"links\.1: begins or ends with a blank"),
        (["a\x00b"], "holds a control character"),
        ([""], "at least 1 character"),
        (["x" * 2_001], "at most 2000 characters"),
        ([None], "valid string"),
        ([str(number) for number in range(1_001)], "at most 1000 items"),
        ("https://courier.example/a", "links: "),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(links: object, problem: str) -> None:
    with pytest.raises(ArticleInvalid, match=problem) as caught:
        article("a", links=links)
    assert caught.value.remedy.startswith("write links as a list of ids and whole URLs")


def test_unknown_fields_are_ignored_and_named() -> None:
    raw = {"id": "a", "mood": "calm", "title": "T", "Tags": []}
    assert parse_article(raw) == article("a", title="T")
    assert unknown_fields(raw) == ("mood", "Tags")
    assert unknown_fields(["no", "object"]) == ()


# Visibility: an embargo ends with its second, an expiry begins with it


@pytest.mark.parametrize(
    ("fields", "visible"),
    [
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": "withdrawn"}, False),
        ({"published_at": NOON}, True),
        ({"published_at": NOON - SECOND}, True),
        ({"published_at": NOON + SECOND}, False),
        ({"expires_at": NOON}, False),
        ({"expires_at": NOON + SECOND}, True),
        ({"expires_at": NOON - SECOND}, False),
        ({"published_at": NOON, "expires_at": NOON}, False),
        ({"published_at": NOON, "expires_at": NOON + SECOND}, True),
        ({"published_at": NOON, "status": "withdrawn"}, False),
    ],
)
def test_who_may_see_it_at_noon(fields: dict[str, Any], visible: bool) -> None:
    assert article("a", **fields).is_visible(NOON) is visible


# What is derived


def test_format_instant() -> None:
    assert format_instant(NOON) == "2026-01-08T12:00:00Z"
    assert format_instant(None) is None


def test_the_content_hash_changes_with_every_field() -> None:
    full = {
        "id": "a",
        "url": "u",
        "title": "t",
        "summary": "s",
        "body": "b",
        "links": ["k", "https://courier.example/m"],
        "section": "c",
        "tags": ["x", "y"],
        "authors": ["p", "q"],
        "language": "en",
        "image_url": "i",
        "published_at": "2026-01-01",
        "updated_at": "2026-01-02",
        "status": "draft",
        "expires_at": "2026-01-03",
    }
    variants: list[dict[str, object]] = [
        full | {name: value}
        for name, value in {
            **{name: "z" for name in full if isinstance(full[name], str)},
            "links": ["https://courier.example/m", "k"],
            "tags": ["y", "x"],
            "authors": ["q", "p"],
            "language": "fr",
            "published_at": "2026-02-01",
            "updated_at": "2026-02-01",
            "status": "withdrawn",
            "expires_at": "2026-02-01",
        }.items()
    ]
    assert len(variants) == len(full)
    hashes = {content_hash(parse_article(raw)) for raw in [full, *variants]}
    assert len(hashes) == len(full) + 1
    assert {len(digest) for digest in hashes} == {32}


def test_the_content_hash_of_an_article_without_links_is_that_of_before_there_were_links() -> None:
    written = article(
        "politics/2026/harbour-law",
        url="https://courier.example/politics/harbour-law",
        title="Harbour law passes the Assembly",
        body="B",
        tags=["Harbour"],
        published_at="2026-01-08T18:20:00+01:00",
    )
    before = "d69f3dfa1058479f8bd5b3685176bd3650c8aab15ee1f831e3cd07e3c2fc4992"
    assert content_hash(written).hex() == before
    assert content_hash(written.model_copy(update={"links": ("n-17",)})).hex() != before


def test_the_content_hash_is_of_what_is_stored_not_of_what_was_written() -> None:
    written = article("7", tags=["#A", "A"], published_at="2026-01-08T13:00:00+01:00", mood="calm")
    stored = article(7, tags=["A"], published_at="2026-01-08T12:00:00Z")
    assert content_hash(written) == content_hash(stored)
    swapped = article("7", title="a", body="b"), article("7", title="b", body="a")
    assert content_hash(swapped[0]) != content_hash(swapped[1])
