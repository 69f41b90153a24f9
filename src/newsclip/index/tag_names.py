"""How tags are written: when two are the same but for their spelling, and the house's style."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from newsclip.index.filters import fold

Separator = Literal["", " ", "-", "_"]
Capitals = Literal["none", "first", "all"]

_SEPARATORS: tuple[Separator, ...] = (" ", "", "-", "_")
_KEPT = "&@%#*"  # punctuation that tells tags apart: "AT&T", "C#"
_ACCENTS = re.compile("[\u0300-\u036f]")  # not the vowel signs of other scripts, which are letters
_DIGITS_APART = re.compile(r"(?<=\d)[^\w&@%#*]+(?=\d)|(?<=\d)_+(?=\d)")
_INNER_CAPITAL = re.compile(r"[^\W\d_][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]|[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]")
_BETWEEN = re.compile(r"[\s_\-‐-―/]+")
_SIGNS = re.compile(r"(?<!\d)[.,:;!?'’‘\"“”()\[\]]+|[.,:;!?'’‘\"“”()\[\]]+(?!\d)")
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
        text = unicodedata.normalize("NFKC", _bare(text))
        if self.separator == " ":
            words = text.replace("_", " ").split()
        else:
            words = _BETWEEN.sub(" ", _SIGNS.sub("", text)).split()
        if not words:
            return text
        return _joined([self._cased(word, at) for at, word in enumerate(words)], self.separator)

    def _cased(self, word: str, at: int) -> str:
        if self.capitals == "none":
            return word.lower()
        small = at and (self.capitals == "first" or (self.separator and len(word) <= _PARTICLE))
        return word if small else word[0].title() + word[1:]


def _joined(words: Iterable[str], separator: str) -> str:
    joined = ""
    for word in words:
        apart = joined and joined[-1].isnumeric() and word[0].isnumeric()
        joined += ("_" if apart and not separator else separator if joined else "") + word
    return joined


def _bare(tag: str) -> str:
    return tag.strip().lstrip("#").strip()


def comparable(tag: str) -> str:
    """Equal for tags that differ in case, accents or what stands between their words alone.

    ``US-Relations``, ``#USRelations`` and ``U.S. relations`` are one; ``2026 1`` and ``20261``
    are two, and so are ``C`` and ``C++``.
    """
    text = unicodedata.normalize("NFKD", _bare(tag)).casefold()
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    text = _DIGITS_APART.sub("&", text)
    kept = (c for c in text if c in _KEPT or unicodedata.category(c)[0] in "LMNS")
    return "".join(kept) or fold(tag)


def learned_style(tags: Iterable[str]) -> Style:
    """How most of the tags are written; tags of one word say nothing of what separates words."""
    tags = [tag for tag in tags if tag.lower() != tag.upper()]
    forms = [form for tag in tags if (form := _separator(tag)) is not None]
    # Of as many of each the plainer: max() keeps the first.
    separator = max(_SEPARATORS, key=forms.count)
    same = [tag for tag in tags if _separator(tag) == separator] or tags
    small = sum(tag == tag.lower() for tag in same)
    if small * 2 > len(same):
        return Style(separator, "none")
    sentences = sum(any(w.islower() and len(w) > _PARTICLE for w in t.split()[1:]) for t in same)
    is_sentence = separator == " " and sentences > _SENTENCES * len(same)
    return Style(separator, "first" if is_sentence else "all")


def _separator(tag: str) -> Separator | None:
    """What separates the words of a tag; None for one that seems to be one word."""
    if len(tag.split()) > 1:
        return " "
    if "_" in tag.strip("_"):
        return "_"
    if "-" in tag.strip("-") and tag == tag.lower():
        return "-"
    return "" if _INNER_CAPITAL.search(tag) else None
