"""A large archive of news that reads like news: real passages, put together anew.

    python -m tests.benchmark.recombined allsides.jsonl.xz 1000000 | newsclip import - --data big

Each article takes the title, the section, the tags, the author and the day of a real one, and a
body of some 500 words: passages of that article first, then of others of its section. So articles
of one subject lie together, as in an archive, and no two bodies are the same. The seed decides
all; article ``n`` is the same however many are asked for.
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from newsclip.api.cli.source import open_source

_WORDS = 500  # of an article
_PASSAGE_WORDS = 100
_OWN_SHARE = 0.4  # of the passages: what an article has of its own
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Material:
    """The real articles and, for each section, which of them have which passages."""

    articles: Sequence[dict[str, Any]]
    passages: Sequence[Sequence[str]]
    of_section: dict[str, list[int]]


def material(file: str) -> Material:
    """Reads the articles to be taken apart; those without two passages are left out."""
    articles, passages = [], []
    of_section: dict[str, list[int]] = defaultdict(list)
    with open_source(file) as source:
        for line in source.stream:
            article = json.loads(line)
            parts = list(_passages(article.pop("body")))
            if len(parts) > 1:
                of_section[article["section"]].append(len(articles))
                articles.append(article)
                passages.append(parts)
    return Material(articles, passages, of_section)


def _passages(body: str) -> Iterator[str]:
    """Runs of whole sentences, of about 100 words each."""
    run: list[str] = []
    for sentence in _SENTENCE_END.split(body):
        run += sentence.split()
        if len(run) >= _PASSAGE_WORDS:
            yield " ".join(run[: 2 * _PASSAGE_WORDS])
            run = []


def recombined(parts: Material, count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """``count`` articles as :func:`newsclip.index.article.parse_article` takes them."""
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        place = chance.randrange(len(parts.articles))
        yield _recombined(parts, place, number, chance)


def _recombined(parts: Material, place: int, number: int, chance: random.Random) -> dict[str, Any]:
    head = parts.articles[place]
    neighbours = parts.of_section[head["section"]]
    body: list[str] = []
    words = 0
    while words < _WORDS:
        own = words < _WORDS * _OWN_SHARE
        passage = chance.choice(parts.passages[place if own else chance.choice(neighbours)])
        if passage not in body:
            body.append(passage)
        words += passage.count(" ") + 1
    return {
        "id": f"{head['section']}/{number}",
        "title": head["title"],
        "body": "\n\n".join(body),
        "section": head["section"],
        "tags": head["tags"],
        "authors": head["authors"],
        "published_at": head["published_at"],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="JSON Lines of real articles with a section each")
    parser.add_argument("count", type=int, help="how many articles to make")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for made in recombined(material(arguments.file), arguments.count, arguments.seed):
        sys.stdout.write(json.dumps(made, ensure_ascii=False) + "\n")
