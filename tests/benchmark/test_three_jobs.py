"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

from importlib.resources import files

from tests.benchmark.three_jobs import measure


def test_the_benchmark_runs_on_the_sample_newsroom() -> None:
    figures = measure(str(files("newsclip.newsroom") / "articles.jsonl"), questions=5)
    assert figures["articles"] == 150
    assert figures["jobs"].keys() == {"raw", "similar", "search", "suggest_tags"}
    assert figures["jobs"]["raw"]["over_raw"] == 1
    assert all(job["p50_ms"] > 0 for job in figures["jobs"].values())
