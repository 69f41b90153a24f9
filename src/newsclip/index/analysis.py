"""Text to terms: how every text of Newsclip is cut into words, folded and stemmed."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
_CHUNK = re.compile(
    rf"[^\x00-\x22\x24-/:-@\[-`{{-\x7f][^{_SIGNS}]*+"  # the first may be "#"
    rf"(?:\.(?<!{_LETTER_OR_DIGIT}.\.)(?<={_LETTER}\.){_LETTER}(?:\.{_LETTER})*"
    rf"(?!{_LETTER_OR_DIGIT})[^{_SIGNS}]*+)*+",
    re.DOTALL,
)
_POINT_WITHIN = re.compile(  # begins with the point, so that the search for it is quick
    rf"\.(?<!{_LETTER_OR_DIGIT}.\.)(?<={_LETTER}\.)(?={_LETTER}(?!{_LETTER_OR_DIGIT}))", re.DOTALL
)
_HASHTAG = re.compile(rf"#[^{_SIGNS}]+")
_REMEMBERED = 50_000  # chunks in a generation, some 10 MB
_LONGEST = 40  # characters; longer chunks are rarely seen twice
_CAMEL_CASE = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|[_-]"
)

STEMMERS: Mapping[str, str] = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "und": "english",  # not known
}
"""The languages whose endings are cut off, with the Snowball stemmer of each."""

_UNSTEMMED = ""


class Word(NamedTuple):
    """A word of a text: the term that is indexed for it, and its characters' range."""

    term: str
    start: int
    end: int


def spelled_out(tag: str) -> str:
    """A hashtag in words: ``USRelations`` is ``US Relations``, ``Election2026`` two words."""
    return " ".join(_CAMEL_CASE.sub(" ", tag).split())


def stemmer_of(language: str | None) -> str:
    """The stemmer for an article's language; empty for a language that has none.

    One that is not known is taken for English.
    """
    if language is None:
        return STEMMERS["und"]
    return STEMMERS.get(re.split("[-_]", language.lower())[0], _UNSTEMMED)


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
    return _analyzer(_UNSTEMMED)


def term_analyzer() -> TextAnalyzer:
    """Cuts terms with blanks between them."""
    return TextAnalyzerBuilder(Tokenizer.whitespace()).build()


class Analyzer:
    """Splits at all but letters and digits, folds case and accents, stems by the language.

    Accents go before endings do, so that a word is found however it is typed. ``U.S.`` is ``us``;
    ``#USRelations`` is that word and then its parts. News repeats its words, so what stands
    between two ASCII signs is analysed once and remembered.
    """

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        """``remembered`` chunks of each stemmer's texts, and as many of the texts before them."""
        self._remembered = remembered
        self._memos: dict[str, _Chunks] = {}
        self._read = ("", ""), Words(self._memo(""), "")

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """The terms that are indexed for a text in a language, in its order."""
        return self.terms_of_each([text], language)[0]

    def terms_of_each(self, texts: Iterable[str], language: str | None = None) -> list[list[str]]:
        """The terms of each text: of many short ones in half the time."""
        term_of = self._memo(stemmer_of(language)).__getitem__
        return [list(chain.from_iterable(map(term_of, _CHUNK.findall(text)))) for text in texts]

    def forms(self, text: str) -> list[str]:
        """The words of a text with all their endings, in its order; as many as there are terms."""
        memo = self._memo(_UNSTEMMED)
        return list(chain.from_iterable(map(memo.__getitem__, _CHUNK.findall(text))))

    def words(self, text: str, language: str | None = None) -> "Words":
        """The words of a text as they are indexed, in their order, with their places."""
        asked = stemmer_of(language), text
        known, words = self._read  # one question looks at the words of its text more than once
        if asked != known:
            words = Words(self._memo(asked[0]), text)
            self._read = asked, words
        return words

    def _memo(self, stemmer: str) -> "_Chunks":
        if stemmer not in self._memos:
            self._memos[stemmer] = _Chunks(stemmer, self._remembered)
        return self._memos[stemmer]

    def as_written(
        self, text: str, terms: Collection[str], language: str | None = None
    ) -> dict[str, str]:
        """For each of the terms that stands in a text, a word that it stands there for.

        The first word that begins as the term does, or where there is none the first of all.
        """
        memo = self._memo(stemmer_of(language))
        written: dict[str, str] = {}
        lowered = _lowered(text)
        for term in terms:
            if word := next(_beginning_alike(memo, text, lowered, term), None):
                written[term] = text[word.start : word.end]
        if missing := set(terms) - written.keys():
            for word in _standing_for(memo, text, missing):
                written.setdefault(word.term, text[word.start : word.end])
                if missing <= written.keys():
                    break
        return written

    def places(self, text: str, terms: Collection[str], language: str | None = None) -> list[Word]:
        """The words of a text that stand for one of the terms, in their order, none in another.

        Of a term's words only those that begin as it does, where there is one.
        """
        memo = self._memo(stemmer_of(language))
        lowered = _lowered(text)
        found = [word for term in terms for word in _beginning_alike(memo, text, lowered, term)]
        if missing := set(terms) - {word.term for word in found}:
            found += _standing_for(memo, text, missing)
        apart: list[Word] = []
        for word in sorted(found, key=lambda word: (word.start, -word.end)):
            if not apart or word.start >= apart[-1].end:
                apart.append(word)
        return apart


def _beginning_alike(memo: "_Chunks", text: str, lowered: str, term: str) -> Iterator[Word]:
    """The words of a term that begin as it does.

    A search for a string costs a hundredth of what a look at each word does.
    """
    beginning = term[: max(1, len(term) - 1)]  # "poni" is the term of "pony"
    wanted = {term}
    place = lowered.find(beginning)
    while place >= 0:
        if _begins_word(text, place) and (chunk := _CHUNK.match(text, place)):
            yield from _in_chunk(memo, chunk, wanted)
        place = lowered.find(beginning, place + 1)


def _begins_word(text: str, place: int) -> bool:
    """Whether a word begins here for sure; not what may be within "U.S." or a hashtag."""
    before = text[place - 1] if place else " "
    if before == "#" or (before == "." and place > 1 and text[place - 2].isalpha()):
        return False
    return _ends_words(before)


def _standing_for(memo: "_Chunks", text: str, terms: Collection[str]) -> Iterator[Word]:
    """The words of a text that stand for one of the terms, whatever they begin with."""
    wanted, letters = set(terms), {term[0] for term in terms}
    for chunk in _CHUNK.finditer(text):
        word = chunk.group()
        # Endings are cut off, beginnings never are: a plain word has the first letter of its term.
        if word[0].lower() in letters or not (word.isascii() and word.isalnum()):
            yield from _in_chunk(memo, chunk, wanted)


def _in_chunk(memo: "_Chunks", chunk: re.Match[str], wanted: set[str]) -> Iterator[Word]:
    if not wanted.isdisjoint(memo[chunk.group()]):
        yield from (word for word in memo.words(chunk) if word.term in wanted)


def _ends_words(character: str) -> bool:
    """Whether it surely is between words: of other signs only the analyzer knows."""
    if character == " " or character.isalnum():  # as most are
        return character == " "
    return not _CHUNK.match(character) or unicodedata.category(character)[0] in "PZ"


def _lowered(text: str) -> str:
    """The text in small letters, each at its place; empty if some letter would take more room."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else ""


def _analyzer(stemmer: str) -> TextAnalyzer:
    builder = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(TokenFilter.remove_long(_LONGEST_WORD))
        .filter(TokenFilter.lowercase())
        .filter(TokenFilter.ascii_fold())
    )
    return (builder.filter(TokenFilter.stemmer(stemmer)) if stemmer else builder).build()


class _Chunks(Memo[tuple[str, ...]]):
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
    return "".join(letters), [*places, len(text)]


class Words(Sequence[Word]):
    """The words of a text, in their order; each is made when it is asked for.

    Of a text's thousand words hardly a hundred are. ``terms`` are those of all.
    """

    def __init__(self, memo: _Chunks, text: str) -> None:
        self._memo = memo
        self._chunks = [*_CHUNK.finditer(text)]
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
