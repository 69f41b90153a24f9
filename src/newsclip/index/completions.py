"""The tags, sections and authors of an archive, found by how one of their words begins."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

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

_SPARE = 4  # times as many names are looked at as are wanted, lest hidden ones leave too few
# If they do, so many are, and no more: to ask who may see two thousand takes eight milliseconds
# once, and two as long as nothing changes; all names of a large archive would take seconds.
_LOOKED_AT = (500, 2_000)
_LAST = chr(0x10FFFF)  # behind all that begins alike

Name = tuple[str, str]
"""An attribute, and what is written there."""


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
        self._keys: list[str] = []  # of the added ones, in order
        self._added = np.empty((0, 3), np.int64)  # of each: name, folded name, attribute's letter
        self._seen = names.stored

    def starting(
        self,
        prefix: str,
        limit: int,
        shown: NDArray[np.int64],
        attribute: str = "",
        nearly: bool = False,
    ) -> Iterator[tuple[list[Name], int]]:
        """Names of which a run of words begins so, in lists that each have more of them.

        With each list comes how many articles a stored name that is not in it may have. Added
        names come as far as ``shown``, which says how many visible new articles hold each name,
        has them. ``nearly`` allows for one wrong letter.
        """
        self._extend()
        places = self._places(prefix, attribute, nearly)
        counts = self._counts[places]
        added = self._newer(prefix, shown, attribute, nearly)
        for looked_at in (_SPARE * limit, *_LOOKED_AT):
            best = most(places, counts, looked_at)
            rest = int(self._counts[best[-1]]) if len(best) < len(places) else 0
            numbers = [*self._stored.numbers[best].tolist(), *added[:looked_at].tolist()]
            yield [_parted(name) for name in self._names.texts(dict.fromkeys(numbers))], rest
            if max(len(places), len(added)) <= looked_at:
                break

    def _places(self, prefix: str, attribute: str, nearly: bool) -> NDArray[np.int64]:
        find = self._stored.starting_nearly if nearly else self._stored.starting
        places = find(prefix)
        return places[self._letters[places] == ord(attribute[0])] if attribute else places

    @cached_property
    def _letters(self) -> NDArray[np.uint8]:
        """The first letter of the attribute of each stored name: they are different ones."""
        return self._names.first_bytes(self._stored.numbers.astype(np.int64))

    def _newer(
        self, prefix: str, shown: NDArray[np.int64], attribute: str, nearly: bool
    ) -> NDArray[np.int64]:
        """Added names of visible articles that begin so, those of most articles first."""
        spans = [self._span(each) for each in (sorted(edits(prefix)) if nearly else [prefix])]
        added = np.concatenate([self._added[:0], *(self._added[each] for each in spans if each)])
        if attribute:
            added = added[added[:, 2] == ord(attribute[0])]
        counts = shown[added[:, 1]]
        order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
        found: NDArray[np.int64] = added[order, 0]
        return found

    def _span(self, prefix: str) -> slice | None:
        start = bisect_left(self._keys, prefix)
        if start == len(self._keys) or not self._keys[start].startswith(prefix):
            return None
        return slice(start, bisect_left(self._keys, prefix + _LAST, start))

    def _extend(self) -> None:
        """Takes in the names that have come since."""
        if self._seen == len(self._names):
            return
        numbers = range(self._seen, len(self._names))
        texts = dict(zip(numbers, self._names.texts(numbers), strict=True))
        keyed = sorted((key, n) for n, text in texts.items() for key in _keys(text, self._analyzer))
        names = [texts[number] for _, number in keyed]
        folded = self._names.numbers([_held(name) for name in names])
        rows = [[n, f, ord(name[0])] for (_, n), f, name in zip(keyed, folded, names, strict=True)]
        places = [bisect_left(self._keys, key) for key, _ in keyed]
        self._added = np.insert(self._added, places, np.reshape(rows, (-1, 3)), axis=0)
        self._keys = _put(self._keys, places, [key for key, _ in keyed])
        self._seen = len(self._names)


def _put(texts: list[str], places: Sequence[int], more: Sequence[str]) -> list[str]:
    """Texts with more put before ascending places; sorted anew, seventy thousand take 5 ms."""
    found: list[str] = []
    for (start, end), text in zip(pairwise([0, *places]), more, strict=True):
        found += texts[start:end]
        found.append(text)
    return found + texts[places[-1] if places else 0 :]


def _parted(name: str) -> Name:
    attribute, _, written = name.partition("=")
    return attribute, written


def stored_completions(
    names: Strings, articles: NDArray[np.int64], analyzer: Analyzer
) -> dict[str, Array]:
    """What a snapshot keeps of its names.

    ``articles`` says how many that are no drafts have each name's number: names of drafts alone,
    which it has to know when these are published, come behind all others.
    """
    texts = names.texts(range(len(names)))
    numbered = [(key, number) for number, text in enumerate(texts) for key in _keys(text, analyzer)]
    arrays = WordList.arrays_of(numbered)
    holders = names.numbers([_held(texts[number]) for number in arrays["numbers"].tolist()])
    counts = np.where(holders >= 0, articles[holders], 0)
    return {**arrays, "counts": counts.astype(np.int32)}


def _held(name: str) -> str:
    """The name under which the rows with a written name are found."""
    attribute, written = _parted(name)
    return attribute_name(attribute, fold(written))


def _keys(name: str, analyzer: Analyzer) -> Sequence[str]:
    """The texts by whose beginning a written name is found: from each of its first words on."""
    attribute, written = _parted(name)
    if attribute not in _NAMED or not fold(written):  # "#" is no name
        return ()
    words = analyzer.forms(spelled_out(written))
    keys = [" ".join(words[start:]) for start in range(min(len(words), _WORDS))]
    return list(dict.fromkeys([*keys, " ".join(analyzer.forms(written))]))
