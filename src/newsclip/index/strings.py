"""Numbered strings: terms and names, found by text or by number without being held in memory."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import Array, spans
from newsclip.index.sketch import SHORTEST

UNKNOWN = -1
_REMEMBERED = 50_000  # stored strings whose number is known; some 5 MB


class Strings:
    """Strings by number, from 0 up. The stored ones are read in place, further ones can be added.

    A string is found by 64 bits of its BLAKE2b hash: among ten million strings, two share one
    with a chance of one in 300,000.
    """

    def __init__(self, stored: Mapping[str, Array] | None = None) -> None:
        """``stored`` are the arrays that :meth:`arrays` gave; they may be memory-mapped."""
        stored = stored or Strings.arrays_of([])
        self._hashes: NDArray[np.uint64] = stored["hashes"].view(np.uint64)
        self._numbers: NDArray[np.uint32] = stored["numbers"].view(np.uint32)
        self._ends: NDArray[np.int64] = stored["ends"].view(np.int64)
        self._text: NDArray[np.uint8] = stored["text"].view(np.uint8)
        # One question asks for the same strings time and again: a lookup takes a microsecond.
        self._known: dict[str, int] = {}
        self._added: dict[str, int] = {}
        self._added_texts: list[str] = []

    def __len__(self) -> int:
        return len(self._ends) + len(self._added)

    @property
    def stored(self) -> int:
        """How many of them were there from the beginning; they have the first numbers."""
        return len(self._ends)

    def number(self, text: str) -> int:
        """The number of a string, or UNKNOWN."""
        return int(self.numbers([text])[0])

    def numbers(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The number of each string, UNKNOWN where it has none; shape ``(len(texts),)``."""
        get = self._added.get
        numbers = np.array([get(text, UNKNOWN) for text in texts], np.int64)
        if len(self._hashes):
            stored = self._stored_numbers(texts)
            numbers = np.where(stored == UNKNOWN, numbers, stored)
        return numbers

    def _stored_numbers(self, texts: Sequence[str]) -> NDArray[np.int64]:
        if len(self._known) > _REMEMBERED:
            self._known = {}
        known = self._known
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(missing, self._look_up(missing).tolist(), strict=True))
        return np.array([known[text] for text in texts], np.int64)

    def _look_up(self, texts: Sequence[str]) -> NDArray[np.int64]:
        hashes = np.array([_hash(text) for text in texts], np.uint64)
        places = np.searchsorted(self._hashes, hashes)
        places[places == len(self._hashes)] = 0
        found = self._hashes[places] == hashes
        return np.where(found, self._numbers[places].astype(np.int64), UNKNOWN)

    def add(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The number of each string; those that had none get the next ones."""
        numbers = self.numbers(texts)
        for place in np.flatnonzero(numbers == UNKNOWN).tolist():
            text = texts[place]
            number = self._added.get(text)
            if number is None:
                number = self._added[text] = len(self)
                self._added_texts.append(text)
            numbers[place] = number
        return numbers

    def text(self, number: int) -> str:
        """The string with this number."""
        return self.texts([number])[0]

    def texts(self, numbers: Iterable[int] | NDArray[np.int64]) -> list[str]:
        """The strings with these numbers."""
        asked = numbers if isinstance(numbers, np.ndarray) else np.array([*numbers], np.int64)
        stored = len(self._ends)
        old = asked < stored
        starts, ends = spans(self._ends, asked[old])
        text = self._text.data
        runs = zip(starts.tolist(), ends.tolist(), strict=True)
        found = iter([str(text[start:end], "utf-8") for start, end in runs])
        if old.all():
            return [*found]
        pairs = zip(asked.tolist(), old.tolist(), strict=True)
        return [next(found) if is_old else self._added_texts[n - stored] for n, is_old in pairs]

    def byte_lengths(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many bytes of UTF-8 each string has."""
        lengths = np.empty(len(numbers), np.int64)
        old = numbers < len(self._ends)
        starts, ends = spans(self._ends, numbers[old])
        lengths[old] = ends - starts
        lengths[~old] = [len(text.encode()) for text in self.texts(numbers[~old].tolist())]
        return lengths

    def kinds(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each term is telling, and whether it is a figure (see index/sketch.py)."""
        first = self.first_bytes(numbers)
        figure = (first >= ord("0")) & (first <= ord("9"))
        return (self.byte_lengths(numbers) >= SHORTEST) | figure, figure

    def first_bytes(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The first byte of each string in UTF-8; none may be empty."""
        first = np.empty(len(numbers), np.uint8)
        old = numbers < len(self._ends)
        first[old] = self._text[spans(self._ends, numbers[old])[0]]
        first[~old] = [text[0].encode()[0] for text in self.texts(numbers[~old].tolist())]
        return first

    def arrays(self) -> dict[str, Array]:
        """All strings, the added ones too, as arrays to be stored."""
        return Strings.arrays_of(self.texts(range(len(self))))

    @staticmethod
    def arrays_of(texts: Sequence[str]) -> dict[str, Array]:
        """The arrays of these strings, numbered in their order."""
        encoded = [text.encode() for text in texts]
        hashes = np.array([_hash(text) for text in texts], np.uint64)
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        return {
            "hashes": hashes[order],
            "numbers": order,
            "ends": np.cumsum([len(text) for text in encoded], dtype=np.int64),
            "text": np.frombuffer(b"".join(encoded), np.uint8),
        }


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
