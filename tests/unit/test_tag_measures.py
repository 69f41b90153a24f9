"""Measures of suggested tags, on tables small enough to work out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import Qrel, ScoredDoc, calc_aggregate, nDCG

from newsclip.recommender.tagging.measures import (
    Judged,
    TagRow,
    f1_at,
    ndcg_at,
    precision_at_1,
    report,
)
from newsclip.recommender.tagging.stack import best_thresholds
from newsclip.recommender.tagging.training import calibration_error

SCORES = np.array([[0.9, 0.8, 0.1, 0.0], [0.2, 0.7, 0.6, 0.1]], np.float32)
FITS = np.array([[1, 0, 1, 0], [0, 0, 1, 0]], np.bool_)


def test_f1_counts_all_that_is_shown_and_all_that_fits():
    # The first shows tags 0, 1, 2 of which two fit, of two: 4 / (3 + 2). The second: 2 / (3 + 1).
    assert f1_at(SCORES, FITS, 3).tolist() == [0.8, 0.5]


def test_precision_at_one_is_whether_the_best_fits():
    assert precision_at_1(SCORES, FITS).tolist() == [1.0, 0.0]


tables = st.integers(2, 6).flatmap(
    lambda tags: st.lists(
        st.tuples(
            st.permutations(range(tags)),
            st.lists(st.booleans(), min_size=tags, max_size=tags).filter(any),
        ),
        min_size=1,
        max_size=4,
    )
)


@given(tables)
@settings(max_examples=50, deadline=None)
def test_ndcg_is_that_of_ir_measures(rows):
    scores = np.array([row[0] for row in rows], np.float32)
    fits = np.array([row[1] for row in rows], np.bool_)
    qrels = [Qrel(str(r), str(c), int(fits[r, c])) for r, c in np.ndindex(fits.shape)]
    run = [ScoredDoc(str(r), str(c), float(scores[r, c])) for r, c in np.ndindex(fits.shape)]
    expected = calc_aggregate([nDCG @ 5], qrels, run)[nDCG @ 5]
    assert ndcg_at(scores, fits, 5).mean() == pytest.approx(expected)


def judged(thresholds=(0.5, 0.5, 0.5, 0.5)):
    return Judged(
        ["a", "b", "c", "d"], np.array([20, 20, 3, 1]), SCORES, FITS, np.array(thresholds)
    )


def test_micro_and_macro_f1_are_taken_at_the_thresholds():
    found = report(judged(), 20, 0).estimates
    # Taken: a and b of the first, b and c of the second; right are a and the second c; 3 fit.
    assert found["micro-f1"].mean == pytest.approx(2 * 2 / (4 + 3))
    # a: 1. c: one of two found, none wrong: 2/3. b and d fit nobody and are no part of the mean.
    assert found["macro-f1"].mean == pytest.approx((1 + 2 / 3) / 2)
    assert found["tail macro-f1"].mean == pytest.approx(2 / 3)
    assert found["tail recall"].mean == pytest.approx(1 / 2)


def test_an_estimate_lies_in_its_interval():
    for estimate in report(judged(), 20, 0).estimates.values():
        assert estimate.low <= estimate.mean <= estimate.high


def test_each_tag_has_its_row():
    rows = report(judged(), 20, 0).rows
    assert rows[0] == TagRow("a", 20, 1, 1, 1, 0.5)
    assert (rows[1].precision, rows[1].recall, rows[1].f1) == (0, 0, 0)
    assert (rows[2].precision, rows[2].recall) == (1, 0.5)


def test_thresholds_are_each_tag_s_best_and_the_common_one_where_no_text_tells():
    chances = np.array([[0.8, 0.3, 0.1], [0.6, 0.2, 0.1], [0.4, 0.1, 0.1]], np.float32)
    fits = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0]], np.bool_)
    grid = (0.15, 0.35, 0.7)
    thresholds, common = best_thresholds(chances, fits, grid)
    # Tag 0 is told apart above .6 only, tag 1 between .1 and .2. All together at .15:
    # 5 taken, 3 right: 6/8; at .35: 3 taken, 1 right; at .7: 1 taken, 1 right: 2/4.
    assert common == pytest.approx(0.15)
    assert thresholds.tolist() == pytest.approx([0.7, 0.15, 0.15])


def test_calibration_error_is_the_gap_between_scores_and_what_fits():
    scores = np.array([0.25, 0.25, 0.25, 0.25, 0.001], np.float32)
    fits = np.array([1, 0, 0, 0, 1], np.bool_)
    assert calibration_error(scores, fits) == pytest.approx(0)
    assert calibration_error(scores, ~fits) == pytest.approx(0.5)
