"""What the house says of a tag, and which tag stands for another."""

from typing import Any

import pytest

from newsclip.errors import TagInvalid
from newsclip.index.house_tags import HouseTag, HouseTags, tag_of_dict, tag_to_dict


def house(*entries: HouseTag, closed: bool = True) -> HouseTags:
    return HouseTags(1, entries, closed)


def tag(name: str, **fields: Any) -> HouseTag:
    return HouseTag(name, **fields)


USA = tag("USA", aliases=("United States", "America"), group="place")
OLD = tag("US", status="deprecated", replaced_by="USA")
OLDER = tag("U.S.A.", status="deprecated", replaced_by="US")
SPAM = tag("Sponsored", status="banned")
GONE = tag("Misc", status="deprecated")


@pytest.mark.parametrize(
    ("name", "current"),
    [
        ("USA", "USA"),
        ("US", "USA"),
        ("U.S.A.", "USA"),
        ("america", "USA"),
        ("UnitedStates", "USA"),
        ("Sponsored", None),
        ("Misc", None),
        ("Harbour", None),
    ],
)
def test_which_tag_is_suggested_for_one(name: str, current: str | None) -> None:
    assert house(USA, OLD, OLDER, SPAM, GONE).current(name) == current


def test_an_open_vocabulary_leaves_other_tags_in_use() -> None:
    opened = house(USA, OLD, SPAM, closed=False)
    names = ("Harbour", "US", "sponsored")
    assert [opened.current(name) for name in names] == ["Harbour", "USA", None]


def test_articles_keep_what_replaces_their_tags_and_nothing_else_changes() -> None:
    kept = house(USA, OLD, OLDER, SPAM, GONE).kept_as
    names = ("US", "U.S.A.", "USA", "America", "Sponsored", "Misc", "Harbour")
    assert [kept(name) for name in names] == ["USA", "USA", *names[2:]]


def test_letter_case_makes_no_difference_to_what_replaces_a_tag() -> None:
    kept = house(USA, OLD, tag("ferries", status="deprecated", replaced_by="USA")).kept_as
    assert [kept(name) for name in ("us", "#US", "FERRIES", "usa", "america")] == [
        *("USA", "USA", "USA"),
        *("usa", "america"),
    ], "a listed tag's other spellings stay as articles write them"
    both = house(USA, tag("usa", status="deprecated", replaced_by="USA")).kept_as
    assert [both(name) for name in ("USA", "usa", "Usa")] == ["USA", "USA", "Usa"]
    opened = house(tag("usa", status="deprecated", replaced_by="USA"), closed=False).kept_as
    assert [opened(name) for name in ("USA", "usa", "Usa")] == ["USA", "USA", "USA"]


def test_a_branch_is_a_tag_with_all_beneath_it() -> None:
    places = (tag("Place"), tag("America", broader="Place"), tag("Colombia", broader="America"))
    entries = house(*places, tag("Law"))
    assert entries.branch("Place") == {"Place", "America", "Colombia"}
    assert entries.branch("Colombia") == {"Colombia"}
    assert entries.branch("Nowhere") == {"Nowhere"}


def test_a_name_leads_to_the_tag_before_an_alias_of_another() -> None:
    entries = house(tag("USA", aliases=("Georgia",)), tag("Georgia"), tag("Law", label="The law"))
    assert [found and found.tag for found in map(entries.find, ("georgia", "TheLaw", "x"))] == [
        "Georgia",
        "Law",
        None,
    ]


@pytest.mark.parametrize(
    ("field", "entries"),
    [
        ("replaced_by", [tag("A", status="deprecated", replaced_by="A")]),
        (
            "replaced_by",
            [
                tag("A", status="deprecated", replaced_by="B"),
                tag("B", status="deprecated", replaced_by="A"),
            ],
        ),
        ("replaced_by", [tag("A", status="deprecated", replaced_by="Sponsored"), SPAM]),
        ("replaced_by", [tag("A", status="deprecated", replaced_by="Nowhere")]),
        ("broader", [tag("A", broader="B"), tag("B", broader="C"), tag("C", broader="A")]),
    ],
)
def test_entries_that_contradict_each_other_are_refused(
    field: str, entries: list[HouseTag]
) -> None:
    with pytest.raises(TagInvalid) as refused:
        house(*entries)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("tag", {"tag": ""}),
        ("tag", {"tag": "#Law"}),
        ("tag", {"tag": "a\x00b"}),
        ("tag", {"tag": "x" * 201}),
        ("aliases", {"tag": "A", "aliases": ("ok", " blank")}),
        ("aliases", {"tag": "A", "aliases": tuple(map(str, range(201)))}),
        ("status", {"tag": "A", "status": "old"}),
        ("replaced_by", {"tag": "A", "replaced_by": "B"}),
        ("group", {"tag": "A", "group": ""}),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(TagInvalid) as refused:
        HouseTag(**fields).checked()
    assert refused.value.field == field


def test_an_entry_is_the_same_after_json() -> None:
    full = tag("A", label="The A", uri="u:a", aliases=("x", "y"), broader="B", group="topic")
    for entry in (full, OLD):
        assert tag_of_dict(tag_to_dict(entry)) == entry


def test_a_tag_of_an_article_may_be_of_any_form() -> None:
    """One article must not break the vocabulary of all."""
    odd = HouseTag("\x06 #")
    assert HouseTags(0, [odd], closed=False).current(odd.tag) == odd.tag
