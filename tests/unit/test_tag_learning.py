"""What a tagger is learned from: texts by their time, names, and weights of words."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.doubles import article
from tests.tagged_stories import COUNT, stories

from newsclip.index.archive import Archive
from newsclip.recommender.tagging.lessons import lessons
from newsclip.recommender.tagging.likeness import Names, NameTexts
from newsclip.recommender.tagging.training import gather
from newsclip.recommender.tagging.words import ByWord, Words


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as archive:
        yield archive


def test_each_period_is_learned_about_from_the_others_alone(archive: Archive) -> None:
    twins = [
        article(f"twin{n}", body="xylophone zither", tags=["Music"], published_at=day)
        for n, day in enumerate(["1999-01-01", "1999-01-02", "2020-01-01"])
    ]
    archive.put([*stories(COUNT), *twins])
    with archive.reading() as view:
        material = gather(view)
        keys = [view.key_of(f"twin{n}") for n in range(3)]
    periods = [set(keys.tolist()) for keys in material.periods]
    assert len(periods) > 1
    assert {keys[0], keys[1]} <= periods[0]
    assert keys[2] in periods[-1]
    asked = material.asked.tolist()
    assert asked == [key for period in material.periods for key in period.tolist()]
    music = list(material.lessons.tags).index("Music")
    early, _, late = (material.votes[asked.index(key), music] for key in keys)
    assert early > 0, "by the one that came much later"
    assert late > early, "by the two that came much earlier, not one"


def test_texts_weigh_by_how_near_in_time_they_are(archive: Archive) -> None:
    archive.put(
        [
            article(n, title="fish", body="sea", tags=["Sea"], published_at=f"2026-01-0{n + 1}")
            for n in range(8)
        ]
    )
    with archive.reading() as view:
        known = lessons(view)
    whole = ~known.headline
    assert known.times[whole].tolist() == list(range(8))
    # Every two articles, a quarter of eight, halve the weight.
    assert_allclose(
        known.weights[whole] / known.weights[whole][-1],
        0.5 ** (np.arange(7, -1, -1) / 2),
        rtol=1e-6,
    )
    assert known.weights[whole].mean() == pytest.approx(1)
    assert_allclose(known.weights[~whole], 0.3 * known.weights[whole], rtol=1e-6)
    without = known.without(known.keys[(known.times == 3) | (known.times == 4)])
    own = without.weights[~without.headline]
    assert without.times[~without.headline].tolist() == [0, 1, 2, 5, 6, 7]
    assert_allclose(own / own.max(), 0.5 ** (np.array([2, 1, 0, 0, 1, 2]) / 2), rtol=1e-6)
    assert own.mean() == pytest.approx(1)
    assert len(known.without(known.keys[:0])) == len(known)


tables = st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), max_size=5)


@given(tables, st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_weights_by_word_multiply_as_the_whole_table_does(
    rows: list[list[int]], text: list[int]
) -> None:
    from scipy.sparse import csr_matrix

    table = np.array(rows, np.float32).reshape(-1, 4)
    columns = [(np.flatnonzero(row), row[np.flatnonzero(row)]) for row in table]
    by_word = ByWord.of(columns, 4)
    values = np.array(text, np.float32)
    places = np.flatnonzero(values)
    assert_allclose(by_word.products(places, values[places]), table @ values)
    assert_allclose(by_word.table(csr_matrix(values)), [table @ values])


def test_a_text_is_like_a_tag_by_the_words_and_the_meaning_of_its_name() -> None:
    words = Words(["fire", "harbour", "tax"], np.array([2, 1, 1], np.float32))
    embeddings = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    names = Names.of(NameTexts([["harbour", "fire"], ["tax"], ["unheard"]], embeddings), words)
    places, values = words.vector(["harbour", "quay"], np.array([1, 1]))
    worded, meant = names.likeness(places, values, np.array([0, 1], np.float32))
    assert_allclose(worded, [1 / 5**0.5, 0, 0], atol=1e-6)
    assert_allclose(meant, [0, 1, 0.8])
