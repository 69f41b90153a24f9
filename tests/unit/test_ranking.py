"""Rankers: curves that add up, what they say of their parts, and which one an archive has."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.doubles import article

from newsclip.errors import RankerInvalid
from newsclip.index.archive import Archive
from newsclip.recommender.features import FEATURES
from newsclip.recommender.ranking import FIXED, Curve, Ranker, general, ranker_of

RANKER = Ranker(
    {"words": Curve((0.0, 0.5, 1.0), (-1.0, 0.0, 2.0)), "votes": Curve((0.0, 2.0), (0.0, 1.0))},
    offset=-0.5,
    sections={"news": 0.25},
    learned_on="this test",
)


def table(**columns: list[float]) -> np.ndarray:
    rows = len(next(iter(columns.values())))
    made = np.zeros((rows, len(FEATURES)), np.float32)
    for name, values in columns.items():
        made[:, FEATURES.index(name)] = values
    return made


def test_curves_are_linear_between_knots_and_constant_beyond() -> None:
    parts = RANKER.parts(table(words=[-1, 0.25, 0.75, 9], votes=[0, 1, 2, 3]))
    assert parts[:, FEATURES.index("words")].tolist() == [-1, -0.5, 1, 2]
    assert parts[:, FEATURES.index("votes")].tolist() == [0, 0.5, 1, 1]


def test_a_score_is_the_logistic_of_the_sum() -> None:
    scores = RANKER.scores(table(words=[0.75], votes=[1.0]))
    assert scores == pytest.approx([1 / (1 + math.exp(-(1 + 0.5 - 0.5)))])


def test_the_fixed_blend_is_mostly_of_words() -> None:
    scores = FIXED.scores(table(words=[0.5, 1.0], meaning=[0.2, 1.0]))
    assert scores == pytest.approx([0.85 * 0.5 + 0.15 * 0.2, 1.0])


def test_nothing_alike_scores_nothing() -> None:
    assert RANKER.scores(table(linked=[9.0])).tolist() == [0]


def test_time_multiplies_the_odds_of_a_learned_score() -> None:
    halves = np.array([0.5, 0.5], np.float32)
    relevance = np.array([0.5, 0.8], np.float32)
    assert RANKER.timed(relevance, halves) == pytest.approx([1 / 3, 2 / 3])
    assert FIXED.timed(relevance, halves) == pytest.approx([0.25, 0.4])


def test_a_ranker_reads_what_it_has_written() -> None:
    again = Ranker.from_json(RANKER.to_json())
    rows = table(words=[0.1, 0.9], votes=[0.3, 1.7])
    assert again.scores(rows).tolist() == RANKER.scores(rows).tolist()
    assert (again.sections, again.learned_on) == (RANKER.sections, RANKER.learned_on)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "damaged"),
        ("{}", "damaged"),
        (RANKER.to_json().replace('"features_version": 1', '"features_version": 0'), "version 0"),
        (RANKER.to_json().replace('"votes"', '"clicks"'), "learned on features"),
        (RANKER.to_json().replace('"knots"', '"knods"'), "damaged"),
    ],
)
def test_what_is_no_ranker_is_refused(text: str, problem: str) -> None:
    with pytest.raises(RankerInvalid, match=problem) as caught:
        Ranker.from_json(text)
    assert "newsclip tune" in caught.value.remedy


def test_the_general_ranker_is_sane() -> None:
    ranker = general()
    assert not ranker.sections
    assert {"older", "section", "prior"}.isdisjoint(ranker.curves)
    for name in ("words", "named", "tags", "linked", "votes"):
        values = ranker.curves[name].values
        assert values[-1] > values[0] + 1, name
    assert ranker.curves["apart"].values[0] > ranker.curves["apart"].values[-1]


def test_an_archive_has_its_own_ranker_from_the_next_request_on(archive: Archive) -> None:
    archive.put([article("a")])
    with archive.reading() as view:
        assert ranker_of(view) is FIXED
        assert ranker_of(view, "general") is general()
    active = archive.store.embeddings.active()
    assert active
    archive.store.rankers.keep(active.identity, RANKER.to_json())
    with archive.reading() as view:
        assert ranker_of(view).learned_on == "this test"
        assert ranker_of(view, "fixed") is FIXED
    archive.store.rankers.keep(active.identity, replace(RANKER, learned_on="again").to_json())
    with archive.reading() as view:
        assert ranker_of(view).learned_on == "again"
    assert archive.store.rankers.forget() == 1
    with archive.reading() as view:
        assert ranker_of(view) is FIXED


def test_a_ranker_of_another_encoder_is_not_used(archive: Archive) -> None:
    archive.put([article("a")])
    archive.store.rankers.keep("another", RANKER.to_json())
    with archive.reading() as view:
        assert ranker_of(view) is FIXED


def test_a_stored_ranker_that_is_damaged_is_passed_over(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    archive.put([article("a")])
    active = archive.store.embeddings.active()
    assert active
    archive.store.rankers.keep(active.identity, '{"features_version": 1}')
    with archive.reading() as view:
        assert ranker_of(view) is FIXED
        assert ranker_of(view) is FIXED
    assert [record.message.count("damaged") for record in caplog.records] == [1]
