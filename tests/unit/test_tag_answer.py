"""A draft's own tags, what may be suggested, the evidence, and drafts that are odd."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import article, axis_archive

from newsclip.api.rendering import suggestions_to_dict
from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.filters import fold
from newsclip.index.house_tags import HouseTag
from newsclip.index.tag_changes import import_vocabulary
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tagging.current import Doubt
from newsclip.recommender.tagging.evidence import NeighbourEvidence, TextEvidence
from newsclip.recommender.tagging.notes import READ
from newsclip.recommender.tags import TagAnswer, suggest_tags

HOUSE = [
    HouseTag("Harbour", group="place", broader="Coast"),
    HouseTag("Coast", group="place"),
    HouseTag("Law", group="topic"),
    HouseTag("Port", status="deprecated", replaced_by="Harbour"),
    HouseTag("Gossip", status="banned"),
]


@pytest.fixture
def archive(archive: Archive) -> Archive:
    for name in ("a", "b", "c"):
        archive.put([article(name, body="fish", tags=["Harbour", "Law", "Trade"])])
    archive.put([article("d", body="fish", tags=["Coast"])])
    archive.put([article("e", body="star", tags=["Space"]), article("f", body="vote")])
    return archive


def asked(archive: Archive, draft: Draft, **choice: Any) -> TagAnswer:
    with archive.reading() as view:
        return suggest_tags(view, draft, TagChoice(**choice))


def suggested(archive: Archive, **choice: Any) -> set[str]:
    return {each.tag for each in asked(archive, Draft(body="fish"), **choice).suggestions}


# The draft's own tags


def test_tags_that_fit_are_confirmed_as_they_are_written(archive: Archive) -> None:
    answer = asked(archive, Draft(body="fish", tags=("#law", "Space", "Harbour")))
    assert [(each.tag, each.score) for each in answer.confirmed] == [
        ("#law", pytest.approx(3 / 4)),
        ("Harbour", pytest.approx(3 / 4)),
    ]
    assert [(each.tag, each.score, each.doubt) for each in answer.doubtful] == [
        ("Space", 0.0, Doubt("unlikely"))
    ]
    assert {each.tag for each in answer.suggestions} == {"Trade", "Coast"}
    carriers = {each.article_id for each in answer.confirmed[0].evidence}  # type: ignore[union-attr]
    assert carriers == {"a", "b", "c"}, "the evidence is that of the tag, however it is written"


def test_what_the_house_says_of_a_tag_puts_it_in_doubt(archive: Archive) -> None:
    import_vocabulary(archive.store, HOUSE, False, "ada")
    tags = ("Port", "gossip", "Kestrel", "US-Relations", "Law")
    archive.put([article("g", body="bank", tags=["USRelations"])])
    answer = asked(archive, Draft(body="fish", tags=tags), banned=frozenset({"#law"}))
    assert {each.tag: each.doubt for each in answer.doubtful} == {
        "Port": Doubt("replaced", "Harbour"),
        "gossip": Doubt("banned"),
        "Kestrel": Doubt("unknown"),
        "US-Relations": Doubt("unknown", "USRelations"),
        "Law": Doubt("banned"),
    }
    assert answer.confirmed == []


def test_another_name_of_a_listed_tag_is_replaced_by_it(archive: Archive) -> None:
    listed = [HouseTag("Law", label="The law", aliases=("statute",)), *HOUSE[:1], *HOUSE[3:]]
    listed.append(HouseTag("Chatter", aliases=("tattle",), status="deprecated"))
    import_vocabulary(archive.store, listed, True, "ada")
    tags = ("Statute", "the-law", "LAW", "port", "tattle", "gossip!")
    answer = asked(archive, Draft(body="fish", tags=tags))
    assert [each.tag for each in answer.confirmed] == ["LAW"]
    assert {each.tag: each.doubt for each in answer.doubtful} == {
        "Statute": Doubt("replaced", "Law"),
        "the-law": Doubt("replaced", "Law"),
        "port": Doubt("replaced", "Harbour"),
        "tattle": Doubt("unlikely"),
        "gossip!": Doubt("banned"),
    }
    answer = asked(archive, Draft(body="fish", tags=("port",)), banned=frozenset({"harbour"}))
    assert [each.doubt for each in answer.doubtful] == [Doubt("banned")]


def test_what_readers_must_not_see_is_not_told_as_another_spelling(archive: Archive) -> None:
    hidden = {"body": "bank", "tags": ["SecretTag2"], "status": "draft"}
    archive.put([article("g", **hidden), article("h", **hidden)])
    draft = Draft(body="fish", tags=("Secret-Tag-2", "secrettag2"))
    assert [each.doubt for each in asked(archive, draft).doubtful] == [Doubt("unknown")] * 2
    archive.put([article("h", body="bank", tags=["SecretTag2"])])
    assert [each.doubt for each in asked(archive, draft).doubtful] == [
        Doubt("unknown", "SecretTag2"),
        Doubt("unlikely"),
    ]
    import_vocabulary(archive.store, [HouseTag("SecretTag2")], False, "ada")
    archive.put([article("h", **hidden)])
    assert [each.doubt for each in asked(archive, draft).doubtful] == [
        Doubt("replaced", "SecretTag2"),
        Doubt("unlikely"),
    ]


def test_a_tag_given_twice_is_judged_once(archive: Archive) -> None:
    answer = asked(archive, Draft(body="fish", tags=("Law", "#law", "LAW", "#")))
    assert [each.tag for each in answer.confirmed] == ["Law"]
    assert answer.doubtful == []


# What may be suggested


def test_branch_group_and_banned_narrow_what_is_suggested(archive: Archive) -> None:
    assert suggested(archive) == {"Harbour", "Law", "Trade", "Coast"}
    assert suggested(archive, banned=frozenset({"#harbour", "LAW"})) == {"Trade", "Coast"}
    import_vocabulary(archive.store, HOUSE, False, "ada")
    assert suggested(archive, branch="coast") == {"Harbour", "Coast"}
    assert suggested(archive, branch="Harbour") == {"Harbour"}
    assert suggested(archive, group="Place") == {"Harbour", "Coast"}
    assert suggested(archive, group="topic", banned=frozenset({"Law"})) == set()
    assert suggested(archive, branch="Coast", limit=1) < {"Harbour", "Coast"}


def test_the_limit_counts_what_may_be_suggested(archive: Archive) -> None:
    banned = frozenset({"Harbour", "Law"})
    assert suggested(archive, banned=banned, limit=2) == {"Trade", "Coast"}


def test_an_unknown_branch_or_group_lets_nothing_through_and_says_so(archive: Archive) -> None:
    import_vocabulary(archive.store, HOUSE, False, "ada")
    draft = Draft(title="Fish", body="fish")
    for choice, code in (({"branch": "Trade"}, "branch"), ({"group": "person"}, "group")):
        answer = asked(archive, draft, **choice)
        assert answer.suggestions == []
        assert [note.code for note in answer.notes] == [f"{code}-unknown"]


def test_banned_and_deprecated_tags_are_not_suggested(archive: Archive) -> None:
    house = [HouseTag("Law", status="banned"), HouseTag("Trade", status="deprecated")]
    import_vocabulary(archive.store, house, False, "ada")
    assert suggested(archive) == {"Harbour", "Coast"}


def test_an_article_is_no_witness_for_its_own_tags(archive: Archive) -> None:
    archive.put([article("own", body="ship", tags=["Sea"])])
    draft = Draft(body="ship", tags=("Sea",))
    assert [each.tag for each in asked(archive, draft).confirmed] == ["Sea"]
    answer = asked(archive, draft, article="own")
    assert [(each.tag, each.evidence) for each in answer.doubtful] == [("Sea", ())]


# New tags

NEWS = Draft(body="The fish came to Kestrel Bay. Nobody in Kestrel Bay had seen such fish.")


def proposed(archive: Archive, **choice: Any) -> list[str]:
    return [each.tag for each in asked(archive, NEWS, **choice).proposals]


def test_names_that_the_house_lacks_are_proposed_apart(archive: Archive) -> None:
    answer = asked(archive, NEWS)
    (bay,) = (each for each in answer.proposals if "Kestrel" in each.tag)
    assert (bay.matched, bay.sentence) == ("Kestrel Bay", "The fish came to Kestrel Bay.")
    assert bay.tag not in {each.tag for each in answer.suggestions}
    assert proposed(archive, banned=frozenset({f"#{bay.tag.upper()}"})) == []
    import_vocabulary(archive.store, HOUSE, False, "ada")
    assert proposed(archive, group="place") == proposed(archive, branch="Coast") == []


def test_an_accepted_proposal_is_suggested_and_a_rejected_one_is_gone(archive: Archive) -> None:
    (tag,) = proposed(archive)
    texts = {"title": "", "summary": "", "body": NEWS.body}
    archive.give_feedback("ada", None, texts, [tag], [])
    answer = asked(archive, NEWS)
    assert tag in {each.tag for each in answer.suggestions}
    assert answer.proposals == []
    archive.give_feedback("bob", None, texts, [], [tag])
    answer = asked(archive, NEWS)
    assert tag not in {each.tag for each in (*answer.suggestions, *answer.proposals)}
    assert proposed(archive, limit=1) == []


# Evidence


def test_the_sentence_whose_words_set_the_tag_apart(archive: Archive) -> None:
    archive.put(
        [
            article("g", body="fish quota with the trawler fleet", tags=["Fleet"]),
            article("h", body="fish quota with the oven garlic", tags=["Cooking"]),
        ]
    )
    draft = Draft(
        body="The fish came late this year. A trawler was seen at dawn. Roast it with garlic!"
    )
    found = {each.tag: each.evidence for each in asked(archive, draft, limit=20).suggestions}
    assert found["Cooking"][0] == TextEvidence("Roast it with garlic!", "garlic")
    assert found["Fleet"][0] == TextEvidence("A trawler was seen at dawn.", "trawler")


def test_carriers_beyond_the_neighbours_are_looked_up(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put([article("g", body="fish and the trawler " * 2, tags=["Fleet"], title="G")])
    monkeypatch.setattr("newsclip.recommender.tagging.witnesses.NEIGHBOURS", 3)
    answer = asked(archive, Draft(body="fish", tags=("Fleet",)))
    (fleet,) = answer.doubtful
    articles = [each for each in fleet.evidence if isinstance(each, NeighbourEvidence)]
    assert [each.article_id for each in articles] == ["g"]
    assert 0 < articles[0].score < 1


def test_of_a_tag_that_thousands_carry_the_newest_are_looked_through(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("g", "h", "i"):
        archive.put([article(name, body="fish and the trawler " * 2, tags=["Fleet"])])
    monkeypatch.setattr("newsclip.recommender.tagging.witnesses.NEIGHBOURS", 3)
    monkeypatch.setattr("newsclip.recommender.tagging.evidence._NEWEST", 2)
    (fleet,) = asked(archive, Draft(body="fish", tags=("Fleet",))).doubtful
    articles = [each for each in fleet.evidence if isinstance(each, NeighbourEvidence)]
    assert {each.article_id for each in articles} == {"h", "i"}


# Odd drafts


def notes(archive: Archive, draft: Draft) -> list[str]:
    return [note.code for note in asked(archive, draft).notes]


def test_a_headline_alone_is_said_to_be_little(archive: Archive) -> None:
    assert notes(archive, Draft(title="Fish")) == ["headline-only"]
    assert notes(archive, Draft(title="Fish", summary="fish")) == []
    assert notes(archive, Draft(title="Fish", body=" \n")) == ["headline-only"]


def test_of_a_megabyte_the_beginning_is_read(archive: Archive) -> None:
    start = "fish " * (READ // 5)
    whole = asked(archive, Draft(body=start + "star " * 200_000))
    assert [note.code for note in whole.notes] == ["cut"]
    beginning = asked(archive, Draft(body=start))
    assert (whole.suggestions, beginning.notes) == (beginning.suggestions, [])
    assert "Space" not in {each.tag for each in whole.suggestions}


def test_a_draft_in_another_language_is_told_by_its_words(archive: Archive) -> None:
    spanish = (
        "El Congreso aprobó la ley del puerto después de nueve días de huelga, según dijo el"
        " ministro de Trabajo en la capital; los estibadores celebraron fish la noticia."
    )
    assert notes(archive, Draft(body=spanish)) == ["unfamiliar"]
    archive.put([article("es", body=spanish, tags=["Puerto"])])
    assert notes(archive, Draft(body=spanish)) == []


def test_a_draft_of_nothing_but_hashtags_is_read_as_text(archive: Archive) -> None:
    archive.put([article("us", body="bank", tags=["USRelations"])])
    answer = asked(archive, Draft(body="#Harbour #USRelations #Nothing"))
    assert {"Harbour", "USRelations"} <= {each.tag for each in answer.suggestions}


def test_a_draft_with_tags_alone_says_what_is_missing() -> None:
    with pytest.raises(QueryInvalid, match="has tags, but no text"):
        Draft(tags=("Harbour",))
    with pytest.raises(QueryInvalid, match="has no text"):
        Draft()


def test_an_archive_without_tags_says_so(archive: Archive) -> None:
    for name in "abcde":
        archive.delete(name)
    answer = asked(archive, Draft(body="fish", tags=("Law",)))
    assert "no-tags" in [note.code for note in answer.notes]
    assert [each.doubt for each in answer.doubtful] == [Doubt("unknown")]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with axis_archive(tmp_path_factory.mktemp("shelf")) as archive:
        bodies = ("fish and ships", "the law of the sea", "a vote on fish", "Ωμέγα and naïve stars")
        tags = (["Harbour", "USRelations"], ["Law"], ["#?!", "İstanbul"], ["Ωμέγα", "ß"])
        archive.put(
            [
                article(n, body=body, tags=own)
                for n, (body, own) in enumerate(zip(bodies, tags, strict=True))
            ]
        )
        import_vocabulary(archive.store, HOUSE, False, "ada")
        archive.give_feedback("ada", None, {"body": "fish"}, ["İstanbul"], ["Law"])
        yield archive


TEXTS = st.text(max_size=80) | st.sampled_from(
    ["Fish! The law.", "#Harbour #ß", "İstanbul. Ωμέγα?", "\x00", "fish " * 3_000]
)
NAMES = st.text(max_size=20) | st.sampled_from(["Law", "#law", "ß", "SS", "İstanbul", "Port", "#"])


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, st.lists(NAMES, max_size=5), st.frozensets(NAMES, max_size=2))
def test_whatever_is_written_has_an_answer(
    shelf: Archive, title: str, body: str, tags: list[str], banned: frozenset[str]
) -> None:
    if not (title + body).strip():
        return
    draft = Draft(title=title, body=body, tags=tuple(tags))
    answer = asked(shelf, draft, banned=banned, limit=20)
    shown = [*answer.suggestions, *answer.confirmed, *answer.doubtful]
    assert all(0 <= each.score <= 1 for each in shown)
    for evidence in (evidence for each in shown for evidence in each.evidence):
        if isinstance(evidence, TextEvidence):
            assert evidence.matched in evidence.sentence in draft.text
    own = {fold(tag) for tag in tags} - {""}
    judged = [fold(each.tag) for each in (*answer.confirmed, *answer.doubtful)]
    assert sorted(judged) == sorted(own), "each of the draft's tags is judged once"
    kept_out = own | {fold(tag) for tag in banned}
    assert not kept_out & {fold(each.tag) for each in answer.suggestions}
    assert json.dumps(suggestions_to_dict(answer))
