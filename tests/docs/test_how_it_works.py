import re
from pathlib import Path

import pytest

from newsclip.recommender import accepted, fusion, search
from newsclip.recommender.ranking import FIXED
from newsclip.recommender.tagging import witnesses

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "how-it-works.md"


@pytest.mark.parametrize(
    ("job", "weight"),
    [
        ("related articles", FIXED.curves["meaning"].values[-1]),
        ("neighbours for tags", witnesses.SEMANTIC_WEIGHT),
    ],
)
def test_the_weights_are_those_of_the_code(job: str, weight: float) -> None:
    [documented] = re.findall(rf"^\| {job} \| ([\d.]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert float(documented) == weight


def test_the_depths_are_those_of_the_code() -> None:
    numbers = re.findall(r"\d[\d,]*\d", PAGE.read_text("utf-8"))
    depths = {fusion.DEPTH, search.MAX_DEPTH, witnesses.NEIGHBOURS}
    depths.update(*accepted._DEPTHS)
    assert depths <= {int(number.replace(",", "")) for number in numbers}
