"""New tags: what a draft tells of that the vocabulary lacks, in the house's style."""

from typing import Any

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.house_tags import HouseTag
from newsclip.index.tag_changes import import_vocabulary, merge
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.proposals import Proposal, known_as, proposals

BODY = (
    "In the port the cranes stood still. The president Gustavo Petro spoke of port fees with"
    " envoys from Norway, and Petro spoke of Norway once more.\n"
    "A Word Of The Port\n"
    "The port fees are too high, said the envoys in the harbour."
)
DRAFT = Draft("Petro and the port fees", body=BODY)
FILLER = "in the and of a with are too said spoke once more stood still from high word"


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    texts = dict.fromkeys(range(9), FILLER) | {9: f"{FILLER} the port fees"}
    tags = {0: ["HarbourFire"], 1: ["CityHall"], 2: ["US-Relations"]}
    archive.put([article(n, body=text, tags=tags.get(n, [])) for n, text in texts.items()])
    return archive


def proposed(archive: Archive, draft: Draft = DRAFT, **more: Any) -> list[Proposal]:
    with archive.reading() as view:
        return proposals(view, draft, **more)


def test_names_and_phrases_are_proposed_in_the_house_style(shelf: Archive) -> None:
    found = proposed(shelf, limit=3)
    assert {(each.tag, each.matched) for each in found} == {
        ("GustavoPetro", "Gustavo Petro"),
        ("Norway", "Norway"),
        ("PortFees", "port fees"),
    }
    assert all(0 < each.score < 1 for each in found)
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)


def test_a_proposal_has_its_sentence_and_the_articles_that_would_carry_it(
    shelf: Archive,
) -> None:
    found = {each.tag: each for each in proposed(shelf)}
    assert found["PortFees"].articles == 1
    assert found["GustavoPetro"].articles == 0
    assert found["GustavoPetro"].sentence.startswith("The president Gustavo Petro spoke")


def test_what_is_written_about_now_goes_before(
    shelf: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsclip.recommender.tagging.proposals._RECENT", 2)
    names = {2001: "Norway", 2002: "Norway", 2025: "Sweden", 2026: "Sweden"}
    shelf.put([article(y, body=f"{FILLER} in {n}", published_at=str(y)) for y, n in names.items()])
    draft = Draft(body="They spoke with Norway and spoke with Sweden.")
    assert [(each.tag, each.articles) for each in proposed(shelf, draft)] == [
        ("Sweden", 2),
        ("Norway", 0),
    ]


@pytest.mark.parametrize(
    ("known", "by"),
    [
        ("gustavo petro", "tags"),
        ("GustavoPetro", "tags"),
        ("GustavoPetro", "banned"),
        ("#gustavo-petro", "current"),
    ],
)
def test_what_is_known_is_not_proposed(shelf: Archive, known: str, by: str) -> None:
    draft, banned = DRAFT, set[str]()
    if by == "tags":
        shelf.put([article("k", body="x", tags=[known])])
    elif by == "banned":
        banned = {known}
    else:
        draft = Draft(DRAFT.title, body=DRAFT.body, tags=(known,))
    found = proposed(shelf, draft, banned=banned)
    assert "Norway" in {each.tag for each in found}
    assert not {each.tag for each in found if "Petro" in each.tag}


@pytest.mark.parametrize("status", ["active", "deprecated", "banned"])
def test_a_listed_tag_or_an_alias_is_not_proposed(shelf: Archive, status: Any) -> None:
    entry = HouseTag("President", aliases=("Gustavo Petro", "Norway"), status=status)
    import_vocabulary(shelf.store, [entry], False, "ada")
    assert {"GustavoPetro", "Norway"}.isdisjoint(each.tag for each in proposed(shelf))


@pytest.mark.parametrize(
    "draft",
    [
        Draft("Petro in Norway"),
        Draft(body="."),
        Draft(body="🙂 🙂"),
        Draft(body="#Petro #Norway"),
        Draft(body="港 " * 50_000),
        Draft(body="word " * 300_000),
        Draft("x", body="Gustavo\x00Petro'" * 99),
    ],
)
def test_any_draft_has_an_answer(shelf: Archive, archive: Archive, draft: Draft) -> None:
    assert len(proposed(shelf, draft)) <= 5
    assert len(proposed(archive, draft, limit=1)) <= 1


def test_an_empty_archive_proposes_too(archive: Archive) -> None:
    assert "Gustavo Petro" in {each.tag for each in proposed(archive)}


def test_a_name_leads_to_the_tag_that_is_spelled_otherwise(shelf: Archive) -> None:
    merge(shelf.store, "CityHall", "HarbourFire", "ada")
    with shelf.reading() as view:
        names = ("USRelations", "#us relations", "city-hall", "HarbourFire", "Nope")
        found = [known_as(view, name) for name in names]
    assert found == ["US-Relations", "US-Relations", "HarbourFire", "HarbourFire", None]
