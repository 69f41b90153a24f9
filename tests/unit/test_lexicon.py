"""The inverted index: whom it finds, whom BM25 over it ranks first, and its passages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests import plain_bm25
from tests.doubles import article

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.lexicon import FieldTerm, Lexicon

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANALYZER = Analyzer()


def lexicon_of(entries: Sequence[Article], folder: Path | None = None) -> Lexicon:
    """Its keys are the places in ``entries``."""
    lexicon = Lexicon(ANALYZER, folder)
    for key, entry in enumerate(entries):
        lexicon.add(key, entry)
    lexicon.commit()
    return lexicon


def in_every_field(weights: dict[str, float]) -> list[FieldTerm]:
    return [FieldTerm(field, t, w) for t, w in weights.items() for field in plain_bm25.WEIGHTS]


def found(lexicon: Lexicon, *terms: str, where: Filter = Filter(), limit: int = 100) -> list[int]:
    keys = lexicon.search(in_every_field(dict.fromkeys(terms, 1.0)), limit, where)
    return [int(key) for key in keys]


# Who ranks first


def fields(entry: Article) -> dict[str, list[str]]:
    """Lower-case words that no stemmer changes; each tag is indexed as written and in words."""
    tags = [word for tag in entry.tags for word in (tag, tag)]
    texts = {"title": entry.title, "summary": entry.summary, "body": entry.body}
    return {name: text.split() for name, text in texts.items()} | {"tags": tags}


def bm25(entries: Sequence[Article], terms: dict[str, float]) -> dict[int, float]:
    return plain_bm25.scores({n: fields(entry) for n, entry in enumerate(entries)}, terms)


def random_entries(count: int) -> list[Article]:
    """Texts of up to 35 words: tantivy keeps lengths up to 40 exactly, longer ones rounded."""
    random = np.random.default_rng(5)
    words = np.array(["fish", "ship", "vote", "bank", "star", "goal", "law"])

    def text(most: int) -> str:
        return " ".join(random.choice(words, random.integers(0, most + 1)))

    return [
        article(n, title=text(6) or "title", summary=text(12), body=text(35), tags=text(3).split())
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "terms",
    [
        {"fish": 1.0},
        {"fish": 1.0, "law": 1.0},
        {"fish": 0.3, "star": 2.5, "goal": 1.0},
        {"unheard": 1.0, "bank": 1.0},
    ],
)
def test_the_order_is_that_of_bm25_by_field(terms: dict[str, float]) -> None:
    entries = random_entries(60)
    lexicon = lexicon_of(entries)
    expected = bm25(entries, terms)
    keys = lexicon.search(in_every_field(terms), 100)
    assert keys.dtype == np.int64
    assert set(keys.tolist()) == {key for key, score in expected.items() if score > 0}
    scores = [expected[key] for key in keys.tolist()]
    assert scores == pytest.approx(sorted(scores, reverse=True), rel=1e-4)
    for limit in (1, 7, 30):
        cut = [expected[key] for key in lexicon.search(in_every_field(terms), limit).tolist()]
        assert cut == pytest.approx(scores[:limit], rel=1e-4)


def test_a_term_is_looked_for_in_its_field_with_its_weight() -> None:
    entries = [
        article(0, title="fish", summary="law", body="star"),
        article(1, title="vote", summary="fish", body="law"),
        article(2, title="wind", summary="rain", body="fish"),
    ]
    lexicon = lexicon_of(entries)
    assert found(lexicon, "fish")[0] == 0, "a word of the title counts double"
    assert lexicon.search([FieldTerm("body", "fish", 1.0)], 9).tolist() == [2]
    assert lexicon.search([FieldTerm("title", "law", 1.0)], 9).tolist() == []
    weighted = [FieldTerm("summary", "law", 1.0), FieldTerm("body", "law", 9.0)]
    assert lexicon.search(weighted, 9).tolist() == [1, 0]


def test_filters_do_not_change_the_order() -> None:
    entries = [
        article(n, body="fish" + " x" * (10 - n), section="AB"[n % 2], tags=["t"]) for n in range(9)
    ]
    lexicon = lexicon_of(entries)
    assert found(lexicon, "fish") == [*range(8, -1, -1)]
    where = Filter(sections=frozenset({"a"}), tags=frozenset({"T"}))
    assert found(lexicon, "fish", where=where) == [8, 6, 4, 2, 0]


def test_what_narrows_and_what_is_for_the_caller_to_judge() -> None:
    lexicon = lexicon_of(
        [
            article("a", body="fish", language="en-GB", authors=["Ada"], published_at=NOON),
            article("b", body="fish", status="draft", expires_at=NOON),
            article("c", body="fish", tags=["x"], published_at=NOON + SECOND),
        ]
    )
    assert sorted(found(lexicon, "fish", where=Filter(exclude_ids=frozenset("abc")))) == [0, 1, 2]
    for where, expected in [
        (Filter(languages=frozenset({"en"})), [0]),
        (Filter(authors=frozenset({"ADA"})), [0]),
        (Filter(tags=frozenset({"#x"})), [2]),
        (Filter(sections=frozenset({"nowhere"})), []),
        (Filter(published_from=NOON), [0, 2]),
        (Filter(published_to=NOON + SECOND), [0]),
        (Filter(published_from=NOON + SECOND, published_to=NOON), []),
    ]:
        assert sorted(found(lexicon, "fish", where=where)) == expected


def test_an_empty_lexicon_and_no_terms() -> None:
    empty = lexicon_of([])
    assert found(empty, "fish") == empty.keys().tolist() == []
    assert len(empty) == 0
    assert found(lexicon_of([article("a")])) == []


def test_every_text_field_is_searched() -> None:
    entries = [
        article("a", title="fish"),
        article("b", summary="fishes"),
        article("c", body="FISHING"),
        article("d", tags=["FishMarket"]),
        article("e", section="fish", authors=["fish"]),
    ]
    lexicon = lexicon_of(entries)
    assert sorted(found(lexicon, "fish")) == [0, 1, 2, 3, 4]
    assert found(lexicon, "fishmarket") == [3]


# Adding and removing


def test_what_is_added_is_found_after_the_commit() -> None:
    lexicon = lexicon_of([article("a", body="fish")])
    lexicon.add(1, article("b", body="fish"))
    assert (found(lexicon, "fish"), len(lexicon)) == ([0], 1)
    lexicon.commit()
    assert (sorted(found(lexicon, "fish")), len(lexicon)) == ([0, 1], 2)


def test_what_is_removed_is_gone_at_the_next_commit() -> None:
    entries = random_entries(40)
    lexicon = lexicon_of(entries)
    for key in range(0, 40, 2):
        lexicon.remove(key)
    lexicon.remove(4_711)
    before = found(lexicon, "fish")
    assert any(key % 2 == 0 for key in before)
    assert lexicon.keys().tolist() == [*range(40)]
    lexicon.commit()
    assert len(lexicon) == 20
    assert sorted(found(lexicon, "fish")) == sorted(key for key in before if key % 2)
    assert lexicon.keys().tolist() == [*range(1, 40, 2)]


def test_a_word_that_all_have_stays_findable_while_articles_go() -> None:
    lexicon = lexicon_of([article(n, body="fish law") for n in range(10)])
    for key in range(9):
        lexicon.remove(key)
        lexicon.commit()
        assert sorted(found(lexicon, "fish")) == list(range(key + 1, 10))


def test_a_lexicon_on_disk_is_what_it_was_when_it_is_opened_again(tmp_path: Path) -> None:
    entries = random_entries(30)
    written = lexicon_of(entries, tmp_path)
    written.remove(3)
    written.commit()
    written.close()
    opened = Lexicon(Analyzer(), tmp_path)
    assert len(opened) == 29
    assert found(opened, "fish", "law") == found(written, "fish", "law")
    assert opened.keys().tolist() == sorted({*range(30)} - {3})
