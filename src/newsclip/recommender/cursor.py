"""Where the next part of an answer begins, in a form that a client hands back as it is."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from zlib import crc32

from newsclip.errors import QueryInvalid

MAX_CHARACTERS = 4_000
"""The length of a cursor at most: an id may be long."""

_SPARE = 5  # ids; that more of the last ones shown go before the next page is asked for is rare


@dataclass(frozen=True)
class Cursor:
    """Behind which article an answer goes on: the last shown that is still there.

    So nothing comes twice and nothing is passed over where articles were added or removed before
    it. ``last_ids`` are those of the last ones shown, and ``position`` is where the answer went on
    when it was given, for the case that all of them are gone. ``question`` tells one question from
    another.
    """

    question: int
    position: int
    last_ids: tuple[str, ...]

    @classmethod
    def behind(cls, ids: Sequence[str], question: int, position: int) -> Self:
        """Behind the last of the ids; of those before as many as there is room for."""
        some = cls(question, position, tuple(ids[-_SPARE:]))
        return some if len(str(some)) <= MAX_CHARACTERS else cls(question, position, (ids[-1],))

    def __str__(self) -> str:
        said = [self.question, self.position, *self.last_ids]
        fields = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return urlsafe_b64encode(fields.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, question: int) -> Self:
        """A cursor that an answer to the same question gave. Raises QueryInvalid."""
        remedy = "give next_cursor of the answer before, and ask the same as there"
        try:
            padded = text + "=" * (-len(text) % 4)
            found, position, *last = json.loads(urlsafe_b64decode(padded.encode("ascii")))
            cursor = cls(int(found), int(position), tuple(map(str, last)))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise QueryInvalid("cursor", text, remedy, "is none") from None
        if cursor.question != question or cursor.position < 0:
            raise QueryInvalid("cursor", text, remedy, "belongs to another question")
        return cursor


def fingerprint(*asked: object) -> int:
    """A number that tells questions apart; the parts have a stable ``repr``."""
    return crc32(repr(asked).encode())
