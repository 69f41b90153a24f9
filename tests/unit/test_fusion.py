"""The blend of both sides, each score worked out by hand."""

import math
import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import article, embedding_of

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.view import Scored, View
from newsclip.recommender import fusion
from newsclip.recommender.fusion import DEPTH, candidates

Floats = NDArray[np.float32]
FISH: Floats = embedding_of("fish").astype(np.float32)

# Four bodies of 1, 2, 1 and 1 words, 1.25 on average; two of them hold "fish": the idf is
# ln(1 + 2.5/2.5) in score and ceiling alike and cancels out, as 2.2 does. What is left of BM25 is
# tf / (tf + 1.2 (0.25 + 0.75 length / 1.25)).
KEYWORD = {"a": math.sqrt(1 / (1 + 1.2 * 0.85)), "b": math.sqrt(1 / (1 + 1.2 * 1.45))}
# The cosines to "fish" are 1, 0.7071 (in half precision), 0, 0: their mean is that of a random
# article.
DIAGONAL = float(np.float16(0.5**0.5))
TYPICAL = (1 + DIAGONAL) / 4
MEANING = {"a": 1.0, "b": (DIAGONAL - TYPICAL) / (1 - TYPICAL)}


@pytest.fixture
def four(archive: Archive) -> Archive:
    bodies = {"a": "fish", "b": "fish ship", "c": "law", "d": "star"}
    archive.put([article(name, body=body) for name, body in bodies.items()])
    return archive


def asked(view: View, embedding: Floats | None, weight: float, **options: Any) -> Scored:
    """The candidates for the terms, given with their weights, and an embedding."""
    where, depth = options.pop("where", Filter()), options.pop("depth", DEPTH)
    return candidates(view, view.query(options), embedding, where, weight, depth)


def told(view: View, scored: Scored) -> dict[str, float]:
    articles = view.articles(scored.keys.tolist())
    pairs = zip(scored.keys.tolist(), scored.scores.tolist(), strict=True)
    return {articles[key].id: score for key, score in pairs}


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_weighted_mean_of_both_sides(four: Archive, weight: float) -> None:
    with four.reading() as view:
        scored = asked(view, FISH, weight, fish=1.0)
        found = told(view, scored.above(0))
        blend = {name: (1 - weight) * KEYWORD[name] + weight * MEANING[name] for name in "ab"}
        assert found == pytest.approx(blend, abs=1e-6)
        assert list(found) == ["a", "b"]
        everyone = {"a", "b"} if weight == 0 else {"a", "b", "c", "d"}
        assert told(view, scored).keys() == everyone


def test_either_side_alone_can_bring_an_article(four: Archive) -> None:
    with four.reading() as view:
        found = told(view, asked(view, FISH, 0.5, star=1.0).above(0))
        star = math.sqrt(1 / (1 + 1.2 * 0.85))
        assert found == pytest.approx({"d": star / 2, "a": 0.5, "b": MEANING["b"] / 2}, abs=1e-6)


def test_scores_do_not_depend_on_who_else_may_answer(four: Archive) -> None:
    with four.reading() as view:
        whole = told(view, asked(view, FISH, 0.3, fish=1.0))
        where = Filter(exclude_ids=frozenset("a"))
        rest = told(view, asked(view, FISH, 0.3, fish=1.0, where=where))
        assert rest == pytest.approx({name: whole[name] for name in "bcd"})


def test_scores_do_not_depend_on_the_depth(archive: Archive) -> None:
    archive.put([article("near", body="fish law")])
    archive.put([article(n, body="law") for n in range(5)])
    with archive.reading() as view:
        whole = told(view, asked(view, FISH, 0.5, law=1.0, depth=100))
        short = told(view, asked(view, FISH, 0.5, law=1.0, depth=1))
        assert short == pytest.approx({name: whole[name] for name in short})


def test_a_query_is_looked_up_by_its_first_terms_and_scored_by_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = {"a": "fish star", "b": "law", "c": "fish law", "d": "star"}
    archive.put([article(name, body=body) for name, body in bodies.items()])
    with archive.reading() as view:
        whole = told(view, asked(view, None, 0.0, fish=1.0, law=1.0))
        monkeypatch.setattr(fusion, "LOOKED_UP", 1)
        found = told(view, asked(view, None, 0.0, fish=1.0, law=1.0))
    assert whole.keys() == {"a", "b", "c"}
    assert found == {name: whole[name] for name in "ac"}


def test_further_terms_are_looked_up_only_where_the_first_find_too_few(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = {"a": "fish star", "b": "law", "c": "fish law", "d": "star"}
    archive.put([article(name, body=body) for name, body in bodies.items()])
    monkeypatch.setattr(fusion, "_AT_FIRST", 1)
    with archive.reading() as view:
        query = view.query({"fish": 1.0, "law": 1.0})
        for embedding in (None, FISH):
            few, many = (fusion.found(view, query, embedding, Filter(), n)[0] for n in (2, 3))
            assert view.ids(few.tolist()) == ["a", "c"]
            assert view.ids(many.tolist()) == ["a", "b", "c"], (
                "of three with a word none is missing"
            )


def test_nobody_waits_for_a_thread_that_has_not_begun(four: Archive) -> None:
    begun, free = threading.Event(), threading.Event()
    with four.reading() as view:
        query = view.query({"star": 1.0})
        idle = fusion.found(view, query, FISH, Filter(), 2)
        busy = fusion._beside.submit(lambda: begun.set() or free.wait(10))
        begun.wait(10)
        found = fusion.found(view, query, FISH, Filter(), 2)
        assert not busy.done()
        free.set()
    assert view.ids(found.matched.tolist()) == view.ids(idle.matched.tolist()) == ["d"]
    assert found.near.keys.tolist() == idle.near.keys.tolist()


def test_a_view_does_not_end_while_the_other_thread_uses_it(
    four: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        begun.set()
        ended.wait(0.05)
        ended.set()

    def failing(*_: object) -> None:
        begun.wait(10)
        raise MemoryError

    with four.reading() as view:
        monkeypatch.setattr(fusion, "_matching", slow)
        monkeypatch.setattr(view, "nearest", failing)
        with pytest.raises(MemoryError):
            fusion.found(view, view.query({"star": 1.0}), FISH, Filter(), 2)
        assert ended.is_set()


def test_best_first_and_ties_by_key(archive: Archive) -> None:
    archive.put([article(n, body="fish") for n in (3, 1, 2)])
    archive.put([article("best", body="fish fish fish"), article("other", body="law")])
    with archive.reading() as view:
        scored = asked(view, FISH, 0.2, fish=1.0)
        assert list(told(view, scored)) == ["best", "3", "1", "2", "other"]
        assert scored.scores.tolist() == sorted(scored.scores.tolist(), reverse=True)
        assert scored.scores[1] == scored.scores[3]


def test_scores_lie_between_0_and_1(archive: Archive) -> None:
    archive.put([article(n, body="fish " * n + "law") for n in range(1, 60)])
    with archive.reading() as view:
        for weight in (0.0, 0.5, 1.0):
            scored = asked(view, FISH, weight, fish=3.0, law=0.1)
            assert 0 <= scored.scores.min() <= scored.scores.max() <= 1


@pytest.mark.parametrize("entries", [[], [article("a", status="draft", body="fish")]])
def test_nothing_to_choose_from(archive: Archive, entries: list[object]) -> None:
    archive.put(entries)  # type: ignore[arg-type]
    with archive.reading() as view:
        for weight in (0.0, 0.5, 1.0):
            assert told(view, asked(view, FISH, weight, fish=1.0)) == {}


def test_scored_parts() -> None:
    scored = Scored(np.array([5, 3, 9, 1]), np.array([0.9, 0.5, 0.5, 0.0], np.float32))
    assert scored.above(0).keys.tolist() == [5, 3, 9]
    assert scored.above(0.5).keys.tolist() == [5, 3, 9]
    assert scored.above(0.51).keys.tolist() == [5]
    assert scored.above(0.95).keys.tolist() == []
    assert scored.first(2).keys.tolist() == [5, 3]
    assert scored.first(2, offset=1).keys.tolist() == [3, 9]
    assert scored.first(2, offset=3).scores.tolist() == [0.0]
    assert scored.first(2, offset=4).keys.tolist() == []
    assert len(Scored.none().keys) == len(Scored.none().scores) == 0
    scores, missing = scored.scores_of(np.array([9, 4, 5, 10, 5, 0]))
    assert scores.tolist() == pytest.approx([0.5, 0, 0.9, 0, 0.9, 0])
    assert missing.tolist() == [False, True, False, True, False, True]
    assert Scored.none().scores_of(np.array([5]))[1].tolist() == [True]
