"""Our measures are those of ir-measures, for any run and any judgments."""

from collections.abc import Mapping

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from newsclip.recommender.metrics import MEASURES, measured

KEYS = st.integers(1, 40)
RUNS = st.lists(KEYS, max_size=30, unique=True)
GRADES = st.dictionaries(KEYS, st.integers(0, 3), min_size=1).filter(lambda g: any(g.values()))


def by_ir_measures(run: list[int], grades: Mapping[int, int]) -> list[float]:
    # Scores fall with the place: what is equal has been put in order by then.
    scored = {"q": {str(key): float(-place) for place, key in enumerate(run)}}
    judged = {"q": {str(key): grade for key, grade in grades.items()}}
    found = ir_measures.calc_aggregate([nDCG @ 5, nDCG @ 10, R @ 20, RR], judged, scored)
    return [found[measure] for measure in (nDCG @ 5, nDCG @ 10, R @ 20, RR)]


@given(RUNS, GRADES)
def test_the_measures_are_those_of_ir_measures(run: list[int], grades: dict[int, int]) -> None:
    assert len(MEASURES) == 4
    # trec_eval has nothing to say of an empty run: all is 0 then
    expected = by_ir_measures(run, grades) if run else [0.0] * 4
    assert measured(run, grades) == pytest.approx(expected, abs=1e-9)
