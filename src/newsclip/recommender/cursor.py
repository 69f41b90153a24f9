"""Where the next part of an answer begins, in a form that a client hands back as it is."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self
from zlib import crc32

from newsclip.errors import QueryInvalid

MAX_CHARACTERS = 4_000
"""The length of a cursor at most: an id may be long."""


@dataclass(frozen=True)
class Cursor:
    """Behind which article an answer goes on: by its id, or if that is gone by its position.

    So nothing comes twice where articles were added or removed before it. ``question`` tells one
    question from another.
    """

    question: int
    position: int
    last_id: str

    def __str__(self) -> str:
        fields = json.dumps([self.question, self.position, self.last_id], separators=(",", ":"))
        return urlsafe_b64encode(fields.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, question: int) -> Self:
        """A cursor that an answer to the same question gave. Raises QueryInvalid."""
        remedy = "give next_cursor of the answer before, and ask the same as there"
        try:
            padded = text + "=" * (-len(text) % 4)
            found, position, last_id = json.loads(urlsafe_b64decode(padded.encode("ascii")))
            cursor = cls(int(found), int(position), str(last_id))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise QueryInvalid("cursor", text, remedy, "is none") from None
        if cursor.question != question or cursor.position < 0:
            raise QueryInvalid("cursor", text, remedy, "belongs to another question")
        return cursor


def fingerprint(*asked: object) -> int:
    """A number that tells questions apart; the parts have a stable ``repr``."""
    return crc32(repr(asked).encode())
