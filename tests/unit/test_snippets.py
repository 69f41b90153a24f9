"""The passage that answers a query: which one is chosen, and what is marked in it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.recommender.hit import Snippet
from newsclip.recommender.search import search
from newsclip.recommender.snippets import CHARACTERS, snippet

ANALYZER = Analyzer()
WORDS = ["fish", "Fishing", "harbour", "Harbours", "élève", "dying", "U.S.", "🙂", "law"]


class Texts:
    """A view of nothing but words."""

    def places(self, text: str, terms: Iterable[str], language: str | None) -> object:
        return ANALYZER.places(text, set(terms), language)


def shown(text: str, terms: Iterable[str] | dict[str, float]) -> Snippet:
    weights = terms if isinstance(terms, dict) else dict.fromkeys(terms, 1.0)
    return snippet(Texts(), text, weights)  # type: ignore[arg-type]


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("The harbour law of the harbour.", ["harbour"], ["harbour", "harbour"]),
        ("Ça va 🙂🙂 élève — Évian harbour.", ["harbour", "elev"], ["élève", "harbour"]),
        ("👩‍👩‍👧‍👦🏳️‍🌈 Harbours and laws", ["harbour", "law"], ["Harbours", "laws"]),
        ("東京 Straße harbour", ["harbour"], ["harbour"]),
        ("İİ harbour", ["harbour"], ["harbour"]),  # its small letters take more room
        ("The fish is dying.", ["die"], ["dying"]),  # begins in another way than its term
    ],
)
def test_marks_count_characters(text: str, terms: list[str], expected: list[str]) -> None:
    found = shown(text, terms)
    assert found.text in text
    assert marked(found) == expected


def test_the_passage_holds_most_of_the_terms() -> None:
    filler = "nothing to see here at all " * 30
    found = shown(f"fish {filler} ship and fish and law {filler} law", ["fish", "ship", "law"])
    assert marked(found) == ["ship", "fish", "law"]
    assert len(found.text) <= CHARACTERS


def test_a_rare_term_weighs_more_than_two_common_ones() -> None:
    filler = "nothing to see here at all " * 30
    text = f"fish and law {filler} a ship {filler} fish and law"
    assert marked(shown(text, {"fish": 1.0, "law": 1.0, "ship": 3.0})) == ["ship"]
    assert marked(shown(text, {"fish": 2.0, "law": 2.0, "ship": 3.0})) == ["fish", "law"]


def test_of_equal_passages_the_first_is_shown_whatever_the_order_of_its_words() -> None:
    # .1 + .2 + .3 is more than .3 + .2 + .1 for a processor, and a set is in an order by chance.
    filler = "nothing to see here at all " * 30
    for number in range(50):
        one, other = ([f"{sign}{number}{n}" for n in "abc"] for sign in "xy")
        weights = dict(zip(one, (0.1, 0.2, 0.3), strict=True))
        weights |= dict(zip(other, (0.1, 0.2, 0.3), strict=True))
        assert marked(shown(f"{' '.join(one)} {filler} {' '.join(other)}", weights)) == one


def test_the_passage_begins_with_a_sentence_where_one_is_near() -> None:
    before = "Some words before. " * 20
    assert shown(f"{before}“Here it is.” Then came the fish.", ["fish"]).text == (
        "Then came the fish."
    )
    assert shown(f"{before}\nA headline\nThen the fish.", ["fish"]).text == "Then the fish."


def test_no_sentence_begins_behind_a_title() -> None:
    text = "word " * 40 + "An end. It was Sen. Fish " + "word " * 40
    assert shown(text, ["fish"]).text.startswith("It was Sen. Fish word")


def test_else_it_begins_and_ends_with_a_word() -> None:
    found = shown("word " * 100 + "fish " + "after " * 100, ["fish"])
    assert found.text.startswith("word word")
    assert found.text.endswith("after")
    assert CHARACTERS - 6 <= len(found.text) <= CHARACTERS


def test_without_a_match_it_is_the_beginning() -> None:
    assert shown("nothing here", ["fish"]) == Snippet("nothing here")
    assert shown("nothing " * 50, []) == Snippet(("nothing " * 50)[:CHARACTERS])
    assert shown("", ["fish"]) == Snippet("")
    assert shown("x" * 300, ["x" * 300]) == Snippet("x" * CHARACTERS)


@given(st.lists(st.sampled_from([*WORDS, "filler", ". ", "\n"]), max_size=150))
def test_the_passage_is_a_part_of_the_text_and_all_its_matches_are_marked(words: list[str]) -> None:
    text = " ".join(words)
    terms = {"fish", "harbour", "die", "elev"}
    found = shown(text, terms)
    assert found.text in text
    assert len(found.text) <= CHARACTERS
    # The independent way: tantivy's own words of the passage.
    expected = [w for w in ANALYZER.words(found.text) if w.term in terms]
    assert list(found.marks) == [(w.start, w.end) for w in expected]


def test_a_search_weighs_terms_by_how_rare_they_are(tmp_path: Path) -> None:
    filler = "nothing to see here at all " * 30
    with Archive.open(tmp_path, create=True) as archive:
        archive.put([article(n, body="fish and law") for n in range(8)])
        archive.put([article("a", body=f"fish and law {filler} a ship")])
        archive.put([article(f"f{n}", body="star") for n in range(100)])
        with archive.reading(datetime(2026, 1, 1, tzinfo=UTC)) as view:
            hits = {hit.article.id: hit for hit in search(view, "fish ship").hits}
    best = hits["a"].snippet
    assert best is not None
    assert marked(best) == ["ship"]
