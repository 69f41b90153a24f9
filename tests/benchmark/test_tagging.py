"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

import json

from tests.benchmark.tagging import measure
from tests.tagged_stories import COUNT, stories


def test_the_benchmark_measures_the_ensemble_and_both_baselines(tmp_path) -> None:
    file = tmp_path / "articles.jsonl"
    lines = [json.dumps(story.model_dump(mode="json")) for story in stories(COUNT + 60)]
    file.write_text("\n".join(lines), "utf-8")
    figures = measure(str(file), newest=0.2)
    assert figures.keys() == {"ensemble", "svm", "knn"}
    assert {kind["articles"] for kind in figures.values()} == {56}
    assert {kind["tags"] for kind in figures.values()} == {3}
    assert all(kind["estimates"]["precision@1"]["mean"] > 0.5 for kind in figures.values())
