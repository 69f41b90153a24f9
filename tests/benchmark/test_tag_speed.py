"""The benchmark runs; what it measures is for people to read, not for a test to judge."""

import json
from pathlib import Path

from tests.benchmark.tag_speed import measure
from tests.tagged_stories import COUNT, stories

_NAMES = ("Ada Berg", "Port Sunlight", "Lake Como")


def test_answers_and_learning_are_timed_for_each_number_of_tags(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    lines = []
    for number, story in enumerate(stories(2 * COUNT)):
        text = f"{story.body} They met {_NAMES[number % 3]} there, and {_NAMES[number % 3]} spoke."
        lines.append(json.dumps(story.model_dump(mode="json") | {"body": text}))
    file.write_text("\n".join(lines), "utf-8")
    figures = measure(str(file), [2, 3], drafts=20, directory=tmp_path / "archives")
    assert {count: kind["tags"] for count, kind in figures.items()} == {"2": 2, "3": 3}
    for kind in figures.values():
        assert kind["learning_seconds"]["cpu"] > 0
        assert kind["milliseconds"]["scored"]["cpu"]["p50"] > 0
        assert kind["milliseconds"]["answer"]["cpu"]["p99"] > 0
