"""What an archive knows of words that are half typed, or mistyped.

Nothing here names a word that only articles have which readers must not see: tags, sections and
authors are counted over visible articles, titles are those of visible ones, and of a word it is
asked whether a visible article has it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import Analyzer
from newsclip.index.completions import Name
from newsclip.index.digest import attribute_name
from newsclip.index.filters import ALWAYS, NEVER, Filter, Wording, fold
from newsclip.index.layers import Layers
from newsclip.index.segment import Segment
from newsclip.index.store import Store
from newsclip.index.wordlist import edits, nearest

# How many times as many titles are looked at as are wanted, lest hidden ones leave too few; to find
# the newest fifteen thousand with a word takes four milliseconds, and no more are looked at.
_HIDDEN = (4, 32, 256)
_ASKED = 50  # articles with a word, of which one is likely visible; else all are asked for
_TRIED = 5  # words that are nearest, the most frequent first, of which one must be visible


class Typed:
    """A view's words, names and titles, as far as somebody has typed them."""

    def __init__(self, layers: Layers, analyzer: Analyzer, store: Store, now: datetime) -> None:
        self._layers = layers
        self._analyzer = analyzer
        self._store = store
        self._now = now

    def names(
        self, prefix: str, limit: int, attribute: str = "", nearly: bool = False
    ) -> list[tuple[str, str, int]]:
        """Tags, sections and authors of which some words begin so: attribute, name and articles.

        Those that most articles have come first. ``prefix`` is as :meth:`forms` gives it;
        ``attribute`` is the only one that is looked for, if any. ``nearly`` allows for one wrong
        letter, but not in short ones.
        """
        newer = self._layers.delta.catalog.all_shown(self._now)
        best: list[tuple[str, str, int]] = []
        starting = self._layers.completions.starting
        for names, rest in starting(prefix, limit, newer, attribute, nearly):
            shown = [each for each in self._counted(names, newer) if each[2]]
            best = sorted(shown, key=lambda each: -each[2])[:limit]
            if len(best) == limit and best[-1][2] >= rest:
                break
        return best

    def _counted(
        self, names: Iterable[Name], newer: NDArray[np.int64]
    ) -> Iterator[tuple[str, str, int]]:
        """Each name once, as it is written first, with the number of its visible articles."""
        written: dict[Name, str] = {}
        for attribute, name in names:
            written.setdefault((attribute, fold(name)), name)
        numbers = self._layers.names.numbers([attribute_name(*each) for each in written])
        counts = newer[numbers]
        if self._layers.snapshot:
            counts = counts + self._layers.segments[0].catalog.shown_with(numbers, self._now)
        for (attribute, _), name, count in zip(written, written.values(), counts, strict=True):
            yield attribute, name, int(count)

    def words(self, prefix: str, limit: int, nearly: bool = False) -> list[str]:
        """The words of titles and texts that begin so, the most frequent first.

        They may be those of articles that nobody may see, and are not to be shown as they are.
        """
        stored = self._layers.words
        places = stored.starting_nearly(prefix) if nearly else stored.starting(prefix)
        best = stored.most(places, limit).tolist()
        counted = {stored[place]: int(stored.numbers[place]) for place in best}
        lexicon = self._layers.delta.lexicon
        beginnings = edits(prefix) if nearly else [prefix]
        for beginning in beginnings if len(lexicon) else ():
            for word, articles in lexicon.forms(beginning, ["title"]).items():
                counted[word] = counted.get(word, 0) + articles
        return sorted(counted, key=lambda word: -counted[word])[:limit]

    def titled(self, before: Iterable[str], last: Iterable[str], limit: int) -> NDArray[np.int64]:
        """Keys of the newest visible articles with words in the title (see Lexicon.titled)."""
        asked = tuple(before), tuple(last)
        keys, dates = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for segment in self._layers.segments:
            shown = self._titled(segment, *asked, limit)
            published = segment.catalog.published_at(segment.columns.rows_of(shown))
            keys.append(shown)
            dates.append(np.where(published == NEVER, ALWAYS, published))
        key, date = np.concatenate(keys), np.concatenate(dates)
        return key[np.lexsort((-key, -date))][:limit]

    def _titled(
        self, segment: Segment, before: tuple[str, ...], last: tuple[str, ...], limit: int
    ) -> NDArray[np.int64]:
        """Those in a segment: ``limit`` of them, or more, if there are so many."""
        visible = segment.catalog.visible(self._now)
        for asked in (limit * times for times in _HIDDEN):
            found = segment.titled(before, last, asked)
            shown = found[visible[segment.columns.rows_of(found)]]
            if len(shown) >= limit or len(found) < asked:
                break
        return shown

    def titles(self, keys: NDArray[np.int64]) -> list[tuple[str, str | None, str]]:
        """The id, the URL and the title of the article of each key."""
        found = self._store.titles(keys.tolist())
        return [found[key] for key in keys.tolist() if key in found]

    def meant(self, word: str) -> str | None:
        """The word that one which no article has was probably meant for, as articles write it.

        Of those nearest the most frequent one that a visible article has.
        """
        [form, *more] = self._analyzer.forms(word) or [""]
        if more:
            return None
        counted = dict(self._layers.words.nearest(form))
        counted |= {w: n + counted.get(w, 0) for w, n in self._newer(form).items()}
        near = nearest(form, counted)
        best = sorted(near, key=lambda each: (-each[1], each[0]))[:_TRIED]
        return next((word for word, _ in best if self._is_shown(word)), None)

    def _newer(self, form: str) -> Mapping[str, int]:
        """Words of the articles since the snapshot; those with another first letter are missed."""
        return dict(nearest(form, self._layers.delta.lexicon.forms(form[:1])))

    def _is_shown(self, form: str) -> bool:
        return any(_shows(segment, form, self._now) for segment in self._layers.segments)


def _shows(segment: Segment, form: str, now: datetime) -> bool:
    """Whether a visible article has a word with just these endings."""
    word = Wording(form, exact=True)
    some = segment.lexicon.keys_with([word], _ASKED)
    if segment.catalog.visible(now)[segment.columns.rows_of(some)].any():
        return True
    where = Filter(wordings=frozenset({word}))
    return len(some) == _ASKED and bool(segment.allowed(where, now, np.empty(0, np.int64)).any())
