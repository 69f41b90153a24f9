"""Feedback as it counts: followed entry by entry, the last word for each draft, any encoder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AXES, AxisEncoder, article, embedding_of, new_store

from newsclip.index import verdicts
from newsclip.index.archive import Archive
from newsclip.index.house_tags import HouseTag, HouseTags
from newsclip.index.recipe import ArticleEncoder
from newsclip.index.reembed import reembed
from newsclip.index.store import Store
from newsclip.index.verdicts import Verdicts

from .live_views import live_view


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "archive")


def say(
    store: Store,
    body: str,
    accepted: Sequence[str] = (),
    rejected: Sequence[str] = (),
    article: str | None = None,
) -> int:
    vector = embedding_of(body).astype(np.float32)
    draft = {"title": "", "summary": "", "body": body}
    return store.tag_feedback.add("ada", article, draft, accepted, rejected, (AXES, vector)).number


NO_LIST = HouseTags()


def counted(
    store: Store, encoder: AxisEncoder | None = None, house: HouseTags = NO_LIST
) -> Verdicts:
    with store.reading():
        return store.judged_drafts.of(AXES, ArticleEncoder(encoder or AxisEncoder()), house)


def test_tags_compare_folded_and_drafts_by_their_embeddings(store: Store) -> None:
    say(store, "fish", ["#Harbour"], ["Law", "sport"])
    found = counted(store)
    assert found.said == [{"harbour": True, "law": False, "sport": False}]
    assert found.written == {"harbour": "#Harbour"}
    np.testing.assert_array_equal(found.embeddings, [embedding_of("fish")])


def test_none_at_all(store: Store) -> None:
    found = counted(store)
    assert (found.said, found.embeddings.shape) == ([], (0, 8))


def test_what_is_new_and_what_is_undone_counts_next_time(store: Store) -> None:
    first = say(store, "fish", ["A"])
    assert counted(store).said == [{"a": True}]
    second = say(store, "ship", [], ["A"])
    assert counted(store).said == [{"a": True}, {"a": False}]
    store.tag_feedback.undo(second, "bob")
    assert counted(store).said == [{"a": True}]
    store.tag_feedback.undo(first, "bob")
    assert counted(store).said == []
    say(store, "law", ["C"])
    assert counted(store).said == [{"c": True}]


@pytest.mark.parametrize(("one", "other"), [(None, None), ("n-1", "n-1")])
def test_of_one_draft_the_last_verdict_on_a_tag_counts(
    store: Store, one: str | None, other: str | None
) -> None:
    say(store, "fish", ["A", "B"], article=one)
    later = say(store, "fish", [], ["A"], article=other)
    assert counted(store).said == [{"b": True}, {"a": False}]
    store.tag_feedback.undo(later, "bob")
    assert counted(store).said == [{"a": True, "b": True}], "the one before counts again"


def test_an_article_is_itself_whatever_its_text(store: Store) -> None:
    say(store, "fish", ["A"], article="n-1")
    say(store, "ship", [], ["A"], article="n-1")
    say(store, "ship", [], ["A"], article="n-2")
    assert counted(store).said == [{}, {"a": False}, {"a": False}]


FERRY = HouseTag("Ferry", label="By ferry", aliases=("ferryboat",))
FERRIES = HouseTag("Ferries", status="deprecated", replaced_by="Ferry")
HOUSE = HouseTags(1, [FERRY, FERRIES], closed=True)


@pytest.mark.parametrize("name", ["Ferry", "#ferry", "by-ferry", "Ferryboat", "Ferries", "ferries"])
def test_a_tag_is_judged_by_whatever_name(store: Store, name: str) -> None:
    say(store, "fish", [name], ["Law"])
    found = counted(store, house=HOUSE)
    assert (found.said, found.written) == ([{"ferry": True, "law": False}], {"ferry": "Ferry"})
    say(store, "fish", [], ["Ferry"])
    assert counted(store, house=HOUSE).said == [{"law": False}, {"ferry": False}]


def test_who_took_one_name_of_a_tag_and_left_another_has_taken_it(store: Store) -> None:
    say(store, "fish", ["Ferry"], ["ferries"])
    say(store, "ship", ["Ferries"], ["Ferry"])
    assert counted(store, house=HOUSE).said == [{"ferry": True}, {"ferry": True}]


def test_what_a_name_stands_for_follows_the_vocabulary(store: Store) -> None:
    say(store, "fish", [], ["Ferries"])
    assert counted(store).said == [{"ferries": False}]
    assert counted(store, house=HOUSE).said == [{"ferry": False}]
    assert counted(store, house=HouseTags(2, [FERRY])).said == [{"ferries": False}]


def test_the_newest_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "MOST", 2)
    for word in ("fish", "ship", "law"):
        say(store, word, [word])
    assert counted(store).said == [{"ship": True}, {"law": True}]
    assert len(counted(store).embeddings) == 2


def test_nothing_is_read_or_embedded_twice(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = AxisEncoder()
    say(store, "fish", ["A"])
    store.tag_feedback.add("ada", None, {"body": "ship"}, ["B"], [])
    first = counted(store, encoder)
    assert encoder.encoded == ["ship"], "only what the store has no embedding of"
    assert counted(store, encoder) is first
    asked = []
    standing = store.tag_feedback.standing
    monkeypatch.setattr(
        store.tag_feedback, "standing", lambda after: asked.append(after) or standing(after)
    )
    say(store, "law", ["C"])
    expected = [embedding_of(word) for word in ("fish", "ship", "law")]
    np.testing.assert_allclose(counted(store, encoder).embeddings, expected, atol=1e-6)
    assert (asked, encoder.encoded) == ([2], ["ship"])


class Shuffled(AxisEncoder):
    """Another model: the axes in another order."""

    id = "shuffled@1"

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        rows = [embedding_of(text)[::-1] for text in texts]
        return np.array(rows, np.float32).reshape(-1, 8)


def test_another_encoder_embeds_the_drafts_before_the_switch(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.put([article("a", body="fish")])
    archive.give_feedback("ada", None, {"title": "fish"}, ["A"], [])
    undone = archive.give_feedback("ada", None, {"title": "law"}, ["A"], [])
    archive.store.tag_feedback.undo(undone.number, "ada")
    monkeypatch.setattr("newsclip.index.reembed.load_encoder", lambda name: Shuffled())
    reembed(archive.store, "shuffled")
    active = archive.store.embeddings.active()
    assert active is not None
    asked = Shuffled()
    with archive.store.reading():
        found = archive.store.judged_drafts.of(active.number, ArticleEncoder(asked), NO_LIST)
    np.testing.assert_array_equal(found.embeddings, [embedding_of("fish")[::-1]])
    assert asked.encoded == []


def test_another_worker_has_it_at_its_next_request(archive: Archive) -> None:
    archive.put([article("a", body="fish")])
    worker = live_view(archive)
    with worker.reading() as view:
        assert view.verdicts().said == []
    given = archive.give_feedback("ada", None, {"title": "fish"}, ["A"], ["B"])
    with worker.reading() as view:
        assert view.verdicts().said == [{"a": True, "b": False}]
    archive.store.tag_feedback.undo(given.number, "ada")
    with worker.reading() as view:
        assert view.verdicts().said == []
