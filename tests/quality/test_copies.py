"""A floor under the copies that are found among real articles; skipped where they are missing."""

from pathlib import Path

import pytest
from tests.benchmark.copies import measure

NEWS = Path(__file__).parents[3] / "shared" / "data" / "allsides.jsonl.xz"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not NEWS.is_file(), reason="the collection is not there"),
]


def test_copies_among_news_are_found_and_hardly_any_other_pair() -> None:
    figures, _ = measure(str(NEWS), copies=400, limit=4_000)
    assert figures["recall"]["all"] >= 0.95
    assert min(figures["recall"]["by_kind"].values()) >= 0.9
    assert figures["precision"] >= 0.99
