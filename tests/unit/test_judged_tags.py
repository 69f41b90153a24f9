"""What editors said changes scores at once: worked out by hand, and in whatever order."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import article, axis_archive

from newsclip.index.archive import Archive
from newsclip.index.backup import back_up
from newsclip.index.compaction import compact, rebuild
from newsclip.index.house_tags import HouseTag
from newsclip.index.restore import restore
from newsclip.index.tag_changes import import_vocabulary, merge, undo
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tagging.feedback import STRENGTH
from newsclip.recommender.tags import suggest_tags

FISH = Draft(body="fish")


@pytest.fixture
def archive(archive: Archive) -> Archive:
    """Of four equal neighbours three carry Harbour and one Law; the others are far away."""
    for name, tags in {"a": ["Harbour"], "b": ["Harbour"], "c": ["Harbour"], "d": ["Law"]}.items():
        archive.put([article(name, body="fish", tags=tags)])
    archive.put([article(word, body=word) for word in ("ship", "vote", "bank", "star")])
    return archive


def say(
    archive: Archive, body: str, accepted: Sequence[str] = (), rejected: Sequence[str] = ()
) -> int:
    draft = {"title": "", "summary": "", "body": body}
    return archive.give_feedback("ada", None, draft, accepted, rejected).number


def scores(archive: Archive, draft: Draft = FISH, *banned: str) -> dict[str, float]:
    choice = TagChoice(banned=frozenset(banned))
    with archive.reading() as view:
        return {each.tag: each.score for each in suggest_tags(view, draft, choice).suggestions}


def test_a_verdict_on_the_same_text_outweighs_the_archive(archive: Archive) -> None:
    assert scores(archive) == pytest.approx({"Harbour": 3 / 4, "Law": 1 / 4})
    say(archive, "fish", ["#law"], ["harbour"])
    harbour, law = 0.2 * 0.75 / 1.2, (0.2 * 0.25 + 1) / 1.2
    found = scores(archive)
    assert found == pytest.approx({"Law": law, "Harbour": harbour})
    assert list(found) == ["Law", "Harbour"]
    assert STRENGTH == 0.2


def test_editors_who_disagree_on_like_drafts_meet_in_the_middle(archive: Archive) -> None:
    say(archive, "fish", ["Harbour"])
    # Another text of the same meaning: the verdicts add up.
    say(archive, "fish fish", [], ["Harbour"])
    assert scores(archive)["Harbour"] == pytest.approx((0.2 * 0.75 + 1) / 2.2)


def test_likeness_counts_to_the_power_of_eight(archive: Archive) -> None:
    say(archive, "fish ship", [], ["Harbour"])
    # The cosine of "fish ship" is .7071; typical of the archive: fish 4/8 of all embeddings.
    likeness = (0.5**0.5 - 0.5) / (1 - 0.5)
    weight = likeness**8
    assert weight < 1e-3, "too little to count at all"
    assert scores(archive)["Harbour"] == pytest.approx(3 / 4)
    say(archive, "fish fish fish ship", [], ["Harbour"])
    likeness = (3 / 10**0.5 - 0.5) / (1 - 0.5)
    weight = likeness**8
    expected = 0.2 * 0.75 / (0.2 + weight)
    assert scores(archive)["Harbour"] == pytest.approx(expected, abs=1e-3)
    assert 0.3 < weight < 0.6


def test_drafts_on_something_else_are_left_alone(archive: Archive) -> None:
    archive.put([article("e", body="law", tags=["Harbour", "Court"])])
    before = scores(archive, Draft(body="law"))
    say(archive, "fish", [], ["Harbour"])
    assert scores(archive, Draft(body="law")) == pytest.approx(before)
    assert scores(archive)["Harbour"] < 0.2


def test_an_accepted_tag_that_no_article_has_is_suggested_as_it_was_written(
    archive: Archive,
) -> None:
    say(archive, "fish", ["SkerryBank"])
    assert scores(archive)["SkerryBank"] == pytest.approx(1 / 1.2)
    assert "SkerryBank" not in scores(archive, Draft(body="law"))


def test_a_rejected_tag_that_nothing_speaks_for_stays_away(archive: Archive) -> None:
    say(archive, "fish", [], ["SkerryBank"])
    assert scores(archive) == pytest.approx({"Harbour": 3 / 4, "Law": 1 / 4})


REJECTED = 0.2 * 0.75 / 1.2


@pytest.mark.parametrize("name", ["#harbour", "the-harbour", "PORT", "Harbours", "harbours"])
def test_a_tag_is_rejected_and_banned_by_any_of_its_names(archive: Archive, name: str) -> None:
    harbour = HouseTag("Harbour", label="The harbour", aliases=("port",))
    harbours = HouseTag("Harbours", status="deprecated", replaced_by="Harbour")
    import_vocabulary(archive.store, [harbour, harbours], False, "ada")
    assert scores(archive, FISH, name) == pytest.approx({"Law": 1 / 4})
    say(archive, "fish", [], [name])
    assert scores(archive) == pytest.approx({"Law": 1 / 4, "Harbour": REJECTED})


def test_a_rejected_tag_stays_so_under_the_one_that_it_is_merged_into(archive: Archive) -> None:
    say(archive, "fish", [], ["Harbour"])
    merged = merge(archive.store, "Harbour", "Law", "ada")
    # All four neighbours have Law now.
    assert scores(archive) == pytest.approx({"Law": 0.2 * 1 / 1.2})
    undo(archive.store, merged.number or 0, "ada")
    assert scores(archive) == pytest.approx({"Law": 1 / 4, "Harbour": REJECTED})


def test_a_verdict_counts_for_each_spelling_of_a_tag(archive: Archive) -> None:
    archive.put([article("d", body="fish", tags=["HARBOUR"])])
    assert scores(archive) == pytest.approx({"Harbour": 3 / 4, "HARBOUR": 1 / 4})
    say(archive, "fish", [], ["harbour"])
    assert scores(archive) == pytest.approx({"Harbour": REJECTED, "HARBOUR": 0.2 * 0.25 / 1.2})


def test_undone_feedback_leaves_no_trace_in_the_scores(archive: Archive) -> None:
    before = scores(archive)
    number = say(archive, "fish", ["Law"], ["Harbour"])
    assert scores(archive) != pytest.approx(before)
    archive.store.tag_feedback.undo(number, "bob")
    assert scores(archive) == before


def test_it_survives_a_restart_a_snapshot_and_a_rebuild(archive: Archive) -> None:
    say(archive, "fish", ["Law"], ["Harbour"])
    after = scores(archive)
    assert list(after) == ["Law", "Harbour"]
    with axis_archive(archive.directory) as reopened:
        assert scores(reopened) == after
        for remake in (compact, rebuild):
            assert remake(reopened.store)
            with axis_archive(archive.directory) as again:
                assert scores(again) == pytest.approx(after, abs=1e-4)


def test_a_backup_brings_it_back(archive: Archive, tmp_path: Path) -> None:
    say(archive, "fish", ["Law"], ["Harbour"])
    after = scores(archive)
    back_up(archive.directory, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    with axis_archive(tmp_path / "restored") as restored:
        assert scores(restored) == pytest.approx(after)


def test_in_an_archive_of_one_article_the_same_text_counts_in_full(tmp_path: Path) -> None:
    with axis_archive(tmp_path / "one") as archive:
        archive.put([article("a", body="fish", tags=["Harbour"])])
        say(archive, "fish", [], ["Harbour"])
        say(archive, "fish", ["Law"])
        assert scores(archive)["Law"] == pytest.approx(1 / 1.2)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["fish", "fish fish", "fish ship", "law"]), st.booleans(), st.booleans()
        ),
        max_size=6,
    )
)
def test_scores_stay_chances_and_undoing_all_restores_them(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, bool, bool]]
) -> None:
    with axis_archive(tmp_path_factory.mktemp("history")) as archive:
        archive.put([article("a", body="fish", tags=["Harbour"]), article("b", body="law")])
        before = scores(archive)
        numbers = []
        for body, accept, undo in history:
            number = say(archive, body, *((["Harbour"], []) if accept else ([], ["Harbour"])))
            if undo:
                archive.store.tag_feedback.undo(number, "ada")
            else:
                numbers.append(number)
            assert all(0 <= score <= 1 for score in scores(archive).values())
        for number in numbers:
            archive.store.tag_feedback.undo(number, "ada")
        assert scores(archive) == before
