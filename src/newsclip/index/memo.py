"""What has been worked out for the words of the texts of the day."""

from collections.abc import Callable
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Memo(dict[str, Found], Generic[Found]):
    """From a word to what was made of it, by generation, so that it follows the texts of the day.

    When it is full it starts over; what is asked for again comes from the generation before.
    """

    def __init__(self, make: Callable[[str], Found], remembered: int, longest: int) -> None:
        """``remembered`` words a generation, none of more than ``longest`` characters."""
        super().__init__()
        self._make = make
        self._remembered = remembered
        self._longest = longest
        self._before: dict[str, Found] = {}

    def __missing__(self, word: str) -> Found:
        found = self._before.get(word)
        if found is None:
            found = self._make(word)
        if len(word) <= self._longest:
            if len(self) >= self._remembered:
                self._before = dict(self)
                self.clear()
            self[word] = found
        return found
