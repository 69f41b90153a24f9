"""The tags, sections and authors of an archive, found by how one of their words begins."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.chunks import spelled_out
from newsclip.index.columns import Array
from newsclip.index.digest import attribute_name
from newsclip.index.filters import fold
from newsclip.index.strings import Strings
from newsclip.index.wordlist import WordList, edits, most

_NAMED = ("tag", "section", "author")
_WORDS = 4  # of a name, by which it is found


class Completions:
    """The written names of a snapshot, and those that have come since."""

    def __init__(
        self, names: Strings, analyzer: Analyzer, stored: WordList, counts: NDArray[np.int32]
    ) -> None:
        """``names`` are the archive's, the stored ones first; ``counts`` go with ``stored``."""
        self._names = names
        self._analyzer = analyzer
        self._stored = stored
        self._counts = counts
        self._added: list[tuple[str, int]] = []
        self._seen = names.stored

    def starting(self, prefix: str, limit: int, nearly: bool = False) -> list[tuple[str, str]]:
        """Names, each with its attribute, of which a run of words begins so; more than ``limit``.

        Of the stored ones those that most articles have. ``nearly`` allows for one wrong letter.
        """
        self._extend()
        find = self._stored.starting_nearly if nearly else self._stored.starting
        places = find(prefix)
        best = most(places, self._counts[places], 4 * limit)
        newer = islice(self._newer(prefix, nearly), 4 * limit)
        names = self._names.texts(dict.fromkeys([*self._stored.numbers[best].tolist(), *newer]))
        return [(name.split("=", 1)[0], name.split("=", 1)[1]) for name in names]

    def _newer(self, prefix: str, nearly: bool) -> Iterator[int]:
        beginnings = sorted(edits(prefix)) if nearly else [prefix]
        for beginning in beginnings if self._added else ():
            place = bisect_left(self._added, (beginning, 0))
            while place < len(self._added) and self._added[place][0].startswith(beginning):
                yield self._added[place][1]
                place += 1

    def _extend(self) -> None:
        """Takes in the names that have come since."""
        for number in range(self._seen, len(self._names)):
            for key in _keys(self._names.text(number), self._analyzer):
                insort(self._added, (key, number))
        self._seen = len(self._names)


def stored_completions(
    names: Strings, articles: NDArray[np.int64], analyzer: Analyzer
) -> dict[str, Array]:
    """What a snapshot keeps of its names; ``articles`` says how many have each name's number."""
    texts = names.texts(range(len(names)))
    numbered = [(key, number) for number, text in enumerate(texts) for key in _keys(text, analyzer)]
    arrays = WordList.arrays_of(numbered)
    holders = names.numbers([_held(texts[number]) for number in arrays["numbers"].tolist()])
    counts = np.where(holders >= 0, articles[holders], 0)
    return {**arrays, "counts": counts.astype(np.int32)}


def _held(name: str) -> str:
    """The name under which the rows with a written name are found."""
    attribute, _, written = name.partition("=")
    return attribute_name(attribute, fold(written))


def _keys(name: str, analyzer: Analyzer) -> Sequence[str]:
    """The texts by whose beginning a written name is found: from each of its first words on."""
    attribute, _, written = name.partition("=")
    if attribute not in _NAMED:
        return ()
    words = analyzer.forms(spelled_out(written))
    keys = [" ".join(words[start:]) for start in range(min(len(words), _WORDS))]
    return list(dict.fromkeys([*keys, " ".join(analyzer.forms(written))]))
