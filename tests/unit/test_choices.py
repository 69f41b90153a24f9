"""What each choice does to a rail: time, languages, diversity, copies, pins, explanations."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.rules import Rule, Selector
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.draft import Draft
from newsclip.recommender.hit import Hit
from newsclip.recommender.recency import HalfLives
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article, source_of_draft, source_of_several

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WIRE = " ".join(f"fish{n} swam past the quiet ship {n}" for n in range(40))
REPORT = WIRE.replace("fish", "cod").replace("quiet", "loud")


def at(name: str, days: int | None, **fields: Any) -> Any:
    """An article so many days after the source; all say the same few words."""
    moment = None if days is None else NOON - 900 * DAY + days * DAY
    fields = {"title": f"fish {name}", "body": "ship law", "published_at": moment} | fields
    return article(name, **fields)


def rail(archive: Archive, **options: Any) -> list[Hit]:
    with archive.reading(NOON) as view:
        return list(similar(view, source_of_article(view, "source"), Choice(**options)).hits)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


@pytest.fixture
def years(archive: Archive) -> Archive:
    archive.put([at("source", 0), at("year before", -365), at("week after", 8)])
    archive.put([at("two years after", 730), at("undated", None)])
    return archive


def test_latest_puts_the_newest_first(years: Archive) -> None:
    order = ids(rail(years, time="latest"))
    assert order[0] == "undated" or order.index("two years after") < order.index("week after")
    dated = [each for each in order if each != "undated"]
    assert dated == ["two years after", "week after", "year before"]


def test_around_puts_the_same_weeks_first_and_cuts_nothing_off(years: Archive) -> None:
    order = ids(rail(years, time="around", fallback="none"))
    assert order[0] == "week after"
    assert set(order) == {"week after", "undated", "year before", "two years after"}


def test_background_is_older_only(years: Archive) -> None:
    assert ids(rail(years, time="background")) == ["year before"]


@pytest.mark.parametrize("time", ["background", "around"])
def test_an_undated_source_has_no_background(years: Archive, time: Any) -> None:
    years.put([at("source", None)])
    with pytest.raises(QueryInvalid, match="needs a source that has a date"):
        rail(years, time=time)


def test_half_lives_by_section(archive: Archive) -> None:
    archive.put(
        [
            at("source", 0),
            at("old match", -100, title="fish", section="Sport"),
            at("old", -120, title="fish"),
        ]
    )
    assert ids(rail(archive, half_lives=HalfLives())) == ["old match", "old"]
    sport = HalfLives(by_section={"sport": 7})
    assert ids(rail(archive, half_lives=sport)) == ["old", "old match"]


def test_languages(archive: Archive) -> None:
    archive.put(
        [
            at("source", 0, language="en-GB"),
            at("same", 1, language="en"),
            at("other", 1, language="es"),
            at("unknown", 1),
        ]
    )
    assert set(ids(rail(archive, limit=9))) == {"same", "unknown"}
    assert set(ids(rail(archive, limit=9, languages="any"))) == {"same", "unknown", "other"}


def test_a_hit_stands_for_its_copies_and_the_own_ones_are_left_out(archive: Archive) -> None:
    archive.put(
        [
            at("source", 0, body=WIRE),
            at("own copy", 1, body=WIRE),
            at("report", 2, body=REPORT),
            at("same report", 3, body=REPORT),
            at(
                "hidden",
                3,
                body=REPORT,
                status="draft",
            ),
        ]
    )
    (hit,) = rail(archive)
    assert {hit.article.id, *(copy.id for copy in hit.duplicates)} == {"report", "same report"}


def test_a_draft_does_not_find_its_own_article(archive: Archive) -> None:
    archive.put([at("source", 0, body=WIRE, title="Quay"), at("other", 1)])
    with archive.reading(NOON) as view:
        draft = Draft(title="Another headline", body=WIRE, published_at=NOON - 900 * DAY)
        hits = similar(view, source_of_draft(view, draft)).hits
    assert [hit.article.id for hit in hits] == ["other"]


def test_unwanted_ones_are_no_answer(years: Archive) -> None:
    with years.reading(NOON) as view:
        seeds = {view.key_of("source"): 1.0}
        source = source_of_several(view, seeds, [view.key_of("week after")])
        hits = similar(view, source).hits
    assert "week after" not in [hit.article.id for hit in hits]


def test_diversity_changes_the_order_and_keeps_the_best_first(archive: Archive) -> None:
    archive.put(
        [
            at("source", 0, title="fish ship", body="fish ship law"),
            at("one", 1, title="fish ship", body="fish ship law"),
            at("two", 1, title="fish ship", body="fish ship"),
            at("else", 1, title="ship goal", body="law goal goal goal"),
        ]
    )
    plain, diverse = rail(archive, limit=2), rail(archive, limit=2, diversity=0.8)
    assert plain[0].article.id == diverse[0].article.id
    assert plain[1].article.id != diverse[1].article.id == "else"


def test_explanations_give_the_score_and_the_best_passages(archive: Archive) -> None:
    body = "The quiet ship of the fleet came home at dawn. Nobody waited there."
    other = "All slept. In the quiet, the ship of the fleet came home at noon."
    archive.put([at("source", 0, body=body), at("other", 400, body=other)])
    (hit,) = rail(archive, explain=True)
    assert hit.explanation is not None
    assert hit.explanation.relevance * hit.explanation.time == pytest.approx(hit.score, abs=1e-6)
    assert hit.explanation.time == pytest.approx(0.5 + 0.5 / (1 + 370 / 360), abs=1e-4)
    (passages,) = [reason.values for reason in hit.reasons if reason.kind == "passages"]
    assert passages == (
        "The quiet ship of the fleet came home at dawn.",
        "In the quiet, the ship of the fleet came home at noon.",
    )
    (plain,) = rail(archive)
    assert plain.explanation is None


def test_pins_stand_at_their_places_and_where_they_fill_the_slot_nothing_is_computed(
    years: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    for name in ("nearest", "matching", "keyword_scores"):
        original = getattr(View, name)

        def counted(self: View, *args: Any, name: str = name, original: Any = original) -> Any:
            asked.append(name)
            return original(self, *args)

        monkeypatch.setattr(View, name, counted)
    pin = Rule("pin-1", "pin", Selector("article", "year before"), "Ada", position=1)
    years.store.curation.put(pin)
    hits = rail(years, limit=2)
    assert hits[0].article.id == "year before"
    assert hits[0].pinned
    assert asked
    asked.clear()
    assert ids(rail(years, limit=1)) == ["year before"]
    assert asked == []
