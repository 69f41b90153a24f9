"""A segment: the best of those that may be an answer, however few they are and whoever is gone."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray
from tests import plain_bm25
from tests.doubles import article, embedding_of

from newsclip.index import segment as module
from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.lexicon import FieldTerm
from newsclip.index.segment import Delta, Segment
from newsclip.index.strings import Strings

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
FISH = [FieldTerm("body", "fish", 1.0)]
WORDS = np.array(["fish", "ship", "vote", "bank", "star", "goal", "law"])
ROWS = 400


def delta_of(entries: Sequence[Article]) -> Delta:
    """Keys are 10, 20, 30 …; the embeddings those of an AxisEncoder, of the bodies."""
    delta = Delta(8, Analyzer(), Strings(), Strings())
    if entries:
        keyed = {10 * place: entry for place, entry in enumerate(entries, start=1)}
        embeddings = np.array([embedding_of(entry.body) for entry in entries], np.float32)
        assert delta.add(keyed, embeddings).tolist() == list(range(len(entries)))
        delta.commit()
    return delta


def allowed(segment: Segment, where: Filter = Filter(), *excluded: int) -> NDArray[np.bool_]:
    return segment.allowed(where, NOON, np.array(excluded, np.int64))


@pytest.fixture(scope="module")
def shelf() -> list[Article]:
    """One in two is in section S2, one in three in S3 …; texts of up to 40 words."""
    random = np.random.default_rng(5)
    return [
        article(
            n,
            body=" ".join(random.choice(WORDS, random.integers(1, 41))),
            tags=[f"S{part}" for part in (2, 3, 10, 50, 200) if n % part == 0],
        )
        for n in range(ROWS)
    ]


@pytest.fixture(scope="module")
def delta(shelf: list[Article]) -> Delta:
    return delta_of(shelf)


def scores(entries: Sequence[Article]) -> dict[int, float]:
    """What BM25 says of "fish", by key: of all rows, as the lexicon counts the removed, too."""
    nothing: list[str] = []
    fields = {
        10 * place: {"title": nothing, "summary": nothing, "tags": nothing, "body": e.body.split()}
        for place, e in enumerate(entries, start=1)
    }
    found = plain_bm25.scores(fields, {"fish": 1.0})
    return {key: score for key, score in found.items() if score}


@pytest.mark.parametrize("part", [1, 2, 3, 10, 50, 200])
@pytest.mark.parametrize("limit", [1, 7, 50, 1_000])
def test_matching_gives_the_best_of_those_that_pass(
    delta: Delta, shelf: list[Article], part: int, limit: int
) -> None:
    where = Filter(tags=frozenset({f"S{part}"})) if part > 1 else Filter()
    found = delta.matching(FISH, limit, allowed(delta, where), where).tolist()
    expected = {key: s for key, s in scores(shelf).items() if (key // 10 - 1) % part == 0}
    assert len(found) == len(set(found)) == min(limit, len(expected))
    best = sorted(expected.values(), reverse=True)[:limit]
    assert [expected[key] for key in found] == pytest.approx(best, rel=1e-4)


@pytest.mark.parametrize("kept", [0, 1, 3, 40, 399])
def test_matching_gives_the_best_of_those_that_are_left(shelf: list[Article], kept: int) -> None:
    """The lexicon still finds the others: those that it ranks first are the ones removed."""
    delta = delta_of(shelf)
    worst_first = sorted(scores(shelf).items(), key=lambda item: item[1])
    others = [key for key in range(10, 10 * ROWS + 10, 10) if key not in scores(shelf)]
    left = [key for key, _ in worst_first[:kept]]
    gone = np.setdiff1d(np.arange(10, 10 * ROWS + 10, 10), [*left, *others])
    delta.catalog.remove(delta.columns.rows_of(gone))
    expected = dict(worst_first[:kept])
    for limit in (1, 7, 1_000):
        found = delta.matching(FISH, limit, allowed(delta), Filter()).tolist()
        best = sorted(expected.values(), reverse=True)[:limit]
        assert [expected[key] for key in found] == pytest.approx(best, rel=1e-4)


def test_excluded_keys_are_in_no_answer(delta: Delta, shelf: list[Article]) -> None:
    ranked = sorted(scores(shelf), key=lambda key: -scores(shelf)[key])
    mask = allowed(delta, Filter(), *ranked[:5], 4_711)
    assert set(delta.matching(FISH, 5, mask, Filter()).tolist()).isdisjoint(ranked[:5])
    near, _ = delta.nearest(embedding_of("fish").astype(np.float32), ROWS, mask)
    assert set(near.tolist()) == {10 * n for n in range(1, ROWS + 1)} - set(ranked[:5])


def test_a_narrow_filter_is_asked_of_the_lexicon(
    delta: Delta, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    search = delta.lexicon.search

    def counting(terms: Sequence[FieldTerm], limit: int, where: Filter) -> NDArray[np.int64]:
        asked.append(limit)
        return search(terms, limit, where)

    monkeypatch.setattr(delta.lexicon, "search", counting)
    for tag, most in [("S200", 20), ("S2", 40)]:
        where = Filter(tags=frozenset({tag}))
        delta.matching(FISH, 10, allowed(delta, where), where)
        assert sum(asked) <= most, "one search, of hardly more than are wanted"
        asked.clear()


def test_nobody_is_allowed(delta: Delta) -> None:
    nobody = np.zeros(ROWS, np.bool_)
    assert delta.matching(FISH, 5, nobody, Filter()).tolist() == []
    assert delta.nearest(embedding_of("fish").astype(np.float32), 5, nobody)[0].tolist() == []
    assert delta.matching([], 5, allowed(delta), Filter()).tolist() == []


def test_an_empty_delta() -> None:
    delta = delta_of([])
    assert delta.matching(FISH, 5, allowed(delta), Filter()).tolist() == []
    keys, found = delta.nearest(embedding_of("fish").astype(np.float32), 5, allowed(delta))
    assert (keys.tolist(), found.tolist()) == ([], [])


def test_a_delta_grows_by_commits() -> None:
    delta = delta_of([article("a", body="fish")])
    rows = delta.add({11: article("b", body="ship")}, np.array([embedding_of("ship")], np.float32))
    assert rows.tolist() == [1]
    delta.commit()
    keys, cosines = delta.nearest(embedding_of("ship").astype(np.float32), 5, allowed(delta))
    assert (keys.tolist(), cosines.tolist()) == ([11, 10], [1, 0])
    assert delta.matching([FieldTerm("body", "ship", 1.0)], 5, allowed(delta), Filter()) == [11]
    assert delta.columns.located(np.array([10, 11, 12]))[1].tolist() == [True, True, False]


def test_keys_come_back_nearest_first() -> None:
    delta = delta_of([article(n, body=body) for n, body in enumerate(["fish ship", "law", "fish"])])
    keys, cosines = delta.nearest(embedding_of("fish").astype(np.float32), 2, allowed(delta))
    assert keys.tolist() == [30, 10]
    assert cosines == pytest.approx([1, float(np.float16(0.5**0.5))])
    assert (keys.dtype, cosines.dtype) == (np.dtype(np.int64), np.dtype(np.float32))


def test_more_is_asked_for_until_enough_are_allowed(
    shelf: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst that match, and all that do not, are allowed: a share that promises too much."""
    monkeypatch.setattr(module, "_NARROW", 0.0)
    delta = delta_of(shelf)
    worst = min(scores(shelf), key=lambda key: scores(shelf)[key])
    mask = np.array([10 * row + 10 not in scores(shelf) for row in range(ROWS)])
    mask[worst // 10 - 1] = True
    assert delta.matching(FISH, 1, mask, Filter()).tolist() == [worst]
