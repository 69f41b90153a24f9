"""A text's word pieces, by a memo from word to pieces: the same as the tokenizer's, but faster."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from newsclip.index.columns import Growing, runs, spans

_SURROGATE = re.compile("[\ud800-\udfff]")
# BERT's pre-tokenizer always cuts at these characters, so what lies between two of them gets the
# same pieces alone as within its text. Other white space and punctuation may not be added: of
# those, the normaliser removes some (control characters) instead of cutting there. A line break
# ends a text.
_ASCII_WORD = re.compile(r"[^ \t\n\r!-/:-@\[-`{-~]+|[!-/:-@\[-`{-~\n]")
_END = "\n"
_AT_A_TIME = 1_000_000  # characters, whose words take some 15 MB
_REMEMBERED = 100_000  # words, some 18 MB; when it is full it starts over
_LONGEST = 40  # characters; longer "words" are rarely seen twice

Pieces = NDArray[np.int32]
Ends = NDArray[np.int64]


class PieceReader:
    """Reads the ids of texts' pieces. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer; only one that cuts text at blanks, as BERT's, gains from the memo."""
        layout = json.loads(tokenizer.to_str())
        self._tokenizer = tokenizer
        self.cuts_at_blanks = _splits_at_ascii(layout)
        self._whole = [token["content"] for token in layout.get("added_tokens") or ()]
        self._words = _WordPieces(self._tokenise_each)
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[PieceReader], tuple[Tokenizer]]:
        """Another process gets a reader that remembers nothing yet."""
        return type(self), (self._tokenizer,)

    def read(self, texts: Sequence[str]) -> tuple[Pieces, Ends]:
        """Return all texts' ids, one text after the other, and where those of each end.

        They are those that ``tokenizer.encode(text, add_special_tokens=False)`` has.
        """
        parts = [self._read(texts[part]) for part in _portions(texts)]
        pieces = np.concatenate([np.empty(0, np.int32), *(pieces for pieces, _ in parts)])
        lengths = [np.diff(ends, prepend=0) for _, ends in parts]
        return pieces, np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths]))

    def _read(self, texts: Sequence[str]) -> tuple[Pieces, Ends]:
        joined = "".join(text.replace(_END, " ") + _END for text in texts)
        if not self.cuts_at_blanks or any(token in joined for token in self._whole):
            each = [self._encode(text).ids for text in texts]
            return np.array([*chain(*each)], np.int32), np.cumsum([*map(len, each)])
        words = _ASCII_WORD.findall(joined)
        with self._lock:
            try:
                return self._words.read(words)
            except BaseException:  # new words may have a number, and no pieces
                self._words.begin()
                raise

    def _tokenise_each(self, words: Sequence[str]) -> tuple[Pieces, Ends]:
        """The pieces of some words, read in one call, and where those of each end."""
        encoding = self._encode(" ".join(words))
        starts = [0, *accumulate(len(word) + 1 for word in words[:-1])]
        first = np.array([start for start, _ in encoding.offsets], np.int64)
        return np.array(encoding.ids, np.int32), first.searchsorted([*starts[1:], np.inf])

    def _encode(self, text: str) -> Any:
        clean = _SURROGATE.sub("\ufffd", text)  # Rust has no strings with lone surrogates
        return self._tokenizer.encode(clean, add_special_tokens=False)


class _WordPieces(dict[str, int]):
    """The number of each word that was read, and by number its pieces. No. 0 ends a text."""

    def __init__(self, tokenise: Callable[[Sequence[str]], tuple[Pieces, Ends]]) -> None:
        super().__init__()
        self._tokenise = tokenise
        self.begin()

    def begin(self) -> None:
        """Begins with nothing remembered."""
        self.clear()
        self[_END] = 0
        self._new: list[str] = []
        self._pieces = Growing(np.dtype(np.int32))
        self._ends = Growing(np.dtype(np.int64))
        self._ends.append(np.zeros(1, np.int64))

    def __missing__(self, word: str) -> int:
        number = len(self._ends.array) + len(self._new)
        self._new.append(word)
        if len(word) <= _LONGEST:
            self[word] = number
        return number

    def read(self, words: Sequence[str]) -> tuple[Pieces, Ends]:
        """The pieces of some texts, given by their words, and where each text's end."""
        if max(len(self._ends.array), len(self._pieces.array) // 4) >= _REMEMBERED:
            self.begin()
        numbers = np.fromiter(map(self.__getitem__, words), np.int64, len(words))
        if self._new:
            pieces, ends = self._tokenise(self._new)
            self._ends.append(len(self._pieces.array) + ends)
            self._pieces.append(pieces)
            self._new = []
        starts, stops = spans(self._ends.array, numbers)
        lengths = stops - starts
        return self._pieces.array[runs(starts, lengths)[0]], np.cumsum(lengths)[numbers == 0]


def _portions(texts: Sequence[str]) -> Iterator[slice]:
    """The texts in portions of so many characters, one text at the least."""
    start = size = 0
    for place, text in enumerate(texts):
        if size and size + len(text) > _AT_A_TIME:
            yield slice(start, place)
            start, size = place, 0
        size += len(text) + 1
    if len(texts) > start:
        yield slice(start, len(texts))


def _splits_at_ascii(layout: dict[str, Any]) -> bool:
    """Whether `_ASCII_WORD` cuts a text without changing its pieces."""
    kinds = [(layout.get(part) or {}).get("type") for part in ("normalizer", "pre_tokenizer")]
    plain = all(not token.get("normalized") for token in layout.get("added_tokens") or ())
    whole = layout.get("truncation") is None
    return kinds == ["BertNormalizer", "BertPreTokenizer"] and plain and whole
