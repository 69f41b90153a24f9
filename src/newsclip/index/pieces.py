"""A text's word pieces, by a memo from word to pieces: the same as the tokenizer's, but faster."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from tokenizers import Tokenizer

from newsclip.index.memo import Memo

_SURROGATE = re.compile("[\ud800-\udfff]")
# BERT's pre-tokenizer always cuts at these characters, so what lies between two of them gets the
# same pieces alone as within its text. Other white space and punctuation may not be added: of
# those, the normaliser removes some (control characters) instead of cutting there.
_ASCII_WORD = re.compile(r"[^ \t\n\r!-/:-@\[-`{-~]+|[!-/:-@\[-`{-~]")
_REMEMBERED = 50_000  # words in a generation, some 12 MB
_LONGEST = 40  # characters; longer "words" are rarely seen twice


class PieceReader:
    """Reads the ids of a text's pieces. Safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer; only one that cuts text as BERT's does gains from the memo."""
        layout = json.loads(tokenizer.to_str())
        self._tokenizer = tokenizer
        self._splits = _splits_at_ascii(layout)
        self._whole = [token["content"] for token in layout.get("added_tokens") or ()]
        self._memo = Memo(self.tokenise, _REMEMBERED, _LONGEST)

    def read(self, text: str) -> Iterator[int]:
        """Yield the ids that ``tokenizer.encode(text, add_special_tokens=False)`` has."""
        if not self._splits or any(token in text for token in self._whole):
            return iter(self.tokenise(text))
        return chain.from_iterable(map(self._memo.__getitem__, _ASCII_WORD.findall(text)))

    def tokenise(self, text: str) -> tuple[int, ...]:
        """Return the same without the memo."""
        clean = _SURROGATE.sub("\ufffd", text)  # Rust has no strings with lone surrogates
        return tuple(self._tokenizer.encode(clean, add_special_tokens=False).ids)


def _splits_at_ascii(layout: dict[str, Any]) -> bool:
    """Whether `_ASCII_WORD` cuts a text without changing its pieces."""
    kinds = [(layout.get(part) or {}).get("type") for part in ("normalizer", "pre_tokenizer")]
    plain = all(not token.get("normalized") for token in layout.get("added_tokens") or ())
    whole = layout.get("truncation") is None
    return kinds == ["BertNormalizer", "BertPreTokenizer"] and plain and whole
