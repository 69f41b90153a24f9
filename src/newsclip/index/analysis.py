"""Text to terms: how every text of Newsclip is cut into words, folded and stemmed."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from unicodedata import category

from tantivy import Filter as TokenFilter
from tantivy import TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST_WORD = 60  # characters; longer ones are numbers, addresses and noise
# The analyzer always cuts at these characters, so what lies between two of them gives the same
# terms alone as within its text.
_CHUNK = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_MEMO_CHUNKS = 50_000  # some 10 MB
_MEMO_LENGTH = 40  # characters; longer chunks are rarely seen twice
_CAMEL_CASE = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|[_-]"
)


@dataclass(frozen=True)
class Word:
    """A word of a text: the term that is indexed for it, and its characters' range."""

    term: str
    start: int
    end: int


def spelled_out(tag: str) -> str:
    """A hashtag in words: ``USRelations`` is ``US Relations``, ``Election2026`` two words."""
    return " ".join(_CAMEL_CASE.sub(" ", tag).split())


class Analyzer:
    """Splits at all but letters and digits, folds case and accents, stems English.

    News repeats its words, so what stands between two ASCII signs is analysed once and
    remembered: the same terms at twice the speed.
    """

    def __init__(self) -> None:
        self.tantivy: TextAnalyzer = (
            TextAnalyzerBuilder(Tokenizer.simple())
            .filter(TokenFilter.remove_long(_LONGEST_WORD))
            .filter(TokenFilter.lowercase())
            .filter(TokenFilter.ascii_fold())
            .filter(TokenFilter.stemmer("english"))
            .build()
        )
        self._memo = _Memo(self.tantivy)

    def terms(self, text: str) -> list[str]:
        """The terms that are indexed for a text, in its order."""
        return list(chain.from_iterable(map(self._memo.__getitem__, _CHUNK.findall(text))))

    def words(self, text: str) -> list[Word]:
        """The words of a text as they are indexed, in their order, with their places."""
        tokens = self.tantivy.pre_tokenize(text).tokens
        return [Word(token.text, token.char_offset_from, token.char_offset_to) for token in tokens]

    def as_written(self, text: str, terms: Collection[str]) -> dict[str, str]:
        """For each of the terms that stands in a text, a word that it stands there for.

        The first word that begins as the term does, or where there is none the first of all.
        """
        written: dict[str, str] = {}
        lowered = _lowered(text)
        for term in terms:
            if word := next(self._beginning_alike(text, lowered, term), None):
                written[term] = text[word.start : word.end]
        if missing := set(terms) - written.keys():
            for word in self._standing_for(text, missing):
                written.setdefault(word.term, text[word.start : word.end])
        return written

    def places(self, text: str, terms: Collection[str]) -> list[Word]:
        """The words of a text that stand for one of the terms, in their order.

        Of a term's words only those that begin as it does, where there is one.
        """
        lowered = _lowered(text)
        found = [word for term in terms for word in self._beginning_alike(text, lowered, term)]
        if missing := set(terms) - {word.term for word in found}:
            found += self._standing_for(text, missing)
        return sorted(found, key=lambda word: word.start)

    def _beginning_alike(self, text: str, lowered: str, term: str) -> Iterator[Word]:
        """The words of a term that begin as it does.

        A search for a string costs a hundredth of what a look at each word does.
        """
        beginning = term[: max(1, len(term) - 1)]  # "poni" is the term of "pony"
        place = lowered.find(beginning)
        while place >= 0:
            chunk = _CHUNK.match(text, place)
            if chunk and (not place or _ends_words(text[place - 1])):
                yield from self._in_chunk(chunk, {term})
            place = lowered.find(beginning, place + 1)

    def _standing_for(self, text: str, terms: Collection[str]) -> Iterator[Word]:
        """The words of a text that stand for one of the terms, whatever they begin with."""
        wanted = set(terms)
        chunks = {c for c in set(_CHUNK.findall(text)) if not wanted.isdisjoint(self._memo[c])}
        if chunks:
            for chunk in _CHUNK.finditer(text):
                if chunk.group() in chunks:
                    yield from self._in_chunk(chunk, wanted)

    def _in_chunk(self, chunk: re.Match[str], wanted: set[str]) -> Iterator[Word]:
        text, start = chunk.group(), chunk.start()
        terms = self._memo[text]
        if wanted.isdisjoint(terms):
            return
        if len(terms) == 1 and text.isalnum():  # as most are
            yield Word(terms[0], start, chunk.end())
            return
        for word in self.words(text):
            if word.term in wanted:
                yield Word(word.term, start + word.start, start + word.end)


def _ends_words(character: str) -> bool:
    """Whether it surely is between words: of other signs only the analyzer knows."""
    return not _CHUNK.match(character) or category(character)[0] in "PZ"


def _lowered(text: str) -> str:
    """The text in small letters, each at its place; empty if some letter would take more room."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else ""


class _Memo(dict[str, tuple[str, ...]]):
    """From a chunk to its terms; starts over when full, so it follows the texts of the day."""

    def __init__(self, analyzer: TextAnalyzer) -> None:
        super().__init__()
        self._analyzer = analyzer

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        terms = tuple(self._analyzer.analyze(chunk))
        if len(chunk) <= _MEMO_LENGTH:
            if len(self) >= _MEMO_CHUNKS:
                self.clear()
            self[chunk] = terms
        return terms
