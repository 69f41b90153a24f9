"""Copies of real articles, made as desks and wires make them, and to be found again."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsclip.index.article import Article

KINDS = ("all", "words", "moved", "cut", "headline")
"""What is changed: the headline always; the words alone; the words and the paragraphs' order; the
words, the lead and up to a third of the paragraphs; nothing else; and all of that but a third."""

_LEAST_WORDS, _MOST_WORDS = 0.1, 0.3  # the share of the words that are changed
_MOST_DAYS = 7
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SENTENCES = 3  # in a paragraph of a text that has none


@dataclass(frozen=True)
class Planted:
    """A copy, the id of its original, and what was done to it."""

    article: Article
    original: str
    kind: str
    changed: float


def planted(originals: Sequence[Article], count: int, seed: int = 1) -> Iterator[Planted]:
    """Copies of ``count`` of the articles, in equal parts of each kind."""
    chance = random.Random(seed)
    words = [w for each in chance.sample(originals, min(500, len(originals))) for w in _words(each)]
    for number, original in enumerate(chance.sample(originals, count)):
        kind = KINDS[number % len(KINDS)]
        changed = 0.0 if kind == "headline" else chance.uniform(_LEAST_WORDS, _MOST_WORDS)
        fields: Mapping[str, object] = {
            "id": f"copy/{number}",
            "title": " ".join(chance.choices(words, k=8)),
            "body": _body(original.body, kind, changed, words, chance),
            "published_at": _date(original, chance),
        }
        yield Planted(original.model_copy(update=fields), original.id, kind, changed)


def _words(article: Article) -> list[str]:
    return article.body.split()


def _date(original: Article, chance: random.Random) -> object:
    """The same, some days later, or none."""
    if original.published_at is None or chance.random() < 0.1:
        return None
    days = chance.choice([0, chance.uniform(0, _MOST_DAYS)])
    return (original.published_at + timedelta(days=days)).replace(microsecond=0)


def _body(body: str, kind: str, changed: float, words: Sequence[str], chance: random.Random) -> str:
    parts = _paragraphs(body)
    if kind in ("all", "cut"):
        parts = parts[max(1, len(parts) // 10) :] or parts
    if kind == "cut":
        kept = chance.sample(range(len(parts)), max(1, round(len(parts) * chance.uniform(0.67, 1))))
        parts = [parts[place] for place in sorted(kept)]
    if kind in ("all", "moved"):
        chance.shuffle(parts)
    return "\n\n".join(" ".join(_changed(part.split(), changed, words, chance)) for part in parts)


def _paragraphs(body: str) -> list[str]:
    parts = [part for part in body.split("\n") if part.strip()]
    if len(parts) >= _SENTENCES:
        return parts
    sentences = _SENTENCE_END.split(body)
    starts = range(0, len(sentences), _SENTENCES)
    return [" ".join(sentences[start : start + _SENTENCES]) for start in starts]


def _changed(
    text: Sequence[str], share: float, words: Sequence[str], chance: random.Random
) -> Iterator[str]:
    """Of the words that are changed half are replaced, a quarter left out, a quarter added."""
    for word in text:
        change = chance.random() / share if share else 1.0
        if change >= 1 or 0.5 <= change < 0.75:
            yield word
        if change < 0.75:
            yield chance.choice(words)
