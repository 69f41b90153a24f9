"""BM25 written out, article by article: what the index must agree with."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key")
Fields = Mapping[str, Sequence[str]]
"""The terms of each field of an article, in their order."""

WEIGHTS = {"title": 2.0, "summary": 1.0, "body": 1.0, "tags": 1.0}
K1, B, MOST_COUNTED = 1.2, 0.75, 63


def idf(articles: int, holders: int) -> float:
    """Robertson and Zaragoza (2009), equation 3.3, with the one that keeps it positive."""
    return math.log(1 + (articles - holders + 0.5) / (holders + 0.5)) if holders else 0.0


def holders(shelf: Mapping[Key, Fields], field: str, term: str) -> int:
    """In how many articles the term stands in a field."""
    return sum(term in fields[field] for fields in shelf.values())


def scores(shelf: Mapping[Key, Fields], query: Mapping[str, float]) -> dict[Key, float]:
    """What every article scores: equation 3.15 field by field, weighted and summed."""
    found = dict.fromkeys(shelf, 0.0)
    for field, field_weight in WEIGHTS.items():
        mean = sum(len(fields[field]) for fields in shelf.values()) / max(1, len(shelf))
        for term, weight in query.items():
            worth = weight * field_weight * idf(len(shelf), holders(shelf, field, term))
            for key, fields in shelf.items():
                if tf := min(fields[field].count(term), MOST_COUNTED):
                    length = 1 - B + B * len(fields[field]) / mean
                    found[key] += worth * tf * (K1 + 1) / (tf + K1 * length)
    return found


def ceiling(shelf: Mapping[Key, Fields], query: Mapping[str, float]) -> float:
    """What a term gives that is repeated without end, in every field that any article has it in."""
    return sum(
        weight * field_weight * idf(len(shelf), holders(shelf, field, term)) * (K1 + 1)
        for term, weight in query.items()
        for field, field_weight in WEIGHTS.items()
    )


def rarity(
    shelf: Mapping[Key, Fields], term: str, fields: Sequence[str] = ("body", "title")
) -> float:
    """The idf in that of the fields where most have it."""
    return idf(len(shelf), max(holders(shelf, field, term) for field in fields))


def matches(shelf: Mapping[Key, Fields], words: Sequence[str]) -> dict[Key, tuple[float, ...]]:
    """For every article text, title, lead, covered and present, as Matches has them."""
    worth = {word: rarity(shelf, word, [*WEIGHTS]) for word in words}
    whole = sum(worth.values())
    everything = {key: [*fields.values()] for key, fields in shelf.items()}
    titles = {key: [fields["title"]] for key, fields in shelf.items()}
    found = {}
    for key, fields in shelf.items():
        lead, title = fields["body"][:60], set(fields["title"])
        titled = sum(rarity(shelf, word, [*WEIGHTS]) for word in title)
        shares = (
            sum(worth[w] * _saturated(fields_, key, w) for w in words)
            for fields_ in (everything, titles)
        )
        found[key] = (
            *(share / whole for share in shares),
            sum(worth[w] for w in words if w in lead) / whole,
            sum(worth[w] for w in words if w in title) / titled if titled else 0.0,
            sum(worth[w] for w in words if any(w in text for text in fields.values())) / whole,
        )
    return found


def _saturated(texts: Mapping[Key, Sequence[Sequence[str]]], key: Key, word: str) -> float:
    """Over some fields together; in each a word counts as often as it is counted."""
    lengths = {each: sum(map(len, fields)) for each, fields in texts.items()}
    mean = sum(lengths.values()) / len(texts)
    count = sum(min(field.count(word), MOST_COUNTED) for field in texts[key])
    return count / (count + K1 * (1 - B + B * lengths[key] / mean)) if count else 0.0
