"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

import json
from importlib.resources import files

import pytest
from tests.benchmark.related import topics


def test_topics_are_told_by_the_first_tag() -> None:
    lines = (files("newsclip.newsroom") / "articles.jsonl").read_text("utf-8").splitlines()
    tagged = [row for row in map(json.loads, lines) if row.get("tags")]
    found = topics(tagged, count=12)
    assert (found["articles"], found["sources"]) == (len(tagged), 12)
    assert 0 < found["fixed"]["mean"] < 1
    gain = found["general"]["mean"] - found["fixed"]["mean"]
    assert found["gain"]["mean"] == pytest.approx(gain)
