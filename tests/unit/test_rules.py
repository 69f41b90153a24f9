"""What a rule may say, and which rules matter beside which article."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsclip.errors import RuleInvalid
from newsclip.index.rules import Rule, Rulebook, Selector, rule_to_dict

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

LAW, STRIKE = ("article", "law"), ("article", "strike")
PORT, POLITICS = ("tag", "port"), ("section", "politics")


def rule(rule_id: str, kind: Any, target: str, source: str | None = None, **fields: Any) -> Rule:
    """A rule by its selectors' texts; a pin without a position stands first."""
    return Rule(
        rule_id,
        kind,
        Selector.parse(target, "target"),
        "ada",
        None if source is None else Selector.parse(source, "source"),
        fields.pop("position", 1 if kind == "pin" else None),
        **fields,
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("article:politics/2026/a:b", ("article", "politics/2026/a:b")),
        ("article:#1", ("article", "#1")),
        ("tag:#US_Relations", ("tag", "us-relations")),
        ("section: Politics ", ("section", "politics")),
    ],
)
def test_a_selector_is_compared_as_filters_compare(text: str, name: tuple[str, str]) -> None:
    selector = Selector.parse(text, "target")
    assert selector.name == name
    assert Selector.parse(str(selector), "target") == selector


@pytest.mark.parametrize(
    "text", ["", "law", "article:", "tag: ", "tag:#", "author:ada", "tag:a\nb"]
)
def test_a_text_that_selects_nothing_is_refused(text: str) -> None:
    with pytest.raises(RuleInvalid) as raised:
        Selector.parse(text, "source")
    assert (raised.value.field, raised.value.value) == ("source", text)
    assert "article:ID" in raised.value.remedy


@pytest.mark.parametrize(
    ("field", "problem", "values"),
    [
        ("id", "is no id", {"rule_id": "a/b"}),
        ("id", "is no id", {"rule_id": ""}),
        ("id", "is no id", {"rule_id": ".."}),
        ("position", "is no position", {"kind": "pin", "position": None}),
        ("position", "is no position", {"kind": "pin", "position": 0}),
        ("position", "is no position", {"kind": "pin", "position": 101}),
        ("position", "means nothing to hide", {"position": 1}),
        ("source", "is missing", {"kind": "block"}),
        ("source", "is the target", {"kind": "block", "source": "article:a"}),
        ("ends_at", "is not later", {"starts_at": NOON, "ends_at": NOON}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    field: str, problem: str, values: dict[str, Any]
) -> None:
    with pytest.raises(RuleInvalid, match=problem) as raised:
        rule(**{"rule_id": "r", "kind": "hide", "target": "article:a"} | values)
    assert raised.value.field == field
    assert raised.value.remedy


@pytest.mark.parametrize("rule_id", [".x", "-x"])
def test_the_remedy_says_how_an_id_begins(rule_id: str) -> None:
    with pytest.raises(RuleInvalid) as raised:
        rule(rule_id, "hide", "article:a")
    assert raised.value.remedy.endswith('first a letter, a digit or "_"')


def test_a_section_may_be_kept_to_itself() -> None:
    assert rule("r", "hide", "section:a", "section:a").source == Selector("section", "a")


def test_a_rule_as_json() -> None:
    entry = rule("r", "pin", "article:a", "tag:B", ends_at=NOON, created_at=NOON, reason="why")
    assert rule_to_dict(entry) == {
        "id": "r",
        "kind": "pin",
        "target": "article:a",
        "source": "tag:B",
        "position": 1,
        "starts_at": None,
        "ends_at": "2026-01-08T12:00:00Z",
        "reason": "why",
        "author": "ada",
        "created_at": "2026-01-08T12:00:00Z",
    }


def test_the_window_includes_its_start_and_not_its_end() -> None:
    entry = rule("r", "hide", "article:a", starts_at=NOON, ends_at=NOON + SECOND)
    moments = (NOON - SECOND, NOON, NOON + SECOND)
    assert [entry.is_active(now) for now in moments] == [False, True, False]


def ids(rules: list[Rule]) -> list[str]:
    return [entry.id for entry in rules]


def test_pins_stand_by_position_then_the_narrower_then_the_newer() -> None:
    made = [
        rule("everywhere", "pin", "article:a"),
        rule("section", "pin", "article:b", "section:Politics"),
        rule("tag", "pin", "article:c", "tag:#Port"),
        rule("old", "pin", "article:d", "article:law", created_at=NOON),
        rule("new", "pin", "article:e", "article:law", created_at=NOON + SECOND),
        rule("second", "pin", "article:f", "article:law", position=2),
        rule("elsewhere", "pin", "article:g", "article:strike"),
        rule("over", "pin", "article:h", ends_at=NOON),
    ]
    for order in (made, made[::-1]):
        pins = Rulebook(1, order).pins([LAW, PORT, POLITICS], NOON)
        assert ids(pins) == ["new", "old", "tag", "section", "everywhere", "second"]


def test_what_is_hidden_is_hidden_there_or_everywhere() -> None:
    book = Rulebook(
        1,
        [
            rule("a", "hide", "article:a"),
            rule("b", "hide", "tag:B", "section:politics"),
            rule("c", "hide", "section:c", "tag:other"),
            rule("d", "hide", "article:d", starts_at=NOON + SECOND),
        ],
    )
    assert book.hidden([LAW, POLITICS], NOON) == {("article", "a"), ("tag", "b")}
    assert book.hidden([LAW], NOON + SECOND) == {("article", "a"), ("article", "d")}


def test_a_blocked_pair_is_blocked_either_way() -> None:
    book = Rulebook(
        1,
        [
            rule("articles", "block", "article:law", "article:strike"),
            rule("kinds", "block", "tag:Advert", "section:Politics", ends_at=NOON + SECOND),
        ],
    )
    assert book.hidden([LAW], NOON) == {STRIKE}
    assert book.hidden([STRIKE], NOON) == {LAW}
    assert book.hidden([POLITICS], NOON) == {("tag", "advert")}
    assert book.hidden([("tag", "advert")], NOON) == {POLITICS}
    assert not book.hidden([POLITICS], NOON + SECOND)
    assert not book.hidden([PORT], NOON)


def test_whether_it_matters_which_article_the_source_is() -> None:
    assert not Rulebook(1, [rule("r", "hide", "article:a", "tag:b")]).names_articles
    assert Rulebook(1, [rule("r", "hide", "tag:b", "article:a")]).names_articles
    assert Rulebook(1, [rule("r", "block", "article:a", "tag:b")]).names_articles


def test_which_rules_hold_changes_with_the_clock() -> None:
    window = {"starts_at": NOON, "ends_at": NOON + SECOND}
    book = Rulebook(1, [rule("b", "hide", "tag:x"), rule("a", "hide", "tag:y", **window)])
    moments = (NOON - SECOND, NOON, NOON + SECOND)
    assert [book.holding(now) for now in moments] == [["b"], ["a", "b"], ["b"]]
