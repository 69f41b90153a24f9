"""Which words tell what a text is about, by hand."""

import math

import numpy as np
import pytest
from tests.doubles import article

from newsclip.errors import QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.bm25 import TermQuery
from newsclip.index.view import View
from newsclip.recommender import telling
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.telling import shared_words, telling_terms, terms_of_draft


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """``law`` stands in four bodies, ``ship`` in two, ``fish`` and ``star`` in one."""
    bodies = ["law ship fish", "law ship", "law star", "law"]
    archive.put([article(n, body=body) for n, body in enumerate(bodies)])
    return archive


def telling_of(view: View, draft: Draft) -> TermQuery:
    return telling_terms(view, terms_of_draft(view, draft, language_of(view, draft)))


def words_shared(
    view: View, query: TermQuery, draft: Draft, keys: list[int]
) -> dict[int, tuple[str, ...]]:
    held = view.held(query, np.array(keys, np.int64))
    return shared_words(view, query, keys, held, draft.text, language_of(view, draft))


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
        key = view.key_of("0")
        assert words_shared(view, telling_of(view, draft), draft, [key]) == {key: ("Ships",)}


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
        query = telling_of(view, draft)
        keys = [view.key_of(name) for name in "0123"]
        assert words_shared(view, query, draft, keys) == {
            keys[0]: ("FISH", "Ships", "Laws"),
            keys[1]: ("Ships", "Laws"),
            keys[2]: ("Laws",),
            keys[3]: ("Laws",),
        }
        assert words_shared(view, query.first(0), draft, keys) == dict.fromkeys(keys, ())
        assert words_shared(view, query, draft, []) == {}


def test_four_words_are_shown(archive: Archive) -> None:
    archive.put([article("a", body="one two three four five six"), article("b", body="law")])
    draft = Draft(body="six five four three two one")
    with archive.reading() as view:
        key = view.key_of("a")
        words = words_shared(view, telling_of(view, draft), draft, [key])
        assert words[key] == ("five", "four", "one", "six")


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
