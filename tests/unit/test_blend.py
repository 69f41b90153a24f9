"""What a search scores: sums worked out by hand, and what a name and a floor promise."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender import blend
from newsclip.recommender.blend import asked, scores
from newsclip.recommender.search_page import Mode

# The encoder knows "fish" and "law" among others; what it does not know lies on an axis apart.


@pytest.fixture
def four(archive: Archive) -> Archive:
    texts = {"a": ("Fish", "fish"), "b": ("Law", "fish law"), "c": ("Law", "law"), "d": ("x", "y")}
    archive.put([article(name, title=title, body=body) for name, (title, body) in texts.items()])
    return archive


def told(view: View, text: str, mode: Mode = "hybrid") -> Mapping[str, float]:
    """The score of every article."""
    written = {word.term: text[word.start : word.end] for word in view.query_words(text)}
    embedding = None if mode == "keyword" else view.embed_query(text)
    question = asked(view, text, written, embedding, mode == "semantic")
    keys = np.sort(np.array(view.newest(Filter(), len(view)), np.int64))
    found = scores(view, question, keys)
    articles = view.articles(keys.tolist())
    return {articles[key].id: score for key, score in zip(keys.tolist(), found, strict=True)}


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def test_a_sum_by_the_words_worked_out_by_hand(four: Archive) -> None:
    # a has fish twice in 2 words, of 2.25 on average; its title is one word long, as all are.
    text = 2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 2.25))
    total = text + blend.TITLE / 2.2 + blend.LEAD + blend.COVERED
    with four.reading() as view:
        found = told(view, "fish", "keyword")
    assert found["a"] == pytest.approx(0.5 + logistic(6.3 * total - 2.9) / 2, abs=1e-6)
    assert found["c"] == found["d"] == 0


def test_meaning_adds_to_the_words(four: Archive) -> None:
    with four.reading() as view:
        both, meaning = told(view, "fish"), told(view, "fish", "semantic")
    assert both["a"] > both["b"] > 0 == both["d"]
    assert meaning["a"] > 0 == meaning["b"] == meaning["d"], "b is hardly nearer than any article"


def test_an_article_without_the_words_is_an_answer_only_if_its_meaning_is_near(
    archive: Archive,
) -> None:
    archive.put([article("near", body="fish"), article("far", body="ship"), article("z", body="q")])
    with archive.reading() as view:
        question = asked(view, "fish unheard q", {"q": "q"}, view.embed_query("fish"))
        keys = np.sort(np.array(view.keys_of(["near", "far", "z"]), np.int64))
        found = scores(view, question, keys)
        ids = {key: each.id for key, each in view.articles(keys.tolist()).items()}
    assert {ids[key] for key, score in zip(keys.tolist(), found, strict=True) if score} == {
        "near",
        "z",
    }


def test_what_the_archive_hardly_knows_a_word_of_is_looked_for_by_meaning_alone(
    archive: Archive,
) -> None:
    archive.put([article(n, body="common") for n in range(9)])
    written = {"common": "common"}
    text = " ".join(["common", *(f"w{n}" for n in range(9))])
    with archive.reading() as view:
        with_meaning = asked(view, text, written, view.embed_query("fish"))
        by_words = asked(view, text, written, None)
    assert (with_meaning.by_meaning, len(with_meaning.query)) == (False, 0)
    assert (by_words.by_meaning, len(by_words.query)) == (False, 1)
    assert 0 < by_words.known < 0.2


def test_the_weight_of_meaning_goes_by_the_kind(archive: Archive) -> None:
    archive.put([article("a", body="why a fish law")])
    with archive.reading() as view:
        weights = [
            asked(view, text, {"fish": "fish"}, view.embed_query("fish")).meaning
            for text in ("Fish Law", "fish law", "why a fish law")
        ]
    assert weights == sorted(weights)
    assert weights[0] < weights[-1]


NAMES = ["Ullivarri", "Zdenka Ullivarri", "zdenka ullivarri", "ullivarri"]


@pytest.mark.parametrize("query", NAMES)
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_who_has_the_rare_name_scores_over_a_half_and_nobody_else(
    archive: Archive, query: str, mode: Mode
) -> None:
    archive.put([article("named", body="On page three fish for Zdenka Ullivarri " + "law " * 300)])
    archive.put([article(f"kin{n}", title="Zdenka", body="Zdenka fish") for n in range(3)])
    archive.put([article(n, title="Zdenkas", body="star") for n in range(20)])
    with archive.reading() as view:
        found = told(view, query, mode)
    assert found.pop("named") > 0.5
    assert max(found.values()) <= 0.5


def test_a_word_that_many_have_is_no_rare_name(archive: Archive) -> None:
    archive.put([article(n, body="Ullivarri") for n in range(6)])
    archive.put([article("other", body="star")])
    with archive.reading() as view:
        assert not asked(view, "Ullivarri", {"ullivarri": "Ullivarri"}, None).name


@given(st.lists(st.floats(0, 2.55), min_size=2, max_size=2))
def test_a_better_sum_never_scores_less(totals: list[float]) -> None:
    for calibration in (blend.BOTH, blend.WORDS, blend.MEANS):
        low, high = calibration.scores(np.sort(np.array(totals)))
        assert 0 <= low <= high <= 1
