"""What is read in a query, and what is left as plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from tests.hostile import hostile

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter, Wording
from newsclip.recommender.query import MAX_CONDITIONS, ParsedQuery, parse


def exactly(text: str) -> Wording:
    return Wording(text, exact=True)


def where(**conditions: Any) -> Filter:
    sets = {
        name: value if isinstance(value, datetime) else frozenset(value)
        for name, value in conditions.items()
    }
    return Filter(**sets)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("harbour law", ParsedQuery("harbour law")),
        (
            '"harbour law" vote',
            ParsedQuery(
                "harbour law vote",
                ("harbour law",),
                where(wordings=[exactly("harbour law")]),
            ),
        ),
        (
            "“harbour law” «le port»",
            ParsedQuery(
                "harbour law le port",
                ("harbour law", "le port"),
                where(wordings=[exactly("harbour law"), exactly("le port")]),
            ),
        ),
        ("fish -ship", ParsedQuery("fish", (), where(exclude_wordings=[Wording("ship")]))),
        (
            'fish -"fast ship"',
            ParsedQuery("fish", (), where(exclude_wordings=[exactly("fast ship")])),
        ),
        (
            "title:budget row",
            ParsedQuery("budget row", (), where(wordings=[Wording("budget", "title")])),
        ),
        (
            'TITLE:"the budget" -title:row',
            ParsedQuery(
                "the budget",
                (),
                where(
                    wordings=[Wording("the budget", "title", exact=True)],
                    exclude_wordings=[Wording("row", "title")],
                ),
            ),
        ),
        (
            'tag:#USRelations tag:Colombia section:"General" petro',
            ParsedQuery(
                "petro", (), where(tags=["#USRelations", "Colombia"], sections=["General"])
            ),
        ),
        (
            'author:"Ada Byron" -tag:x -section:y -author:z',
            ParsedQuery(
                "",
                (),
                where(
                    authors=["Ada Byron"],
                    exclude_tags=["x"],
                    exclude_sections=["y"],
                    exclude_authors=["z"],
                ),
            ),
        ),
        (
            "law after:2025 before:2026-03",
            ParsedQuery(
                "law",
                (),
                where(
                    published_from=datetime(2025, 1, 1, tzinfo=UTC),
                    published_to=datetime(2026, 3, 1, tzinfo=UTC),
                ),
            ),
        ),
        (
            "after:2025 after:2025-06-07 before:2027 before:2026/1/8",
            ParsedQuery(
                "",
                (),
                where(
                    published_from=datetime(2025, 6, 7, tzinfo=UTC),
                    published_to=datetime(2026, 1, 8, tzinfo=UTC),
                ),
            ),
        ),
        (
            '"a b"-c',
            ParsedQuery(
                "a b",
                ("a b",),
                where(wordings=[exactly("a b")], exclude_wordings=[Wording("c")]),
            ),
        ),
    ],
)
def test_what_is_read(query: str, expected: ParsedQuery) -> None:
    assert parse(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "-",
        "--- - -",
        '"',
        '""',
        '"" "  " -""',
        '"harbour law',
        'harbour "law vote',
        'harbour" law',
        "tag:",
        "tag: fish",
        'section:"Gene',
        "-title:",
        "before:yesterday",
        "before:2025-13",
        "after:2025-02-30",
        "after:0000",
        "-before:2025",
        "before:20251",
        "language:en",
        "http://example.org/a:b",
        "state-of-the-art",
        "12:30 C-3PO it's",
        "a AND b OR (c NOT d) + e^2 ~f [x TO y] {z}",
        "*",
        "fish*",
        "(a+)+$ .*.*.* \\",
        "'; DROP TABLE article; --",
        "<script>alert(1)</script>",
    ],
)
def test_what_cannot_be_read_is_plain_words(query: str) -> None:
    assert parse(query) == ParsedQuery(query)


def test_unreadable_parts_stay_words_beside_conditions() -> None:
    assert parse('tag:x before:soon "law').text == 'before:soon "law'


def test_too_many_conditions_are_refused() -> None:
    assert len(parse("fish " + "-a " * MAX_CONDITIONS).where.exclude_wordings) == 1
    with pytest.raises(QueryInvalid) as caught:
        parse("fish " + " ".join(f"tag:t{number}" for number in range(1_000)))
    assert caught.value.field == "q"
    assert caught.value.problem == f"has 1000 conditions, of {MAX_CONDITIONS} at most"


def test_the_query_and_the_filter_beside_it_both_hold() -> None:
    asked = parse("law section:Sea section:Law tag:x -author:a after:2025 before:2027")
    beside = where(
        sections=["sea", "Sport"],
        tags=["y"],
        languages=["en"],
        published_from=datetime(2026, 1, 1, tzinfo=UTC),
        exclude_ids=["n1"],
    )
    assert asked.narrowed(beside) == where(
        sections=["sea"],
        tags=["x", "y"],
        languages=["en"],
        published_from=datetime(2026, 1, 1, tzinfo=UTC),
        published_to=datetime(2027, 1, 1, tzinfo=UTC),
        exclude_ids=["n1"],
        exclude_authors=["a"],
    )


@settings(max_examples=300, deadline=None)
@given(hostile)
def test_any_text_is_read_or_refused_for_its_conditions(query: str) -> None:
    try:
        parsed = parse(query)
    except QueryInvalid:
        assert sum(map(query.count, (":", '"', "-"))) > MAX_CONDITIONS
        return
    assert set(parsed.text) <= set(query) | {" "}
    assert parsed.where == Filter() or parsed.text != query
    assert parse(parsed.text).phrases == () or parsed.phrases == ()
