"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

from importlib.resources import files

from tests.benchmark.rail import WAYS, measure


def test_the_benchmark_runs_on_the_sample_newsroom() -> None:
    figures = measure(str(files("newsclip.newsroom") / "articles.jsonl"), questions=5)
    assert figures["articles"] == 150
    assert figures["ways"].keys() == {"bare", *WAYS}
    assert figures["ways"]["plain"]["p99_over_plain"] == 1
    assert figures["ways"]["bare"]["p99_over_bare"] == 1
    assert all(way["p50_ms"] > 0 for way in figures["ways"].values())
