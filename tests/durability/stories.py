"""Articles without end, and what is done to them: all of it follows from a seed."""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from newsclip.index.article import Article, content_hash
from newsclip.index.incoming import parse_article

_SENTENCES = 6  # of an article
_STATUSES = ["published"] * 8 + ["draft", "withdrawn"]

Contents = Mapping[str, bytes]
"""The articles of an archive: their ids and content hashes."""


@dataclass(frozen=True)
class Step:
    """One transaction: articles that are put, or one that is deleted."""

    put: Sequence[Article] = ()
    delete: str | None = None

    def applied_to(self, before: Contents) -> Contents:
        """What an archive holds after it."""
        after = {**before, **contents_of(self.put)}
        if self.delete is not None:
            del after[self.delete]
        return after


def contents_of(articles: Iterable[Article]) -> dict[str, bytes]:
    """What an archive of these articles holds."""
    return {article.id: content_hash(article) for article in articles}


def states(before: Contents, steps: Sequence[Step]) -> list[Contents]:
    """What the archive holds before the first of the steps, and after each of them."""
    found = [before]
    for step in steps:
        found.append(step.applied_to(found[-1]))
    return found


def story(number: int, version: int = 0) -> Article:
    """An article whose texts, tags and section are taken from several of the sample newsroom."""
    chance = random.Random(f"{number}/{version}")
    head, *others = chance.sample(_newsroom(), 3)
    sentences = [sentence for raw in (head, *others) for sentence in raw["sentences"]]
    return parse_article(
        {
            "id": f"story/{number}",
            "url": f"https://courier.example/{number}",
            "title": f"{head['title']} ({number}, {version})",
            "summary": chance.choice(["", others[0]["title"]]),
            "body": " ".join(chance.sample(sentences, _SENTENCES)),
            "section": head.get("section"),
            "tags": head.get("tags", [])[:3],
            "authors": [chance.choice(["Ada Byron", "Emil Starck", "Yuki Ode"])],
            "language": chance.choice(["en", "en-GB"]),
            "published_at": f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "status": chance.choice(_STATUSES),
        }
    )


@cache
def _newsroom() -> list[dict[str, Any]]:
    lines = (files("newsclip.newsroom") / "articles.jsonl").read_text("utf-8").splitlines()
    raws = [json.loads(line) for line in lines]
    for raw in raws:
        raw["sentences"] = re.split(r"(?<=[.!?])\s+", raw.pop("body"))
    return [raw for raw in raws if len(raw["sentences"]) >= _SENTENCES]


def edits(before: Contents, count: int, seed: int, version: int) -> Iterator[Step]:
    """A newsroom's day: articles come, are changed, now and then several at once, or go."""
    chance = random.Random(f"edits {seed}")
    present = sorted(before)
    for number in range(count):
        kind = chance.random()
        if kind < 0.25 and len(present) > 10:
            yield Step(delete=present.pop(chance.randrange(len(present))))
        elif kind < 0.5:
            made = story(1_000_000 * version + number)
            present.append(made.id)
            yield Step(put=[made])
        else:
            chosen = chance.sample(present, min(chance.choice([1, 1, 3, 8]), len(present)))
            yield Step(put=[story(int(i.split("/")[1]), version) for i in chosen])
