"""BM25 over all segments, against the formula written out, and by hand."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest
from tests import plain_bm25
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.bm25 import Statistics, TermQuery
from newsclip.index.columns import GrowingColumns
from newsclip.index.digest import Digester
from newsclip.index.matches import matches_in
from newsclip.index.strings import Strings

WORDS = ["fish", "ship", "vote", "bank", "star", "goal", "law"]
"""No stemmer changes them, so a text's terms are its words."""


class Shelf:
    """Articles in segments, with the statistics of them all; the key of an article is its id."""

    def __init__(self, *segments: Sequence[Article]) -> None:
        self.terms = Strings()
        self.statistics = Statistics.empty()
        self.segments: list[GrowingColumns] = []
        digester = Digester(Analyzer().terms, self.terms, Strings())
        for entries in segments:
            columns = GrowingColumns(1)
            keyed = {int(entry.id): entry for entry in entries}
            block = digester.block(keyed, np.zeros((len(keyed), 1), np.float32))
            columns.append(block)
            self.statistics.add(block)
            self.segments.append(columns)

    def remove(self, *keys: int) -> None:
        for columns in self.segments:
            rows = columns.rows_of(np.array(keys, np.int64))
            self.statistics.remove(columns.take(rows))

    def query(self, weights: Mapping[str, float]) -> TermQuery:
        """Of the terms that some article has had."""
        numbers = self.terms.numbers(list(weights))
        known = numbers >= 0
        texts = [text for text, number in zip(weights, numbers, strict=True) if number >= 0]
        return TermQuery(numbers[known], np.array([*weights.values()], np.float64)[known], texts)

    def scores(self, weights: Mapping[str, float]) -> dict[int, float]:
        """Of every row, removed or not."""
        found: dict[int, float] = {}
        for columns in self.segments:
            rows = columns.terms(np.arange(len(columns)))
            scores = self.statistics.scores(self.statistics.places(self.query(weights), rows))
            assert scores.dtype == np.float32
            found |= dict(zip(columns["key"].tolist(), scores.tolist(), strict=True))
        return found

    def matches(self, words: Sequence[str]) -> dict[int, tuple[float, ...]]:
        """Of every row text, title, lead, covered and present."""
        found: dict[int, tuple[float, ...]] = {}
        for columns in self.segments:
            query = self.query(dict.fromkeys(words, 1.0))
            rows = columns.terms(np.arange(len(columns)))
            matches = matches_in(self.statistics, query, rows)
            table = np.stack([*vars(matches).values()], axis=1).tolist()
            found |= dict(zip(columns["key"].tolist(), map(tuple, table), strict=True))
        return found

    def ceiling(self, weights: Mapping[str, float]) -> float:
        return self.statistics.ceiling(self.query(weights))

    def rarities(self, *terms: str) -> list[float]:
        return [float(idf) for idf in self.statistics.rarities(self.terms.numbers(terms))]


def fields(entry: Article) -> dict[str, list[str]]:
    """Each tag, one small word, is indexed as written and spelled out."""
    tags = [word for tag in entry.tags for word in (tag, tag)]
    texts = {"title": entry.title, "summary": entry.summary, "body": entry.body}
    return {name: text.split() for name, text in texts.items()} | {"tags": tags}


def plain(*entries: Article) -> dict[int, dict[str, list[str]]]:
    return {int(entry.id): fields(entry) for entry in entries}


def random_entries(count: int, first: int = 0, seed: int = 5) -> list[Article]:
    random = np.random.default_rng(seed)

    def text(most: int) -> str:
        return " ".join(random.choice(WORDS, random.integers(0, most + 1)))

    return [
        article(n, title=text(6) or "title", summary=text(12), body=text(60), tags=text(3).split())
        for n in range(first, first + count)
    ]


QUERIES: list[dict[str, float]] = [
    {"fish": 1.0},
    {"fish": 1.0, "law": 1.0},
    {"fish": 0.3, "star": 2.5, "goal": 1.0},
    {"unheard": 1.0, "bank": 1.0},
    {"unheard": 1.0},
    {},
]


def test_a_score_worked_out_by_hand() -> None:
    shelf = Shelf([article(1, body="fish ship"), article(2, body="ship ship law law")])
    # fish: N 2, n 1, idf ln(1 + 1.5/1.5) = ln 2; tf 1, length 2 of 3 on average:
    # 2.2 / (1 + 1.2 (0.25 + 0.75 * 2/3)) = 2.2 / 1.9
    assert shelf.scores({"fish": 1.0}) == pytest.approx({1: math.log(2) * 2.2 / 1.9, 2: 0})
    # ship: n 2, idf ln(1 + 0.5/2.5) = ln 1.2; 2 has tf 2, length 4 of 3
    two, one = math.log(1.2) * 4.4 / (2 + 1.2 * 1.25), math.log(1.2) * 2.2 / 1.9
    assert shelf.scores({"ship": 1.0}) == pytest.approx({1: one, 2: two})
    assert shelf.scores({"ship": 3.0, "fish": 0.5})[1] == pytest.approx(
        3 * one + math.log(2) * 1.1 / 1.9
    )


@pytest.mark.parametrize("weights", QUERIES)
@pytest.mark.parametrize("cuts", [(), (40,), (1, 2, 59)])
def test_scores_follow_the_formula_in_whichever_segment(
    weights: dict[str, float], cuts: tuple[int, ...]
) -> None:
    entries = random_entries(60)
    bounds = [0, *cuts, 60]
    shelf = Shelf(*(entries[a:b] for a, b in pairwise(bounds)))
    assert shelf.scores(weights) == pytest.approx(
        plain_bm25.scores(plain(*entries), weights), rel=1e-5
    )
    assert shelf.ceiling(weights) == pytest.approx(plain_bm25.ceiling(plain(*entries), weights))
    assert max(shelf.scores(weights).values()) <= shelf.ceiling(weights)


def test_matches_worked_out_by_hand() -> None:
    shelf = Shelf([article(1, title="fish vote", body="fish fish"), article(2, body="ship ship")])
    # fish and vote stand in one of two: idf ln(1 + 1.5/1.5) = ln 2, so each is half of the query.
    # All text of 1 is 4 words long, of 3 on average: K = 1.2 (0.25 + 0.75 * 4/3) = 1.5; fish 3
    # times. Its title has 2 words of 1 on average: K = 1.2 * 1.75 = 2.1.
    text, title = (3 / 4.5 + 1 / 2.5) / 2, (1 / 3.1 + 1 / 3.1) / 2
    assert shelf.matches(["fish", "vote"])[1] == pytest.approx((text, title, 0.5, 1, 1))
    assert shelf.matches(["fish", "ship"])[1] == pytest.approx(
        (3 / 4.5 / 2, 1 / 3.1 / 2, 0.5, 0.5, 0.5)
    )
    assert shelf.matches(["fish"])[2] == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("words", [["fish"], ["fish", "law", "star"], WORDS])
@pytest.mark.parametrize("cuts", [(), (40,), (1, 2, 59)])
def test_matches_follow_their_definition_in_whichever_segment(
    words: list[str], cuts: tuple[int, ...]
) -> None:
    entries = [
        *random_entries(59),
        article(59, title="fish", body=" ".join([*["law"] * 60, "star"])),
    ]
    bounds = [0, *cuts, 60]
    shelf = Shelf(*(entries[a:b] for a, b in pairwise(bounds)))
    expected = plain_bm25.matches(plain(*entries), words)
    found = shelf.matches(words)
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(values), key
        assert all(0 <= value <= 1 + 1e-9 for value in found[key])


def test_nothing_matches_a_query_without_a_known_word() -> None:
    assert Shelf([article(1, body="fish")]).matches([]) == {1: (0, 0, 0, 0, 0)}


@pytest.mark.parametrize("weights", QUERIES)
def test_removals_leave_the_scores_of_a_fresh_index(weights: dict[str, float]) -> None:
    old, new = random_entries(40), random_entries(25, first=100, seed=6)
    shelf = Shelf(old, new)
    gone = [*range(0, 40, 2), 101, 124]
    shelf.remove(*gone[:7])
    shelf.remove(*gone[7:])
    kept = [entry for entry in [*old, *new] if int(entry.id) not in gone]
    fresh = Shelf(kept)
    scores = shelf.scores(weights)
    assert {key: scores[key] for key in fresh.scores(weights)} == fresh.scores(weights)
    assert shelf.ceiling(weights) == fresh.ceiling(weights)
    assert shelf.rarities(*WORDS) == fresh.rarities(*WORDS)
    assert fresh.scores(weights) == pytest.approx(
        plain_bm25.scores(plain(*kept), weights), rel=1e-5
    )


def test_a_query_that_is_asked_again_weighs_what_it_weighs_now() -> None:
    shelf = Shelf([article(n, body="fish" if n else "law") for n in range(10)])
    fish = shelf.query({"fish": 1.0})
    assert shelf.statistics.ceiling(fish) == pytest.approx(2.2 * math.log(1 + 1.5 / 9.5))
    shelf.remove(*range(2, 10))
    assert shelf.statistics.ceiling(fish) == pytest.approx(2.2 * math.log(1 + 1.5 / 1.5))
    assert shelf.statistics.ceiling(shelf.query({"law": 1.0, "fish": 1.0})) == pytest.approx(
        2 * shelf.statistics.ceiling(fish)
    )


def test_a_word_of_the_title_counts_double() -> None:
    shelf = Shelf(
        [
            article(1, title="fish", summary="law", body="star"),
            article(2, title="vote", summary="fish", body="bank"),
            article(3, title="wind", summary="rain", body="fish"),
            article(4, title="a b", summary="c d", body="e f", tags=["fish"]),
        ]
    )
    found = shelf.scores({"fish": 1.0})
    # each stands in one field of four; title, summary and body have 5 terms in all, tags 2
    idf = math.log(1 + 3.5 / 1.5)
    one = idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 / 1.25))
    tag = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 0.5))
    assert found == pytest.approx({1: 2 * one, 2: one, 3: one, 4: tag})


def test_the_ceiling_is_neared_by_repetition() -> None:
    entries = [article(0, body="fish " * 63), article(1, body="ship " * 40 + "fish")]
    shelf = Shelf(entries, [article(n, body="law " * 5_000) for n in range(2, 25)])
    ceiling = shelf.ceiling({"fish": 1.5})
    assert ceiling == pytest.approx(1.5 * 2.2 * math.log(1 + 23.5 / 2.5))
    assert 0.99 * ceiling < shelf.scores({"fish": 1.5})[0] <= ceiling
    assert shelf.ceiling({"unheard": 1.0}) == 0


def test_a_term_counts_63_times_at_the_most() -> None:
    bodies = {1: "fish " * 63 + "law", 2: "fish " * 64, 3: "fish " * 62 + "law law", 4: "star"}
    found = Shelf([article(n, body=b) for n, b in bodies.items()]).scores({"fish": 1.0})
    assert found[1] == found[2] > found[3]


def test_rarities_are_by_the_bodies_or_by_the_titles_where_more_have_it() -> None:
    entries = [
        article(1, title="fish", body="fish ship"),
        article(2, title="law", body="ship law"),
        article(3, title="star", tags=["goal"], summary="bank"),
        article(4, title="law"),
    ]
    shelf = Shelf(entries[:2], entries[2:])
    # of 4 articles: fish and star in 1, ship in 2 bodies, law in 2 titles and 1 body
    one, two = math.log(1 + 3.5 / 1.5), math.log(1 + 2.5 / 2.5)
    assert shelf.rarities("fish", "ship", "law", "star") == pytest.approx([one, two, two, one])
    assert shelf.rarities("goal", "bank") == [0, 0], "in no body and no title"
    anywhere = shelf.statistics.rarities(shelf.terms.numbers(["goal", "bank"]), anywhere=True)
    assert anywhere.tolist() == pytest.approx([one, one])
    shelf.remove(1)
    assert shelf.rarities("fish", "ship") == pytest.approx([0, math.log(1 + 2.5 / 1.5)])


def test_a_word_that_all_have_keeps_a_score_while_articles_go() -> None:
    shelf = Shelf([article(n, body="fish law") for n in range(10)])
    for key in range(9):
        shelf.remove(key)
        assert shelf.rarities("fish")[0] > 0
        assert 0 < shelf.scores({"fish": 1.0})[9] <= shelf.ceiling({"fish": 1.0})
    shelf.remove(9)
    assert shelf.rarities("fish") == [0]
    assert (shelf.statistics.articles, shelf.statistics.totals.tolist()) == (0, [0] * 4)


def test_no_rows_and_no_articles() -> None:
    empty = Statistics.empty()
    nothing = np.empty(0, np.int64)
    query = TermQuery(np.array([3, 0]), np.ones(2), ["fish", "ship"])
    assert empty.scores(empty.places(query, GrowingColumns(1).terms(nothing))).tolist() == []
    assert (empty.ceiling(query), empty.rarities(query.terms).tolist()) == (0, [0, 0])
    assert empty.found(query.terms).tolist() == [[0] * 4] * 2


def test_statistics_do_not_change_what_they_are_made_of() -> None:
    shelf = Shelf(random_entries(5))
    frequencies = shelf.statistics.frequencies.copy()
    other = Statistics(5, shelf.statistics.totals, frequencies)
    other.remove(shelf.segments[0].take(np.arange(5)))
    assert (frequencies == shelf.statistics.frequencies).all()
    assert not other.frequencies.any()
