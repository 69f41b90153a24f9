"""What editors rule about the articles beside one source, and where a pin stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.rules import Rule
from newsclip.recommender.curation import Editors, editors_on, placed
from newsclip.recommender.draft import Draft
from newsclip.recommender.hit import Hit, Reason
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article, source_of_draft, source_of_several

from .test_clusters import body, words
from .test_rules import rule

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def desk(archive: Archive) -> Archive:
    """The law and the strike, and five more, the newest first."""
    entries = [
        ("law", "Politics", ["Harbour", "Law"]),
        ("strike", "Politics", ["harbour"]),
        ("vote", "Politics", ["Elections"]),
        ("poll", "Opinion", ["Elections"]),
        ("fees", "Economy", []),
        ("goal", "Sport", []),
        ("cup", "Sport", ["Advert"]),
    ]
    archive.put(
        [
            article(name, section=section, tags=tags, published_at=NOON - place * DAY)
            for place, (name, section, tags) in enumerate(entries)
        ]
    )
    return archive


def editors(
    archive: Archive,
    rules: Sequence[Rule],
    source: str | Draft = "law",
    where: Filter = Filter(),
    limit: int = 5,
) -> Editors:
    for entry in rules:
        archive.store.curation.put(entry)
    with archive.reading(NOON) as view:
        asked = (
            source_of_article(view, source)
            if isinstance(source, str)
            else source_of_draft(view, source)
        )
        return editors_on(view, asked, where, limit)


def pinned(*args: Any, **options: Any) -> dict[int, str]:
    return {p: hit.article.id for p, hit in editors(*args, **options).pins.items()}


@pytest.mark.parametrize(
    "ruled", [rule("r", "hide", "article:one"), rule("r", "block", "article:one", "article:law")]
)
def test_what_is_hidden_is_no_copy_of_another_either(desk: Archive, ruled: Rule) -> None:
    text = body(words(200, seed=1))
    desk.put([article("one", title="Fish", body=text), article("two", title="Ship", body=text)])

    def with_copies() -> set[tuple[str, ...]]:
        with desk.reading(NOON) as view:
            hits = similar(view, source_of_article(view, "law")).hits
        return {(h.article.id, *(d.id for d in h.duplicates)) for h in hits}

    assert with_copies() & {("one", "two"), ("two", "one")}
    desk.store.curation.put(ruled)
    assert ("two",) in with_copies()
    assert not any("one" in found for found in with_copies())


def shown(archive: Archive, rules: Sequence[Rule], source: str | Draft = "law") -> set[str]:
    """All that the rules leave."""
    where = editors(archive, rules, source).where
    with archive.reading(NOON) as view:
        return {entry.id for entry in view.articles(view.newest(where, 99)).values()}


EVERYTHING = {"law", "strike", "vote", "poll", "fees", "goal", "cup"}


def test_without_rules_the_question_is_left_as_it_is(desk: Archive) -> None:
    where = Filter(sections=frozenset({"Politics"}))
    assert editors(desk, [], where=where) == Editors(where, 5, where)


def test_a_pin_stands_where_it_was_put(desk: Archive) -> None:
    made = editors(desk, [rule("r", "pin", "article:goal", position=3, reason="derby day")])
    with desk.reading(NOON) as view:
        goal = view.article("goal")
        key = view.key_of("goal")
    why = (Reason("pinned", ("derby day",)),)
    assert made.pins == {3: Hit(goal, 0.0, why, pinned=True)}
    assert made.where == Filter(exclude_keys=frozenset({key}))
    assert not made.full


@pytest.mark.parametrize(
    ("source", "applies"),
    [
        (None, True),
        ("article:law", True),
        ("article:strike", False),
        ("tag:#HARBOUR", True),
        ("tag:Advert", False),
        ("section:politics", True),
        ("section:Sport", False),
    ],
)
def test_a_rule_holds_beside_what_it_names(
    desk: Archive, source: str | None, applies: bool
) -> None:
    rules = [rule("p", "pin", "article:goal", source), rule("h", "hide", "article:cup", source)]
    assert pinned(desk, rules) == ({1: "goal"} if applies else {})
    assert ("cup" in shown(desk, [])) is not applies


def test_a_draft_has_the_rules_of_its_section_and_tags(desk: Archive) -> None:
    rules = [
        rule("t", "pin", "article:goal", "tag:Harbour"),
        rule("s", "hide", "article:cup", "section:Politics"),
        rule("a", "hide", "article:fees", "article:law"),
    ]
    draft = Draft(title="fish", section="Politics", tags=("#harbour",))
    assert pinned(desk, rules, source=draft) == {1: "goal"}
    assert shown(desk, [], draft) == EVERYTHING - {"goal", "cup"}  # pinned, hidden
    assert pinned(desk, [], source=Draft(title="fish")) == {}


def test_several_articles_have_the_rules_of_each(desk: Archive) -> None:
    for entry in (
        rule("a", "hide", "article:fees", "article:law"),
        rule("b", "hide", "article:goal", "article:cup"),
        rule("c", "pin", "article:cup"),
    ):
        desk.store.curation.put(entry)
    with desk.reading(NOON) as view:
        weights = {view.key_of("law"): 1.0, view.key_of("cup"): 1.0}
        unwanted = {view.key_of("fees"), view.key_of("goal")}
        made = editors_on(view, source_of_several(view, weights), Filter(), 3)
    assert made.where.exclude_keys == unwanted
    assert made.pins == {}  # it is one of the sources


@pytest.mark.parametrize(
    ("hidden", "gone"),
    [
        ("article:vote", {"vote"}),
        ("tag:#elections", {"vote", "poll"}),
        ("section:SPORT", {"goal", "cup"}),
        ("article:unknown", set()),
    ],
)
def test_what_is_hidden_is_no_answer(desk: Archive, hidden: str, gone: set[str]) -> None:
    assert shown(desk, [rule("r", "hide", hidden)]) == EVERYTHING - gone


def test_a_blocked_pair_is_never_together(desk: Archive) -> None:
    rules = [
        rule("one", "block", "article:goal", "article:law"),
        rule("two", "block", "tag:Advert", "section:Politics"),
    ]
    assert shown(desk, rules, "law") == EVERYTHING - {"goal", "cup"}
    assert shown(desk, [], "goal") == EVERYTHING - {"law"}
    assert shown(desk, [], "cup") == EVERYTHING - {"law", "strike", "vote"}
    assert shown(desk, [], "fees") == EVERYTHING


@pytest.mark.parametrize(
    "command",
    [
        rule("c", "hide", "article:vote"),
        rule("c", "hide", "tag:Elections", "tag:law"),
        rule("c", "block", "article:law", "article:vote"),
    ],
)
def test_what_is_hidden_or_blocked_is_not_pinned(desk: Archive, command: Rule) -> None:
    assert pinned(desk, [rule("p", "pin", "article:vote", "article:law"), command]) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "withdrawn"},
        {"status": "draft"},
        {"published_at": NOON + DAY},
        {"expires_at": NOON},
    ],
)
def test_what_readers_must_not_see_is_not_pinned(desk: Archive, change: dict[str, Any]) -> None:
    desk.put([desk.get("goal").model_copy(update=change)])
    rules = [rule("a", "pin", "article:goal"), rule("b", "pin", "article:fees", position=1)]
    assert pinned(desk, rules) == {1: "fees"}  # and leaves no hole


def test_neither_the_source_nor_an_unknown_article_is_pinned(desk: Archive) -> None:
    rules = [rule("a", "pin", "article:law"), rule("b", "pin", "article:later")]
    assert pinned(desk, rules) == {}
    desk.put([article("later", published_at=NOON)])
    assert pinned(desk, []) == {1: "later"}  # a rule may be there before its article


def test_pins_keep_to_the_question(desk: Archive) -> None:
    rules = [
        rule("a", "pin", "article:goal", position=1),
        rule("b", "pin", "section:Sport", position=2),
        rule("c", "pin", "tag:Elections", position=3),
    ]
    politics = Filter(sections=frozenset({"politics"}))
    assert pinned(desk, rules) == {1: "goal", 2: "cup", 3: "vote"}
    assert pinned(desk, [], where=politics) == {3: "vote"}
    assert pinned(desk, [], where=Filter(exclude_ids=frozenset({"goal", "vote"}))) == {
        2: "cup",
        3: "poll",
    }


def test_of_a_tag_or_section_the_newest_is_pinned_and_each_article_once(desk: Archive) -> None:
    rules = [
        rule("a", "pin", "tag:#elections", position=1),
        rule("b", "pin", "tag:Elections", position=2),
        rule("c", "pin", "article:poll", position=3),
        rule("d", "pin", "section:Politics", position=4),
    ]
    assert pinned(desk, rules) == {1: "vote", 2: "poll", 4: "strike"}


def test_of_two_pins_at_one_position_the_second_takes_the_next_that_is_free(desk: Archive) -> None:
    rules = [
        rule("wide", "pin", "article:goal"),
        rule("narrow", "pin", "article:vote", "article:law"),
        rule("second", "pin", "article:fees", position=2),
    ]
    assert pinned(desk, rules) == {1: "vote", 2: "fees", 3: "goal"}
    assert pinned(desk, [], limit=2) == {1: "vote", 2: "fees"}


def test_pins_behind_the_end_are_left_out_and_those_that_fill_the_slot_say_so(
    desk: Archive,
) -> None:
    rules = [
        rule("a", "pin", "article:goal", position=1),
        rule("b", "pin", "article:fees", position=2),
        rule("c", "pin", "article:vote", position=4),
    ]
    made = editors(desk, rules, limit=2)
    assert list(made.pins) == [1, 2]
    assert made.full
    assert not editors(desk, [], limit=3).full


def test_a_pin_may_be_in_another_language(desk: Archive) -> None:
    desk.put([article("la ley", language="es", published_at=NOON)])
    english = Filter(languages=frozenset({"en"}))
    assert pinned(desk, [rule("r", "pin", "article:la ley")], where=english) == {1: "la ley"}
    assert editors(desk, [], where=english).where.languages == {"en"}


# Placing


def hit(name: str, pin: bool = False) -> Hit:
    return Hit(article(name), 0.5, pinned=pin)


PINS = st.dictionaries(st.integers(1, 8), st.sampled_from("abcdefgh"), max_size=8).map(
    lambda pins: {p: hit(name, True) for name, p in {n: p for p, n in pins.items()}.items()}
)
RANKED = st.lists(st.sampled_from("abcdefghijkl"), max_size=12)


@given(PINS, RANKED, st.integers(1, 10))
def test_placing(pins: dict[int, Hit], ranked: list[str], limit: int) -> None:
    hits = placed(pins, [hit(name) for name in ranked], limit)
    ids = [entry.article.id for entry in hits]
    names = {entry.article.id for entry in pins.values()}
    others = [name for name in dict.fromkeys(ranked) if name not in names]
    fitting = {p: entry.article.id for p, entry in pins.items() if p <= limit}

    assert len(ids) == len(set(ids)) == min(limit, len(fitting) + len(others))
    assert [i for i in ids if i not in names] == others[: limit - len(fitting)]
    assert [i for i in ids if i in names] == [fitting[p] for p in sorted(fitting)]
    assert all(entry.pinned == (entry.article.id in names) for entry in hits)
    for position, name in fitting.items():
        before = sum(1 for p in fitting if p < position)
        if before + len(others) >= position - 1:  # enough to stand before it
            assert ids[position - 1] == name


@pytest.mark.parametrize(
    ("pins", "ranked", "limit", "expected"),
    [
        ({}, "abc", 2, "ab"),
        ({1: "x"}, "abc", 3, "xab"),
        ({2: "x"}, "abc", 3, "axb"),
        ({2: "b"}, "abc", 3, "abc"),
        ({3: "x"}, "a", 3, "ax"),
        ({3: "x", 5: "y"}, "", 5, "xy"),
        ({1: "x", 2: "y"}, "abc", 2, "xy"),
        ({4: "x"}, "abc", 3, "abc"),
    ],
)
def test_placing_by_hand(pins: dict[int, str], ranked: str, limit: int, expected: str) -> None:
    made = {position: hit(name, True) for position, name in pins.items()}
    hits = placed(made, [hit(name) for name in ranked], limit)
    assert "".join(entry.article.id for entry in hits) == expected


def test_hits_are_placed_as_they_are() -> None:
    first, second = hit("a"), replace(hit("b"), fallback=True)
    assert placed({}, [first, second, first], 3) == [first, second]


# Copies


@pytest.fixture
def wire(desk: Archive) -> Archive:
    """The law and a wire story twice each: the same text under another headline."""
    texts = {"law": body(words(120, 1)), "quake": body(words(120, 2))}
    entries = [("law", "law"), ("law again", "law"), ("quake", "quake"), ("quake again", "quake")]
    desk.put(
        [
            article(name, body=texts[text], published_at=NOON - place * DAY)
            for place, (name, text) in enumerate(entries)
        ]
    )
    return desk


def test_a_copy_of_the_source_is_not_pinned(wire: Archive) -> None:
    assert pinned(wire, [rule("r", "pin", "article:law again")]) == {}
    assert pinned(wire, [], source="goal") == {1: "law again"}


def test_of_two_copies_one_is_pinned_and_none_is_left_to_rank(wire: Archive) -> None:
    rules = [
        rule("a", "pin", "article:quake again", position=1),
        rule("b", "pin", "article:quake", position=2),
        rule("c", "pin", "article:goal", position=2),
    ]
    assert pinned(wire, rules) == {1: "quake again", 2: "goal"}
    assert shown(wire, []).isdisjoint({"quake", "quake again", "goal"})
