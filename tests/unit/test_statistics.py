"""An archive in numbers, counted by hand."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import article, embedding_of

from newsclip.index.article_rows import Stored
from newsclip.index.compaction import compact
from newsclip.index.embeddings import Embedded
from newsclip.index.filters import fold
from newsclip.index.statistics import TagCount, statistics, tag_counts
from newsclip.index.store import Store

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

ENTRIES = [
    article("a", section="News", tags=["#Law", "Sea"], authors=["Ada", "Lin"], published_at=NOON),
    article("b", section="News", tags=["Sea"], authors=["Ada"], published_at=NOON - SECOND),
    article("c", section="Life", tags=["Art", "sea"], expires_at=NOON),
    article("d", tags=["Law", "Secret"], authors=["Eve"], published_at="2040-01-01"),
    article("e", section="Life", tags=["Sea"], status="draft", published_at="2020-02-02"),
    article("f", section="Life", tags=["Sea"], status="withdrawn"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path, create=True)
    vector = embedding_of("fish").astype(np.float32)
    axes = store.embeddings.register("axes", "axes@1", 8)
    store.write([Stored(entry, Embedded(vector), b"") for entry in ENTRIES], axes.number)
    yield store
    store.close()


def test_the_numbers(store: Store) -> None:
    numbers = statistics(store, "axes@1", 8, NOON)
    assert (numbers.articles, numbers.visible) == (6, 2)
    assert numbers.by_status == {"published": 4, "draft": 1, "withdrawn": 1}
    assert numbers.by_section == {"Life": 3, "News": 2}
    assert (numbers.tags, numbers.authors) == (5, 3)  # Law Sea Art sea Secret; Ada Lin Eve
    assert numbers.oldest == datetime(2020, 2, 2, tzinfo=UTC)
    assert numbers.newest == datetime(2040, 1, 1, tzinfo=UTC)
    assert (numbers.revision, numbers.encoder, numbers.dimension) == (1, "axes@1", 8)
    assert numbers.store_bytes == store.size_bytes() > 0
    assert (numbers.snapshot_revision, numbers.changes_since_snapshot) == (None, 6)


def test_what_the_snapshot_lacks(store: Store) -> None:
    store.embeddings.activate(1)
    compact(store)
    store.write([Stored(ENTRIES[0], Embedded(embedding_of("fish").astype(np.float32)), b"")], 1)
    store.delete("b")
    numbers = statistics(store, "axes@1", 8, NOON)
    assert numbers.snapshot_revision == 1
    assert numbers.changes_since_snapshot == 3, "an old version, a new one, and one that is gone"


def test_the_most_frequent_come_first(store: Store) -> None:
    numbers = statistics(store, "axes@1", 8, NOON)
    assert list(numbers.by_status) == ["published", "draft", "withdrawn"]
    assert list(numbers.by_section) == ["Life", "News"]


@pytest.mark.parametrize(
    ("now", "visible"),
    [
        (NOON - 2 * SECOND, ["c"]),
        (NOON - SECOND, ["b", "c"]),
        (NOON - timedelta(microseconds=1), ["b", "c"]),
        (NOON, ["a", "b"]),
        (NOON + timedelta(microseconds=1), ["a", "b"]),
        (NOON + SECOND, ["a", "b"]),
        (datetime(2040, 1, 1, tzinfo=UTC), ["a", "b", "d"]),
    ],
)
def test_visible_to_the_second(store: Store, now: datetime, visible: list[str]) -> None:
    assert [entry.id for entry in ENTRIES if entry.is_visible(now)] == visible
    assert statistics(store, "axes@1", 8, now).visible == len(visible)
    counts = Counter(fold(t) for entry in ENTRIES if entry.id in visible for t in entry.tags)
    assert {fold(count.tag): count.articles for count in tag_counts(store, now)} == counts


def test_the_vocabulary_is_sorted_by_count_then_name(store: Store) -> None:
    sea, law = tag_counts(store, NOON)
    assert sea == TagCount("Sea", 2, (("Sea", 2),))
    assert law == TagCount("Law", 1, (("Law", 1),))
    store.write(
        [Stored(article("g", tags=["Zoo", "Ape", "Law"]), Embedded(np.ones(8, np.float32)), b"")], 1
    )
    assert [count.tag for count in tag_counts(store, NOON)] == ["Law", "Sea", "Ape", "Zoo"]


def test_letter_case_makes_no_difference_to_a_count(store: Store) -> None:
    """Three articles: one writes the tag twice, one in capitals alone; a fourth is a draft."""
    more = {"g": ["sea", "SEA"], "h": ["SEA"], "i": ["Law"]}
    entries = [article(name, tags=tags) for name, tags in more.items()]
    entries.append(article("j", tags=["SEA", "law"], status="draft"))
    store.write([Stored(entry, Embedded(np.ones(8, np.float32)), b"") for entry in entries], 1)
    # Before NOON there are "b" with Sea, and "c" with Art and sea.
    assert tag_counts(store, NOON - SECOND) == [
        TagCount("SEA", 4, (("SEA", 2), ("sea", 2), ("Sea", 1))),
        TagCount("Art", 1, (("Art", 1),)),
        TagCount("Law", 1, (("Law", 1),)),
    ]


def test_an_empty_archive(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "empty", create=True)
    numbers = statistics(store, "axes@1", 8, NOON)
    assert (numbers.articles, numbers.visible, numbers.tags, numbers.authors) == (0, 0, 0, 0)
    assert (numbers.oldest, numbers.newest, numbers.revision) == (None, None, 0)
    assert (numbers.by_status, numbers.by_section) == ({}, {})
    assert tag_counts(store, NOON) == []
    store.close()
