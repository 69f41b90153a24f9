"""The tags in use, and their names as words, so that a text can be searched for all at once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from newsclip.index.analysis import spelled_out


class Vocabulary:
    """Every tag that some article carries, with the number of those articles."""

    def __init__(self, terms_of: Callable[[str], Sequence[str]]) -> None:
        """``terms_of`` gives the terms of a text as they are indexed."""
        self._terms_of = terms_of
        self._counts: Counter[str] = Counter()
        self._names: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)

    def add(self, tags: Iterable[str]) -> None:
        """Counts an article's tags in."""
        self.count(Counter(tags))

    def count(self, tags: Mapping[str, int]) -> None:
        """Counts tags in, each for a number of articles."""
        for tag, articles in tags.items():
            if not self._counts[tag]:
                for name in self._names_of(tag):
                    self._names[name[0]].add((tag, name))
            self._counts[tag] += articles

    def remove(self, tags: Iterable[str]) -> None:
        """Counts an article's tags out; a tag that no article carries any more is forgotten."""
        for tag in tags:
            self._counts[tag] -= 1
            if not self._counts[tag]:
                del self._counts[tag]
                for name in self._names_of(tag):
                    self._names[name[0]].remove((tag, name))

    def named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag whose name stands in a text's terms, with the run's start and end.

        A tag is yielded once for each place, in the order of the text.
        """
        for start, term in enumerate(terms):
            for tag, name in self._names.get(term, ()):
                end = start + len(name)
                if tuple(terms[start:end]) == name:
                    yield tag, start, end

    def _names_of(self, tag: str) -> set[tuple[str, ...]]:
        """A tag as it is written and as it is spelled out: ``YouTube``, ``Climate Change``."""
        return {name for text in (tag, spelled_out(tag)) if (name := tuple(self._terms_of(text)))}
