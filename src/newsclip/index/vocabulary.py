"""The tags in use, and their names as words, so that a text can be searched for all at once."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from newsclip.index.chunks import spelled_out
from newsclip.index.tag_names import Style, Styles, comparable


class TagNames:
    """Names of tags as runs of terms, found in the terms of a text."""

    def __init__(self, terms_of: Callable[[str], Sequence[str]]) -> None:
        """``terms_of`` gives the terms of a text as they are indexed."""
        self._terms_of = terms_of
        self._names: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)

    def add(self, tag: str, *names: str) -> None:
        """The tag is found by each of the names."""
        for run in self._runs(names):
            self._names[run[0]].add((tag, run))

    def remove(self, tag: str, *names: str) -> None:
        """Takes back what was added with the same names."""
        for run in self._runs(names):
            self._names[run[0]].remove((tag, run))

    def named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag of which a name stands in a text's terms, with the run's start and end.

        A tag is yielded once for each place, in the order of the text.
        """
        for start, term in enumerate(terms):
            for tag, run in self._names.get(term, ()):
                end = start + len(run)
                if tuple(terms[start:end]) == run:
                    yield tag, start, end

    def _runs(self, names: Iterable[str]) -> set[tuple[str, ...]]:
        """Names as written and as spelled out: ``YouTube``, ``Climate Change``."""
        texts = {text for name in names for text in (name, spelled_out(name))}
        return {run for text in texts if (run := tuple(self._terms_of(text)))}


class Vocabulary:
    """Every tag that some article carries, with the number of those articles."""

    def __init__(self, terms_of: Callable[[str], Sequence[str]]) -> None:
        """``terms_of`` gives the terms of a text as they are indexed."""
        self._names = TagNames(terms_of)
        self._counts: Counter[str] = Counter()
        self._spellings: dict[str, set[str]] = defaultdict(set)
        self._styles = Styles()

    def add(self, tags: Iterable[str]) -> None:
        """Counts an article's tags in."""
        self.count(Counter(tags))

    def count(self, tags: Mapping[str, int]) -> None:
        """Counts tags in, each for a number of articles."""
        for tag, articles in tags.items():
            if not self._counts[tag]:
                self._names.add(tag, tag)
                self._spellings[comparable(tag)].add(tag)
                self._styles.add(tag)
            self._counts[tag] += articles

    def remove(self, tags: Iterable[str]) -> None:
        """Counts an article's tags out; a tag that no article carries any more is forgotten."""
        for tag in tags:
            self._counts[tag] -= 1
            if not self._counts[tag]:
                del self._counts[tag]
                self._names.remove(tag, tag)
                self._spellings[comparable(tag)].remove(tag)
                self._styles.remove(tag)

    def counts(self) -> Mapping[str, int]:
        """Every tag, with the number of articles, visible or not, that carry it."""
        return self._counts

    def spelled_like(self, name: str) -> list[str]:
        """The tags that differ from a name in their spelling alone, the most used first."""
        found = self._spellings.get(comparable(name), ())
        return sorted(found, key=lambda tag: (-self._counts[tag], tag))

    def style(self) -> Style:
        """How most of the tags are written."""
        return self._styles.learned()

    def named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag whose name stands in a text's terms, with the run's start and end.

        A tag is yielded once for each place, in the order of the text.
        """
        return self._names.named_in(terms)
