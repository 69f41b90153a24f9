"""The words in a text: cut into chunks that can be analysed one by one, and remembered."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple, overload

from tantivy import Filter as TokenFilter
from tantivy import TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from newsclip.index.memo import Memo

_LONGEST_WORD = 60  # bytes; longer ones are numbers, addresses and noise
# What stands between two ASCII signs gives the same terms alone as within its text. Single letters
# with points between them are one word, as is what follows a hash sign.
_SIGNS = r"\x00-/:-@\[-`{-\x7f"
_LETTER, _LETTER_OR_DIGIT = r"[^\W\d_]", r"(?:[^\W_]|[\u0300-\u036f])"  # or an accent of its own
CHUNK = re.compile(
    rf"[^\x00-\x22\x24-/:-@\[-`{{-\x7f][^{_SIGNS}]*+"  # the first may be "#"
    rf"(?:\.(?<!{_LETTER_OR_DIGIT}.\.)(?<={_LETTER}\.){_LETTER}(?:\.{_LETTER})*"
    rf"(?!{_LETTER_OR_DIGIT})[^{_SIGNS}]*+)*",
    re.DOTALL,
)
"""A run of signs that is analysed at once, as a rule one word."""

_POINT_WITHIN = re.compile(  # begins with the point, so that the search for it is quick
    rf"\.(?<!{_LETTER_OR_DIGIT}.\.)(?<={_LETTER}\.)(?={_LETTER}(?!{_LETTER_OR_DIGIT}))", re.DOTALL
)
_HASHTAG = re.compile(rf"#[^{_SIGNS}]+")
_LONGEST = 40  # characters; longer chunks are rarely seen twice
_CAMEL_CASE = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|[_-]"
)

UNSTEMMED = ""
"""The stemmer of a language that has none."""


class Word(NamedTuple):
    """A word of a text: the term that is indexed for it, and its characters' range."""

    term: str
    start: int
    end: int


def spelled_out(tag: str) -> str:
    """A hashtag in words: ``USRelations`` is ``US Relations``, ``Election2026`` two words."""
    return " ".join(_CAMEL_CASE.sub(" ", tag).split())


def prepared(text: str) -> str:
    """A text so that :func:`form_analyzer` finds the words in it that :class:`Analyzer` does."""
    if "." in text:
        text = _POINT_WITHIN.sub("", text)
    if "#" in text:
        text = _HASHTAG.sub(_with_parts, text)
    return _composed(text)[0]


def _with_parts(hashtag: re.Match[str]) -> str:
    tag = hashtag.group()
    parts = _parts(tag)
    return tag if len(parts) == 1 else " ".join([tag, *(tag[start:end] for start, end in parts)])


def form_analyzer() -> TextAnalyzer:
    """Cuts a :func:`prepared` text into its words, with all their endings."""
    return _analyzer(UNSTEMMED)


def term_analyzer() -> TextAnalyzer:
    """Cuts terms with blanks between them."""
    return TextAnalyzerBuilder(Tokenizer.whitespace()).build()


def _analyzer(stemmer: str) -> TextAnalyzer:
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(TokenFilter.remove_long(_LONGEST_WORD))
        .filter(TokenFilter.lowercase())
        .filter(TokenFilter.ascii_fold())
    )
    return (builder.filter(TokenFilter.stemmer(stemmer)) if stemmer else builder).build()


class Chunks(Memo[tuple[str, ...]]):
    """From a chunk to its terms."""

    def __init__(self, stemmer: str, remembered: int) -> None:
        super().__init__(self._terms, remembered, _LONGEST)
        self._analyzer = _analyzer(stemmer)

    def _terms(self, chunk: str) -> tuple[str, ...]:
        if chunk.isascii() and chunk.isalnum():  # as most are; places cost four times as much
            return tuple(self._analyzer.analyze(chunk))
        return tuple(term for term, _, _ in self._read(chunk))

    def words(self, chunk: re.Match[str]) -> list[Word]:
        """The words of a chunk with their places in its text."""
        text, at = chunk.group(), chunk.start()
        terms = self[text]
        if len(terms) == 1 and text.isalnum():  # as most are
            return [Word(terms[0], at, chunk.end())]
        return [Word(term, at + start, at + end) for term, start, end in self._read(text)]

    def _read(self, chunk: str) -> Iterator[tuple[str, int, int]]:
        """Each term of a chunk, with where its word begins and ends there."""
        kept = [place for place, sign in enumerate(chunk) if sign != "."]
        joined = chunk.replace(".", "")
        parts = _parts(joined) if joined.startswith("#") else []
        for start, end in [(0, len(joined)), *(parts if len(parts) > 1 else [])]:
            for term, first, last in self._tokens(joined[start:end]):
                yield term, kept[start + first], kept[start + last - 1] + 1

    def _tokens(self, text: str) -> Iterator[tuple[str, int, int]]:
        composed, places = _composed(text)
        for token in self._analyzer.pre_tokenize(composed).tokens:
            first, last = token.char_offset_from, token.char_offset_to
            yield token.text, places[first], places[last]


def _composed(text: str) -> tuple[str, Sequence[int]]:
    """The text with each accent in its letter, and where each of its characters begins in it."""
    text = text.replace("İ", "I")  # in small letters it would be two signs, the second an accent
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text, range(len(text) + 1)
    starts = [at for at, sign in enumerate(text) if not (at and unicodedata.combining(sign))]
    letters: list[str] = []
    places: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        letter = unicodedata.normalize("NFC", text[start:end])
        letters.append(letter)
        # Accents that are in no letter come last, as they did.
        places += [start, *range(end - len(letter) + 1, end)]
    return "".join(letters).replace("İ", "I"), [*places, len(text)]


class Words(Sequence[Word]):
    """The words of a text, in their order; each is made when it is asked for.

    Of a text's thousand words hardly a hundred are. ``terms`` are those of all.
    """

    def __init__(self, memo: Chunks, text: str) -> None:
        self._memo = memo
        self._chunks = [*CHUNK.finditer(text)]
        terms = [memo[chunk.group()] for chunk in self._chunks]
        self.terms = [*chain.from_iterable(terms)]
        self._ends = [*accumulate(map(len, terms))]

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Word]:
        return chain.from_iterable(map(self._memo.words, self._chunks))

    @overload
    def __getitem__(self, place: int) -> Word: ...

    @overload
    def __getitem__(self, place: slice) -> list[Word]: ...

    def __getitem__(self, place: int | slice) -> Word | list[Word]:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        place = range(len(self))[place]
        chunk = bisect_right(self._ends, place)
        return self._memo.words(self._chunks[chunk])[place - self._ends[chunk]]


def _parts(hashtag: str) -> list[tuple[int, int]]:
    """Where the words of a hashtag begin and end: ``#USRelations`` is ``US`` and ``Relations``."""
    ends = [found.start() for found in _CAMEL_CASE.finditer(hashtag)] + [len(hashtag)]
    return list(zip([1, *ends], ends, strict=False))
