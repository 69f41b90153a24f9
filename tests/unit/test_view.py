"""A view over two layers: a snapshot, and what has changed since. Each answer spans both."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import article, axis_archive, embedding_of

from newsclip.errors import ArticleNotFound
from newsclip.index import bm25, compaction
from newsclip.index.archive import Archive
from newsclip.index.columns import Columns, Rows, RowTerms
from newsclip.index.filters import NEVER, Filter
from newsclip.index.view import View

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)


@pytest.fixture
def view(tmp_path: Path) -> Iterator[View]:
    """Old ones in the snapshot, of which one has gone and one has changed; new ones after it."""
    with axis_archive(tmp_path) as archive:
        archive.put(
            [
                article("old", title="fish", tags=["Sea"], section="S", published_at="2026-01-02"),
                article("gone", title="fish fish", tags=["Gone"], section="S"),
                article("changed", title="fish", section="S"),
                article("ship", summary="ship", body="ship law star", tags=["fish"]),
            ]
        )
        compaction.compact(archive.store)
        archive.delete("gone")
        archive.put(
            [
                article("changed", title="star", section="T", published_at="2026-01-03"),
                article("new", title="fish", tags=["Sea", "New"], published_at="2026-01-01"),
            ]
        )
        with archive.reading(NOON) as view:
            yield view


def named(view: View, keys: object) -> list[str]:
    articles = view.articles(keys)  # type: ignore[arg-type]
    return [articles[int(key)].id for key in keys]  # type: ignore[attr-defined]


def test_each_article_lies_in_the_layer_of_its_present_version(view: View) -> None:
    assert len(view) == 4
    for article_id, title, tags in [
        ("old", "fish", ("Sea",)),
        ("changed", "star", ()),
        ("new", "fish", ("Sea", "New")),
    ]:
        key = view.key_of(article_id)
        assert view.article(article_id).title == title
        assert view.tags_of(key) == tags
        assert view.embedding(key).tolist() == embedding_of(title).tolist()
    with pytest.raises(ArticleNotFound):
        view.key_of("gone")
    with pytest.raises(KeyError):
        view.embedding(4_711)


def test_the_nearest_of_both(view: View) -> None:
    fish = embedding_of("fish").astype(np.float32)
    near = view.nearest(fish, 10, Filter())
    assert named(view, near.keys)[:2] == ["old", "new"]
    assert set(named(view, near.keys)) == {"old", "new", "ship", "changed"}
    assert near.scores[:2].tolist() == [1, 1]
    assert named(view, view.nearest(fish, 1, Filter()).keys) == ["old"], "the first of equal ones"
    where = Filter(exclude_ids=frozenset({"old"}))
    assert named(view, view.nearest(fish, 1, where).keys) == ["new"]
    keys = np.array([view.key_of("new"), view.key_of("changed"), view.key_of("old")])
    assert view.cosines(fish, keys).tolist() == [1, 0, 1]
    # of old, new, changed and ship, whose text is "ship ship law star"
    assert view.typical_cosine(fish) == pytest.approx(2 / 4)


def test_equal_articles_have_equal_cosines_in_whichever_layer(tmp_path: Path) -> None:
    """To the last digit, so that ties go by key however many are looked up at once."""
    with axis_archive(tmp_path) as archive:
        archive.put([article(n, title="fish ship ship vote law") for n in range(9)])
        compaction.compact(archive.store)
        archive.put([article(n, title="fish ship ship vote law") for n in range(9, 20)])
        with archive.reading(NOON) as view:
            keys = np.array([view.key_of(str(n)) for n in range(20)])
            query = embedding_of("ship vote vote star").astype(np.float32)
            found = [view.cosines(query, keys[a:b]) for a in range(20) for b in range(a + 1, 21)]
            found.append(view.nearest(query, 20, Filter()).scores)
    assert len(set(np.concatenate(found).tolist())) == 1


def test_cosines_are_the_same_whether_some_are_known_or_none(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as archive:
        archive.put([article(n, title="fish ship " * n + "vote law") for n in range(9)])
        compaction.compact(archive.store)
        archive.put([article(n, title="vote law " * n + "ship") for n in range(9, 20)])
        query = embedding_of("ship vote vote star").astype(np.float32)
        with archive.reading(NOON) as view:
            keys = np.array([view.key_of(str(n)) for n in (3, 19, 0, 11, 7, 15)])
            apart = [view.cosines(query, keys[n : n + 1])[0] for n in range(len(keys))]
            for known in (0, 5, 20):
                view.nearest(query, known, Filter())
                assert view.cosines(query, keys).tolist() == apart
            view.nearest(embedding_of("law").astype(np.float32), 20, Filter())
            assert view.cosines(query, keys).tolist() == apart


def test_words_of_both(view: View) -> None:
    query = view.query({"fish": 1.0, "unheard": 1.0, "star": 1.0})
    assert view.term_texts(query.terms) == ["fish", "star"]
    keys = view.matching(query, 10, Filter())
    assert set(named(view, keys)) == {"old", "new", "changed", "ship"}
    assert keys.tolist() == sorted(keys.tolist())
    scores = dict(zip(named(view, keys), view.keyword_scores(query, keys).tolist(), strict=True))
    assert scores["old"] == scores["new"], "each counts the articles of both layers"
    one, both = (view.rarities(view.query({t: 1.0}).terms)[0] for t in ("star", "fish"))
    assert one == pytest.approx(np.log(1 + 3.5 / 1.5)), "in one of four titles or bodies"
    assert both == pytest.approx(np.log(1 + 2.5 / 2.5)), "in two titles, and not in what is gone"
    assert view.rarities(view.query({"gone": 1.0}).terms).tolist() == [0]


def test_sections_tags_and_dates_of_both(view: View) -> None:
    assert view.section_counts() == {"S": 1, "T": 1}
    terms = view.terms("the new sea is gone")
    assert sorted(view.tags_named_in(terms)) == [("New", 1, 2), ("Sea", 2, 3)]
    assert named(view, view.newest(Filter(), 10)) == ["changed", "old", "new", "ship"]
    assert named(view, view.newest(Filter(), 2)) == ["changed", "old"]
    assert named(view, view.newest(Filter(tags=frozenset({"sea"})), 9)) == ["old", "new"]
    assert view.newest(Filter(sections=frozenset({"nowhere"})), 9) == []


def test_a_tag_that_another_way_of_writing_carries_is_named(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as archive:
        archive.put([article("a", tags=["US_Law"], status="draft"), article("b", tags=["us-law"])])
        with archive.reading(NOON) as view:
            assert {tag for tag, _, _ in view.tags_named_in(view.terms("US law"))} == {
                "US_Law",
                "us-law",
            }


# The terms of an article


def test_the_terms_of_an_article_are_those_of_its_text(view: View) -> None:
    for article_id, fields in [
        ("ship", {"summary": "ship", "body": "ship law star", "tags": "fish fish"}),
        ("new", {"title": "fish", "tags": "Sea Sea New New"}),
    ]:
        found, expected = view.terms_of(view.key_of(article_id)), view.terms_in(fields)
        assert found.terms.tolist() == expected.terms.tolist()
        assert found.counts.tolist() == expected.counts.tolist()


def test_how_often_each_term_stands_in_each_field(view: View) -> None:
    found = view.terms_in({"title": "Fish", "body": "fishing star unheard fish"})
    counts = dict(zip(view.term_texts(found.terms), found.counts.tolist(), strict=True))
    assert counts == {"fish": [1, 0, 2, 0], "star": [0, 0, 1, 0]}
    assert found.terms.tolist() == sorted(found.terms.tolist())
    assert view.terms_in({}).counts.shape == (0, 4)


def test_containing(view: View) -> None:
    terms = view.query(dict.fromkeys(["ship", "fish", "law", "sea"], 1.0)).terms[::-1]
    texts = view.term_texts(terms)
    keys = np.array([view.key_of(name) for name in ("new", "ship", "changed", "old")])
    table = view.containing(terms, keys)
    assert [{t for t, held in zip(texts, row, strict=True) if held} for row in table.tolist()] == [
        {"fish", "sea"},
        {"ship", "fish", "law"},
        set(),
        {"fish", "sea"},
    ]
    assert view.containing(terms[:0], keys).shape == (4, 0)
    assert view.containing(terms, keys[:0]).shape == (0, 4)
    gone = view.query({"gone": 1.0}).terms
    assert not view.containing(gone, keys).any()


def test_containing_tells_two_dozen_terms_apart(archive: Archive) -> None:
    words = [f"w{number}x" for number in range(24)]
    archive.put([article(n, body=" ".join(words[n::3])) for n in range(3)])
    with archive.reading(NOON) as view:
        terms = view.query(dict.fromkeys(words, 1.0)).terms
        table = view.containing(terms, np.array([view.key_of(str(n)) for n in range(3)]))
    for n, row in enumerate(table.tolist()):
        assert [word for word, held in zip(words, row, strict=True) if held] == words[n::3]


def test_many_terms_are_looked_for_a_part_at_a_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bm25, "_SOUGHT", 5)
    test_containing_tells_two_dozen_terms_apart(archive)


def test_the_terms_of_keys_are_read_once(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    terms = Columns.terms

    def counted(columns: Columns, rows: Rows) -> RowTerms:
        read.append(len(rows))
        return terms(columns, rows)

    monkeypatch.setattr(Columns, "terms", counted)
    keys = np.array([view.key_of("old"), view.key_of("ship")], np.int64)
    query = view.query({"fish": 1.0})
    for ask in (view.keyword_scores, view.matches):
        ask(query, keys)
    view.title_terms(keys)
    view.containing(query.terms, keys)
    assert sum(read) == 2


def test_how_many_articles_hold_all_of_some_terms(view: View) -> None:
    fish, ship, sea = view.term_numbers(["fish", "ship", "sea"])
    runs = [np.array(run, np.int64) for run in ([fish], [fish, sea], [fish, ship], [], [fish, -1])]
    both = np.array([view.key_of(name) for name in ("new", "ship", "changed", "old")])
    assert view.holding_all(runs, both) == [3, 2, 1, 0, 0]
    assert view.holding_all(runs, both[:2]) == [2, 1, 1, 0, 0], "others than before"
    assert view.holding_all(runs, both[:0]) == [0, 0, 0, 0, 0]


def test_a_term_that_no_article_ever_had_has_no_number(view: View) -> None:
    numbers = view.term_numbers(["fish", "unheard", "fish", "gone"])
    assert numbers[1] == -1
    assert view.term_texts(numbers[[0, 2, 3]]) == ["fish", "fish", "gone"]


def test_what_the_rail_asks_about_keys(view: View) -> None:
    keys = np.array([view.key_of(name) for name in ("new", "old", "ship", "changed")], np.int64)
    dates = [datetime(2026, 1, day, tzinfo=UTC).timestamp() for day in (1, 2, 3)]
    assert view.published_at(keys).tolist() == [dates[0], dates[1], NEVER, dates[2]]
    assert view.sections(keys) == [None, "S", None, "T"]
    assert view.embeddings(keys)[:2].tolist() == [embedding_of("fish").tolist()] * 2
    sea = Filter(tags=frozenset({"sea"}))
    assert view.passing(keys, sea).tolist() == [True, True, False, False]
    assert view.passing(keys[:0], sea).tolist() == []
    assert view.count(sea) == 2
    assert view.count(Filter()) == 4


def test_keys_can_be_left_out(view: View) -> None:
    old, new = view.key_of("old"), view.key_of("new")
    where = Filter(exclude_ids=frozenset({"ship", "nobody"}), exclude_keys=frozenset({old, new}))
    assert named(view, view.newest(where, 10)) == ["changed"]
    assert named(view, view.nearest(embedding_of("fish"), 10, where).keys) == ["changed"]


def test_tags_of_many_are_those_of_each(tmp_path):
    entries = [article("a", tags=["Sea", "New York"]), article("b"), article("c", tags=["Sea"])]
    with axis_archive(tmp_path) as archive:
        archive.put(entries[:2])
        compaction.rebuild(archive.store)
        archive.put(entries[2:])
        with archive.reading() as view:
            keys = np.array([view.key_of(name) for name in ("c", "b", "a")])
            assert view.tags(keys) == [view.tags_of(key) for key in keys.tolist()]
            assert view.tags(keys) == [("Sea",), (), ("Sea", "New York")]
            assert view.tags(keys[:0]) == []
