"""How tags are written: when two are the same but for their spelling, and the house's style."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from newsclip.index.filters import fold

Separator = Literal["", " ", "-", "_"]
Capitals = Literal["none", "first", "all"]

_SEPARATORS: tuple[Separator, ...] = (" ", "", "-", "_")
_KEPT = "&@%#*"  # punctuation that tells tags apart: "AT&T", "C#"
_ACCENTS = re.compile("[\u0300-\u036f]")  # not the vowel signs of other scripts, which are letters
_DIGITS_APART = re.compile(r"(?<=\d) +(?=\d)")
_INNER_CAPITAL = re.compile(r"[^\W\d_][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]|[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]")
_BETWEEN = re.compile(r"[\s_\-‐-―/]+")
_SIGNS = re.compile(r"(?<![\d{0}])[{0}]+|[{0}]++(?!\d)".replace("{0}", r".,:;!?'’‘\"“”()\[\]"))
_HASHES = re.compile(r"^[#\s]+")
_PARTICLE = 3  # letters; such a word keeps its small letter within a spaced tag: "Bank of England"
_SENTENCES = 0.2  # so many tags with small words: names are written the same in either style


@dataclass(frozen=True)
class Style:
    """How a house writes tags: what stands between the words, and which begin with a capital.

    ``("", "all")`` is CamelCase, ``(" ", "none")`` lower case, ``(" ", "all")`` Title Case,
    ``(" ", "first")`` Sentence case, ``("-", "none")`` a slug.
    """

    separator: Separator = " "
    capitals: Capitals = "all"

    def __str__(self) -> str:
        """An example of itself."""
        return self.written("tag of words")

    def written(self, text: str) -> str:
        """A name or a phrase as a tag of this style. The tag is `comparable` to the text."""
        text = _bare(text)
        if not _telling(text):
            return text
        if self.separator == " ":
            words = text.replace("_", " ").lstrip(" #").split()
        else:
            words = _BETWEEN.sub(" ", _SIGNS.sub("", text)).lstrip(" #").split()
        cased = [self._cased(word, at) for at, word in enumerate(words)]
        return unicodedata.normalize("NFKC", _joined(cased, self.separator))

    def _cased(self, word: str, at: int) -> str:
        if self.capitals == "none":
            return word.lower()
        small = at and (self.capitals == "first" or (self.separator and len(word) <= _PARTICLE))
        return word if small else word[0].title() + word[1:]


def _joined(words: Iterable[str], separator: str) -> str:
    joined = ""
    for word in words:
        meet = _ACCENTS.sub("", joined)[-1:], _ACCENTS.sub("", word)[:1]
        apart = all(each.isnumeric() for each in meet)
        joined += ("_" if apart and not separator else separator if joined else "") + word
    return joined


def _bare(tag: str) -> str:
    return _HASHES.sub("", unicodedata.normalize("NFKC", tag)).rstrip()


def comparable(tag: str) -> str:
    """Equal for tags that differ in case, accents or what stands between their words alone.

    ``US-Relations``, ``#USRelations`` and ``U.S. relations`` are one; ``2026 1`` and ``20261``
    are two, and so are ``C`` and ``C++``.
    """
    return _telling(tag) or fold(_bare(tag))


def _telling(tag: str) -> str:
    text = _bare(tag)
    if text.isascii():
        text = text.lower().translate(_BLANKED)
    else:
        text = unicodedata.normalize("NFKD", text).casefold()
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = "".join(c if _tells(c) else " " for c in text)
    return _DIGITS_APART.sub("_", text.lstrip(" #")).replace(" ", "")


def _tells(character: str) -> bool:
    """Punctuation does not, nor blanks and what does not print."""
    category = unicodedata.category(character)
    return character in _KEPT or (category[0] not in "PZ" and category not in ("Cc", "Cf", "Cs"))


_BLANKED = {code: " " for code in range(128) if not _tells(chr(code))}


class Styles:
    """Counts how tags are written; what most of them do is the house's style."""

    def __init__(self, tags: Iterable[str] = ()) -> None:
        self._forms: Counter[_Form] = Counter(map(_form, tags))

    def add(self, tag: str) -> None:
        """Counts a tag in."""
        self._forms[_form(tag)] += 1

    def remove(self, tag: str) -> None:
        """Counts a tag out."""
        self._forms[_form(tag)] -= 1

    def learned(self) -> Style:
        """The style of most; tags of one word say nothing of what separates words."""
        cased = [(form, count) for form, count in self._forms.items() if form.is_cased]
        several = Counter[Separator]()
        for form, count in cased:
            if form.separator is not None:
                several[form.separator] += count
        # Of as many of each the plainer: max() keeps the first.
        separator = max(_SEPARATORS, key=lambda each: several[each])
        same = [(f, n) for f, n in cased if n and f.separator == separator] or cased
        total = sum(count for _, count in same)
        small = sum(count for form, count in same if form.is_small)
        if small * 2 > total:
            return Style(separator, "none")
        sentences = sum(count for form, count in same if form.is_sentence)
        is_sentence = separator == " " and sentences > _SENTENCES * total
        return Style(separator, "first" if is_sentence else "all")


class _Form(NamedTuple):
    """How one tag is written. ``separator`` is None for one that seems to be one word."""

    separator: Separator | None
    is_cased: bool
    is_small: bool
    is_sentence: bool


def _form(tag: str) -> _Form:
    later = tag.split()[1:]
    return _Form(
        _separator(tag),
        is_cased=tag.lower() != tag.upper(),
        is_small=tag == tag.lower(),
        is_sentence=any(word.islower() and len(word) > _PARTICLE for word in later),
    )


def _separator(tag: str) -> Separator | None:
    """What separates the words of a tag; None for one that seems to be one word."""
    if len(tag.split()) > 1:
        return " "
    if "_" in tag.strip("_"):
        return "_"
    if "-" in tag.strip("-") and tag == tag.lower():
        return "-"
    return "" if _INNER_CAPITAL.search(tag) else None
