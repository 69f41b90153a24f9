"""Articles whose tags follow from their words."""

import random

from newsclip.index.article import Article

COUNT = 220
"""Enough to learn from; a tenth more makes learning due."""

WORDS = {
    "Harbour": "quay crane ferry pilot tide dock berth",
    "Budget": "tax deficit spending treasury levy fiscal bond",
    "Football": "goal striker keeper penalty coach referee league",
}
FILLER = ["city", "people", "week", "officials", "report", "public", "plan", "number"]


def story(number: int, tags: tuple[str, ...], chance: random.Random, **fields: str) -> Article:
    words = [word for tag in tags for word in chance.sample(WORDS[tag].split(), 4)]
    words += chance.sample(FILLER, 5)
    chance.shuffle(words)
    body = f"{' '.join(words)}."
    when = f"{2000 + number // 28}-01-{1 + number % 28:02}"
    return Article.model_validate(
        {"id": f"n{number}", "title": f"Story {words[0]}", "body": body, "tags": tags}
        | {"published_at": when}
        | fields
    )


def stories(count: int) -> list[Article]:
    chance = random.Random(7)
    names = list(WORDS)
    return [story(n, tuple(chance.sample(names, 1 + n % 2)), chance) for n in range(count)]
