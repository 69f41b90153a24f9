"""Which words tell what a text is about, by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from tests.doubles import article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.bm25 import TermQuery
from newsclip.index.view import View
from newsclip.recommender import telling
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.source import source_of_draft
from newsclip.recommender.telling import telling_terms, terms_of_draft
from newsclip.recommender.told import Told


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """``law`` stands in four bodies, ``ship`` in two, ``fish`` and ``star`` in one."""
    bodies = ["law ship fish", "law ship", "law star", "law"]
    archive.put([article(n, body=body) for n, body in enumerate(bodies)])
    return archive


def telling_of(view: View, draft: Draft) -> TermQuery:
    return telling_terms(view, terms_of_draft(view, draft, language_of(view, draft)))


def words_shared(view: View, draft: Draft, ids: Sequence[str]) -> list[tuple[str, ...]]:
    said = Told(view, source_of_draft(view, draft))
    keys = np.array([view.key_of(each) for each in ids], np.int64)
    return said.shared_words(view.held(said.query, keys))


def told(archive: Archive, draft: Draft) -> dict[str, float]:
    with archive.reading() as view:
        query = telling_of(view, draft)
        pairs = zip(view.term_texts(query.terms), query.weights.tolist(), strict=True)
        return dict(pairs)


def test_the_rare_and_the_repeated_come_first(shelf: Archive) -> None:
    found = told(shelf, Draft(body="law law law law ship ship fish unheard"))
    # idf: fish ln(1 + 3.5/1.5) 1.20, ship ln(1 + 2.5/2.5) 0.69, law ln(1 + 0.5/4.5) 0.11;
    # times 1 + ln(tf): fish 1.20, ship 0.69 * 1.69 = 1.17, law 0.11 * 2.39 = 0.25
    assert list(found) == ["fish", "ship", "law"]
    assert found == pytest.approx({"fish": 1, "ship": 1 + math.log(2), "law": 1 + math.log(4)})


def test_a_word_of_the_title_counts_twice(shelf: Archive) -> None:
    found = told(shelf, Draft(title="Fish", summary="ship", body="ship star"))
    ln2 = math.log(2)
    assert found == pytest.approx({"fish": 1 + ln2, "ship": 1 + ln2, "star": 1})


def test_forms_of_a_word_are_one_term_written_as_first_seen(shelf: Archive) -> None:
    draft = Draft(title="Ships!", body="The ship is shipping")
    assert told(shelf, draft) == pytest.approx({"ship": 1 + math.log(4)})
    with shelf.reading() as view:
        assert words_shared(view, draft, "0") == [("Ships",)]


def test_tags_are_no_words_of_the_text(archive: Archive) -> None:
    entry = article("a", title="fish", body="ship ship", tags=["Law", "Ship"])
    archive.put([entry, article("b", title="law star")])
    with archive.reading() as view:
        query = telling_terms(view, view.terms_of(view.key_of("a")))
        terms = view.term_texts(query.terms)
    assert dict(zip(terms, query.weights.tolist(), strict=True)) == pytest.approx(
        {"fish": 1 + math.log(2), "ship": 1 + math.log(2)}
    )
    assert told(archive, Draft.of(entry)) == pytest.approx({t: 1 + math.log(2) for t in terms})


def test_what_the_archive_does_not_know_tells_nothing(shelf: Archive) -> None:
    assert told(shelf, Draft(body="unheard, x y z 🙂")) == {}


def test_ties_go_by_name_and_the_number_is_bounded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"word{letter}" for letter in "zxwvt"]
    archive.put([article("a", body=" ".join(words)), article("b", body="law")])
    draft = Draft(body=" ".join(words))
    assert list(told(archive, draft)) == sorted(words)
    for count in (1, 3, 4):
        monkeypatch.setattr(telling, "_TERMS", count)
        assert list(told(archive, draft)) == sorted(words)[:count]
    # "law" is as rare and stands more often: it comes first, and one word less has room
    assert list(told(archive, Draft(body=f"{draft.body} law law"))) == ["law", *sorted(words)[:3]]


def test_only_the_beginning_of_a_long_text_is_read(shelf: Archive) -> None:
    body = "ship " * 20_000 + "fish"
    assert list(told(shelf, Draft(body=body))) == ["ship"]
    assert set(told(shelf, Draft(title="Fish", body=body))) == {"fish", "ship"}


def test_shared_words_are_the_most_telling_that_both_use(shelf: Archive) -> None:
    draft = Draft(body="Laws for Ships and FISH")
    with shelf.reading() as view:
        assert words_shared(view, draft, "0123") == [
            ("FISH", "Ships", "Laws"),
            ("Ships", "Laws"),
            ("Laws",),
            ("Laws",),
        ]
        assert words_shared(view, Draft(body="unheard"), "0123") == [()] * 4
        assert words_shared(view, draft, "") == []


def test_shared_words_are_those_of_the_articles_that_are_asked_about(shelf: Archive) -> None:
    """A page asks about one list after the other."""
    with shelf.reading() as view:
        said = Told(view, source_of_draft(view, Draft(body="Star laws")))
        for name, words in (("0", ("laws",)), ("2", ("Star", "laws")), ("0", ("laws",))):
            key = np.array([view.key_of(name)], np.int64)
            assert said.shared_words(view.held(said.query, key)) == [words]


def test_four_words_are_shown(archive: Archive) -> None:
    archive.put([article("a", body="one two three four five six"), article("b", body="law")])
    with archive.reading() as view:
        words = words_shared(view, Draft(body="six five four three two one"), "a")
        assert words == [("five", "four", "one", "six")]


def test_likely_names_are_those_whose_telling_words_an_article_has(archive: Archive) -> None:
    bodies = ["the ada law of byron", "the ada law", "law in rome", "law and law"]
    archive.put([article(n, body=body) for n, body in enumerate(bodies)])
    with archive.reading() as view:
        draft = Draft(body="He saw Ada Byron, then Rome, then Utopia.")
        said = Told(view, source_of_draft(view, draft))
        keys = np.array([view.key_of(name) for name in "0123"], np.int64)
        # "utopia" is in no article, so the name has no telling word
        likely = said.likely_names(view.held(said.query, keys))
        assert likely == [["Ada Byron"], [], ["Rome"], []]


# Drafts


def test_a_draft_needs_a_text() -> None:
    for blank in ({}, {"title": " ", "body": "\n"}, {"section": "News", "tags": ("x",)}):
        with pytest.raises(QueryInvalid) as caught:
            Draft(**blank)  # type: ignore[arg-type]
        assert caught.value.field == "title"
        assert "title, a summary or a body" in caught.value.remedy
    assert Draft(summary="S").text == "S"
    assert Draft(title="T", summary="S", body="B").text == "T\nS\nB"


def test_an_article_seen_as_a_draft() -> None:
    entry = article(
        "a",
        title="T",
        summary="S",
        body="B",
        section="N",
        tags=["x"],
        language="en",
        status="draft",
    )
    assert Draft.of(entry) == Draft("T", "S", "B", "N", ("x",), "en")
