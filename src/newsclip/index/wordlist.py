"""Sorted texts that are found by their beginning, or by one that is nearly it."""

import string
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from newsclip.index.columns import Array

_HEAD = 8  # bytes of each text, as a number: found faster than by a look at the text
_SHORTEST = 4  # letters of a word that may be mistyped
_BEGUN = range(5, 41)  # letters of a beginning that may be
_LONG = 8  # letters of one that may be mistyped in two places
_BYTES = 4  # of a letter, at most
_MOST_LOOKED_AT = 2_000  # texts that begin alike

WORD_LIST: Mapping[str, str] = {
    "heads": "<u8",
    "letters": "<u4",
    "ends": "<i8",
    "text": "u1",
    "numbers": "<i4",
}
"""The arrays of a list, and the type of each."""


class WordList:
    """Texts in the order of their UTF-8, each with a number; read in place, never changed."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        """``arrays`` are those that :meth:`arrays_of` gave; they may be memory-mapped."""
        self._heads: NDArray[np.uint64] = arrays["heads"].view(np.uint64)
        self._letters: NDArray[np.uint32] = arrays["letters"].view(np.uint32)
        self._ends: NDArray[np.int64] = arrays["ends"].view(np.int64)
        self._text: NDArray[np.uint8] = arrays["text"].view(np.uint8)
        self.numbers: NDArray[np.int32] = arrays["numbers"].view(np.int32)

    @staticmethod
    def arrays_of(numbered: Sequence[tuple[str, int]]) -> dict[str, Array]:
        """The arrays of some texts with their numbers; a text may come several times."""
        ordered = sorted((text.encode(), number) for text, number in numbered)
        texts = [text for text, _ in ordered]
        return {
            "heads": _heads(texts),
            "letters": np.array([_letters(text) for text in texts], np.uint32),
            "ends": np.cumsum([len(text) for text in texts], dtype=np.int64),
            "text": np.frombuffer(b"".join(texts), np.uint8),
            "numbers": np.array([number for _, number in ordered], np.int32),
        }

    @classmethod
    def empty(cls) -> Self:
        """Of no text at all."""
        return cls(cls.arrays_of([]))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> str:
        return self._bytes(place).decode()

    def _bytes(self, place: int) -> bytes:
        start = self._ends[place - 1] if place else 0
        return bytes(self._text[start : self._ends[place]])

    def starting(self, prefix: str) -> NDArray[np.int64]:
        """The places of the texts that begin so, ascending."""
        encoded = prefix.encode()
        starts, ends = self._spans([encoded[:_HEAD]])
        start, end = int(starts[0]), int(ends[0])
        if len(encoded) > _HEAD:
            start, end = self._within(start, end, encoded)
        return np.arange(start, end)

    def starting_nearly(self, prefix: str) -> NDArray[np.int64]:
        """The places of the texts whose beginning is one edit away, ascending.

        An edit is a letter too many, too few, another one, or two that changed places (Damerau).
        """
        near = edits(prefix)
        found = self._headed(near)
        if len(prefix.encode()) < _HEAD:  # what was looked up is all that there is to it
            return found
        lengths = range(len(prefix) - 1, len(prefix) + 2)
        alike = [not near.isdisjoint(self[p][:n] for n in lengths) for p in found.tolist()]
        return found[np.array(alike, np.bool_)]

    def _headed(self, texts: Collection[str]) -> NDArray[np.int64]:
        """The places of what begins as one of some texts, as far as a head tells, ascending."""
        starts, ends = self._spans([*{text.encode()[:_HEAD] for text in texts}])
        ends = np.minimum(ends, starts + _MOST_LOOKED_AT)
        some = np.flatnonzero(starts < ends).tolist()
        spans = [np.arange(starts[each], ends[each]) for each in some]
        return np.unique(np.concatenate([np.empty(0, np.int64), *spans]))

    def _spans(self, prefixes: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """From which place to which the texts begin with each prefix of at most a head's length."""
        lowest = _heads(prefixes)
        rest = [8 * (_HEAD - len(prefix)) for prefix in prefixes]
        highest = lowest + np.array([(1 << bits) - 1 for bits in rest], np.uint64)
        starts = np.searchsorted(self._heads, lowest)
        return starts, np.searchsorted(self._heads, highest, side="right")

    def _within(self, start: int, end: int, prefix: bytes) -> tuple[int, int]:
        """Of the places from one to another, those whose texts begin so."""
        return self._first(start, end, prefix), self._first(start, end, prefix + b"\xff")

    def _first(self, start: int, end: int, text: bytes) -> int:
        while start < end:
            middle = (start + end) // 2
            if self._bytes(middle) < text:
                start = middle + 1
            else:
                end = middle
        return start

    def most(self, places: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
        """Of some places those with the highest numbers, these first."""
        return most(places, self.numbers[places], limit)

    def nearest(self, word: str) -> list[tuple[str, int]]:
        """The texts that a word was mistyped for, with their numbers: the nearest alone.

        A word of four letters or more may differ in one place; one of eight or more in two, but
        then not in its first letter.
        """
        most_edits = edits_of(word)
        if not most_edits:
            return []
        one_away = _edits(word)
        found = {self[place]: place for place in self._headed(one_away).tolist()}
        found = {text: place for text, place in found.items() if text in one_away}
        if not found and most_edits > 1:
            found = {self[place]: place for place in self._alike(word, most_edits).tolist()}
        return nearest(word, {text: int(self.numbers[place]) for text, place in found.items()})

    def _alike(self, word: str, most_edits: int) -> NDArray[np.int64]:
        """The places of texts with the same first letter that may be so many edits away."""
        places = self.starting(word[:1])
        if not len(places):
            return places
        letters = self._letters[places[0] : places[-1] + 1]
        others = np.bitwise_count(letters ^ np.uint32(_letters(word.encode())))
        places = places[others <= 2 * most_edits]
        lengths = self._ends[places] - np.where(places > 0, self._ends[places - 1], 0)
        near = np.abs(lengths - len(word.encode())) <= _BYTES * most_edits
        kept: NDArray[np.int64] = places[near]
        return kept


def most(places: NDArray[np.int64], numbers: NDArray[np.int32], limit: int) -> NDArray[np.int64]:
    """The places that have the highest numbers, these first; equal ones as they come."""
    if len(places) > limit:
        kept = np.sort(np.argpartition(-numbers, limit - 1)[:limit])
        places, numbers = places[kept], numbers[kept]
    return places[np.argsort(-numbers, kind="stable")]


def nearest(word: str, numbered: Mapping[str, int]) -> list[tuple[str, int]]:
    """Of some texts with their numbers, those nearest to a word; none if all are too far."""
    most = edits_of(word)
    found = extract(word, numbered.keys(), scorer=OSA.distance, score_cutoff=most, limit=None)
    least = min((distance for _, distance, _ in found if distance), default=0)
    return [(text, numbered[text]) for text, distance, _ in found if distance == least > 0]


def edits_of(word: str) -> int:
    """In how many places a word may be mistyped."""
    if not word.isalpha() or len(word) < _SHORTEST:
        return 0
    return 1 if len(word) < _LONG else 2


@lru_cache(maxsize=16)  # of one question several things are asked
def edits(beginning: str) -> frozenset[str]:
    """All beginnings that are one edit away; none of a very short or long one."""
    return _edits(beginning) if len(beginning) in _BEGUN else frozenset()


def _edits(word: str) -> frozenset[str]:
    """All words that are one edit away (Norvig, 2007), by letters of its script."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    alphabet = {*string.ascii_lowercase, *word}
    for letter in [sign for sign in word if not sign.isascii()][:1]:
        block = ord(letter) & ~0x7F  # where Unicode has its script
        signs = map(chr, range(block, block + 0x80))
        alphabet |= {sign for sign in signs if sign.isalpha() and sign == sign.lower()}
    near = {before + after[1:] for before, after in splits if after}
    near |= {before + after[1] + after[0] + after[2:] for before, after in splits if after[1:]}
    for before, after in splits:
        near |= {before + letter + after[1:] for letter in alphabet}
        near |= {before + letter + after for letter in alphabet}
    return frozenset(near - {word})


def _heads(texts: Sequence[bytes]) -> NDArray[np.uint64]:
    """The first bytes of texts as numbers, which are in the order of the texts."""
    padded = b"".join(text[:_HEAD].ljust(_HEAD, b"\0") for text in texts)
    return np.frombuffer(padded, ">u8").astype(np.uint64)


def _letters(text: bytes) -> int:
    """Which letters a text has, as bits: an edit changes two of them at most."""
    bits = 0
    for byte in set(text):
        bits |= 1 << (byte & 31)
    return bits
