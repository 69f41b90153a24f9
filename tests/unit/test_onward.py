"""Several slots for one page: what each holds, and that nothing stands there twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.onward import Slot, SlotName, onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article, source_of_several

from .test_rules import rule

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def part(name: str, days: int, **fields: Any) -> Any:
    """A part of the ferry's story: a rare tag and a name, or what ``fields`` say."""
    fields = {
        "title": f"ship part {name}",
        "body": "Then the ship of Ada Byron sank.",
        "section": "Sea",
        "tags": ["Ferry", "Safety"],
        "published_at": NOON - 100 * DAY + days * DAY,
    } | fields
    return article(name, **fields)


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [
            part("source", 0),
            part("after", 3),
            part("before", -2),
            part("too late", 40),
            part("no name", 1, body="Another ship.", tags=["Ferry"]),
            part("no tag", 2, tags=["Safety"]),
            *(part(f"safe {n}", 50 + n, body="law", title="ship", tags=["Safety"]) for n in (1, 2)),
            part("sea", 60, title="fish", body="fish", tags=[]),
            part("far", 60, title="vote", body="vote", section="Land", tags=[]),
        ]
    )
    return archive


def page(archive: Archive, *names: SlotName, **options: Any) -> list[Slot]:
    with archive.reading(NOON) as view:
        source = source_of_article(view, "source")
        return onward(
            view, source, names or ("story", "section", "tag", "related"), Choice(**options)
        )


def ids(slot: Slot) -> list[str]:
    return [hit.article.id for hit in slot.hits]


def test_the_story_so_far_is_told_in_the_order_of_time(shelf: Archive) -> None:
    (story,) = page(shelf, "story")
    assert (story.name, story.heading, story.tag) == ("story", "The story so far", None)
    # A tag that few carry and a name of two words; the tag alone is not enough.
    assert ids(story) == ["before", "no tag", "after"]
    assert all("story" in {reason.kind for reason in hit.reasons} for hit in story.hits)


@pytest.mark.parametrize(
    "date", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
)
def test_a_story_at_the_end_of_all_dates(shelf: Archive, date: datetime) -> None:
    """A CMS writes the one for "never", the other for "unknown"."""
    shelf.put([part("source", 0, published_at=date), part("then", 0, published_at=date)])
    with shelf.reading(date) as view:
        (story,) = onward(view, source_of_article(view, "source"), ["story"])
    assert ids(story) == ["then"]


@pytest.mark.parametrize(("source", "other"), [([], ["source"]), (["no name"], [])])
def test_a_link_makes_a_story_whichever_way_it_points(
    shelf: Archive, source: list[str], other: list[str]
) -> None:
    shelf.put([part("source", 0, links=source)])
    shelf.put([part("no name", 1, body="Another ship.", tags=["Ferry"], links=other)])
    assert ids(page(shelf, "story")[0]) == ["before", "no name", "no tag", "after"]


def test_a_link_of_one_of_several_sources_makes_a_story(shelf: Archive) -> None:
    shelf.put([part("second", 1, body="Another ship.", tags=["Ferry"], links=["no name"])])
    with shelf.reading(NOON) as view:
        keys = dict.fromkeys(view.keys_of(["source", "second"]), 1.0)
        hits = similar(view, source_of_several(view, keys)).hits
    (linked,) = (hit for hit in hits if hit.article.id == "no name")
    assert linked.reasons[0].kind == "story"


def test_the_story_is_told_without_what_is_pinned_into_another_slot(shelf: Archive) -> None:
    shelf.store.curation.put(rule("r", "pin", "article:after", "article:source"))
    for names in (("story",), ("story", "section")):
        shelf.put([part("after", 3, section="Land")])  # so no slot of its own section has it
        assert ids(page(shelf, *names)[0]) == ["before", "no tag", "after"], names
    story, related = page(shelf, "story", "related")
    assert ids(story) == ["before", "no tag"]
    assert (ids(related)[0], related.hits[0].pinned) == ("after", True)
    story, tag = page(shelf, "story", "tag")
    assert (ids(story), ids(tag)[0]) == (["before", "no tag"], "after")


def test_the_tag_of_fewest_articles_comes_first_and_further_ones_follow(shelf: Archive) -> None:
    first, second = page(shelf, "tag", "tag", limit=3)
    assert (first.heading, first.tag) == ("More on Ferry", "Ferry")  # four others carry it
    assert (second.heading, second.tag) == ("More on Safety", "Safety")  # six do
    assert all("Ferry" in hit.article.tags for hit in first.hits)
    assert len(page(shelf, "tag", "tag", "tag")) == 2, "there is no third"


def test_a_tag_of_two_articles_has_no_slot(shelf: Archive) -> None:
    shelf.put([part("no name", 1, tags=[]), part("after", 3, tags=["Safety"])])
    (tag,) = page(shelf, "tag")
    assert tag.tag == "Safety"


def test_section_and_related_are_filled_up(shelf: Archive) -> None:
    (section,) = page(shelf, "section", limit=20)
    assert section.heading == "More from Sea"
    assert {hit.article.section for hit in section.hits} == {"Sea"}
    assert ids(section)[-1] == "sea"
    assert section.hits[-1].fallback
    (related,) = page(shelf, "related", limit=20)
    assert related.heading == "Related"
    assert set(ids(related)) == {*ids(section), "far"}
    assert not any(hit.fallback for s in page(shelf, fallback="none", limit=20) for hit in s.hits)


def test_nothing_stands_on_the_page_twice(shelf: Archive) -> None:
    slots = page(shelf, "story", "tag", "section", "related", limit=2)
    shown = [article_id for slot in slots for article_id in ids(slot)]
    assert len(shown) == len(set(shown)) == 8
    assert [slot.name for slot in slots] == ["story", "tag", "section", "related"]


def test_what_the_page_shows_already_is_left_out(shelf: Archive) -> None:
    (story,) = page(shelf, "story", where=Filter(exclude_ids=frozenset({"after"})))
    assert ids(story) == ["before", "no tag"]


def test_a_slot_with_nothing_to_show_is_left_out(archive: Archive) -> None:
    archive.put([article("source", title="fish"), article("other", title="fish", section="Sea")])
    assert [slot.name for slot in page(archive)] == ["related"]


def test_an_undated_article_has_no_story(shelf: Archive) -> None:
    shelf.put([part("source", 0, published_at=None)])
    assert page(shelf, "story") == []


def test_what_was_compared_for_the_story_is_not_compared_again(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[list[str]] = []
    articles = View.articles

    def counted(view: View, keys: Any) -> Any:
        found = articles(view, keys)
        if found:
            compared.append([each.id for each in found.values()])
        return found

    monkeypatch.setattr(View, "articles", counted)
    (slot,) = page(shelf, "story")
    assert len(slot.hits) > 1
    assert len(compared) == 1
