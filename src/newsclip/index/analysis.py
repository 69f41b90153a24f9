"""Text to terms: how every text of Newsclip is cut into words, folded and stemmed."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from newsclip.index.chunks import CHUNK, UNSTEMMED, Chunks, Word, Words

_REMEMBERED = 50_000  # chunks in a generation, some 10 MB

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


def stemmer_of(language: str | None) -> str:
    """The stemmer for an article's language; empty for a language that has none.

    One that is not known is taken for English.
    """
    if language is None:
        return STEMMERS["und"]
    return STEMMERS.get(re.split("[-_]", language.lower())[0], UNSTEMMED)


class Analyzer:
    """Splits at all but letters and digits, folds case and accents, stems by the language.

    Accents go before endings do, so that a word is found however it is typed. ``U.S.`` is ``us``;
    ``#USRelations`` is that word and then its parts. News repeats its words, so what stands
    between two ASCII signs is analysed once and remembered.
    """

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        """``remembered`` chunks of each stemmer's texts, and as many of the texts before them."""
        self._remembered = remembered
        self._memos: dict[str, Chunks] = {}
        self._read = ("", ""), Words(self._memo(""), "")

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """The terms that are indexed for a text in a language, in its order."""
        return self.terms_of_each([text], language)[0]

    def terms_of_each(self, texts: Iterable[str], language: str | None = None) -> list[list[str]]:
        """The terms of each text: of many short ones in half the time."""
        term_of = self._memo(stemmer_of(language)).__getitem__
        return [list(chain.from_iterable(map(term_of, CHUNK.findall(text)))) for text in texts]

    def forms(self, text: str) -> list[str]:
        """The words of a text with all their endings, in its order; as many as there are terms."""
        memo = self._memo(UNSTEMMED)
        return list(chain.from_iterable(map(memo.__getitem__, CHUNK.findall(text))))

    def words(self, text: str, language: str | None = None) -> "Words":
        """The words of a text as they are indexed, in their order, with their places."""
        asked = stemmer_of(language), text
        known, words = self._read  # one question looks at the words of its text more than once
        if asked != known:
            words = Words(self._memo(asked[0]), text)
            self._read = asked, words
        return words

    def _memo(self, stemmer: str) -> "Chunks":
        if stemmer not in self._memos:
            self._memos[stemmer] = Chunks(stemmer, self._remembered)
        return self._memos[stemmer]

    def as_written(
        self, text: str, terms: Collection[str], language: str | None = None
    ) -> dict[str, str]:
        """For each of the terms that stands in a text, a word that it stands there for.

        The first word that begins as the term does, or where there is none the first of all.
        """
        memo = self._memo(stemmer_of(language))
        lowered = _lowered(text)
        found = ((term, _first_alike(memo, text, lowered, term)) for term in terms)
        written = {term: word for term, word in found if word}
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
        found = [
            word
            for term in terms
            for chunk in _beginning_alike(text, lowered, term)
            for word in _in_chunk(memo, chunk, {term})
        ]
        if missing := set(terms) - {word.term for word in found}:
            found += _standing_for(memo, text, missing)
        apart: list[Word] = []
        for word in sorted(found, key=lambda word: (word.start, -word.end)):
            if not apart or word.start >= apart[-1].end:
                apart.append(word)
        return apart


def _first_alike(memo: "Chunks", text: str, lowered: str, term: str) -> str:
    """The first word of a term that begins as it does, as the text has it; empty without one."""
    for chunk in _beginning_alike(text, lowered, term):
        word = chunk.group()
        if term in memo[word]:
            if word.isalnum():  # as most are
                return word
            return next(text[w.start : w.end] for w in memo.words(chunk) if w.term == term)
    return ""


def _beginning_alike(text: str, lowered: str, term: str) -> Iterator[re.Match[str]]:
    """The chunks of a text at whose beginning stands that of a term.

    A search for a string costs a hundredth of what a look at each word does.
    """
    beginning = term[: max(1, len(term) - 1)]  # "poni" is the term of "pony"
    place = lowered.find(beginning)
    while place >= 0:
        if _begins_word(text, place) and (chunk := CHUNK.match(text, place)):
            yield chunk
        place = lowered.find(beginning, place + 1)


def _begins_word(text: str, place: int) -> bool:
    """Whether a word begins here for sure; not what may be within "U.S." or a hashtag."""
    before = text[place - 1] if place else " "
    if before == "#" or (before == "." and place > 1 and text[place - 2].isalpha()):
        return False
    return _ends_words(before)


def _standing_for(memo: "Chunks", text: str, terms: Collection[str]) -> Iterator[Word]:
    """The words of a text that stand for one of the terms, whatever they begin with."""
    wanted, letters = set(terms), {term[0] for term in terms}
    for chunk in CHUNK.finditer(text):
        word = chunk.group()
        # Endings are cut off, beginnings never are: a plain word has the first letter of its term.
        if word[0].lower() in letters or not (word.isascii() and word.isalnum()):
            yield from _in_chunk(memo, chunk, wanted)


def _in_chunk(memo: "Chunks", chunk: re.Match[str], wanted: set[str]) -> Iterator[Word]:
    if not wanted.isdisjoint(memo[chunk.group()]):
        yield from (word for word in memo.words(chunk) if word.term in wanted)


def _ends_words(character: str) -> bool:
    """Whether it surely is between words: of other signs only the analyzer knows."""
    if character == " " or character.isalnum():  # as most are
        return character == " "
    return not CHUNK.match(character) or unicodedata.category(character)[0] in "PZ"


def _lowered(text: str) -> str:
    """The text in small letters, each at its place; empty if some letter would take more room."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else ""
