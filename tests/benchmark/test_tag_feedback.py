"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

from importlib.resources import files

from tests.benchmark.tag_feedback import measure


def test_the_benchmark_runs_on_the_sample_newsroom() -> None:
    figures = measure(str(files("newsclip.newsroom") / "articles.jsonl"), 0.4, drafts=60)
    assert (figures["articles"], figures["drafts"]) == (58, 60)
    assert figures["with"] != figures["without"]
    assert all(0 <= figures[way]["f1_at_3"] <= 1 for way in ("with", "without"))
