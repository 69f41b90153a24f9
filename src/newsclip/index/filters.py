"""Which articles may be an answer."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from newsclip.index.article import Article

ATTRIBUTES = ("section", "tag", "author", "language")
"""What an article can be asked for by name."""

UNDETERMINED = "und"
"""The language, in BCP 47, of an article that does not say in which it is written."""

NEVER = 2**62
"""A moment (seconds since 1970) after all others."""
ALWAYS = -NEVER
"""A moment before all others."""


def seconds(instant: datetime | None, default: int) -> int:
    """An instant as whole seconds since 1970, UTC."""
    return default if instant is None else int(instant.timestamp())


def visible_span(article: Article) -> tuple[int, int]:
    """From when (inclusive) until when (exclusive) readers may see it, seconds since 1970."""
    if article.status != "published":
        return NEVER, NEVER
    return seconds(article.published_at, ALWAYS), seconds(article.expires_at, NEVER)


@dataclass(frozen=True)
class Wording:
    """Words that stand in a text field one after the other, but for letter case and accents.

    A single word may stand there in any form of it, unless ``exact``. ``field`` is one of
    TEXT_FIELDS, or empty for any of them.
    """

    text: str
    field: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Filter:
    """A condition on articles; the empty filter lets every visible article through.

    Several sections, authors or languages mean any of them; several tags mean all of them.
    Letter case and a leading ``#`` make no difference; the language ``en`` includes ``en-GB``, and
    ``und`` means the articles that name none. ``exclude_keys`` are good within one view alone.
    ``published_from`` is inclusive, ``published_to`` exclusive; an article without a date
    passes neither. Any one of ``exclude_tags``, ``exclude_sections``, ``exclude_authors`` or
    ``exclude_wordings`` is enough to keep an article out; of ``wordings`` all must stand. Articles
    that readers must not see never pass, whatever the filter says. ``further_authors`` are sets of
    which each has to have an author, too.
    """

    sections: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    published_from: datetime | None = None
    published_to: datetime | None = None
    exclude_ids: frozenset[str] = frozenset()
    exclude_keys: frozenset[int] = frozenset()
    exclude_tags: frozenset[str] = frozenset()
    exclude_sections: frozenset[str] = frozenset()
    exclude_authors: frozenset[str] = frozenset()
    wordings: frozenset[Wording] = frozenset()
    exclude_wordings: frozenset[Wording] = frozenset()
    further_authors: frozenset[frozenset[str]] = frozenset()


def both(one: Filter, other: Filter) -> Filter:
    """What passes both; at most one of them asks for a language."""
    return Filter(
        sections=_either(one.sections, other.sections),
        tags=one.tags | other.tags,
        authors=one.authors or other.authors,
        languages=one.languages | other.languages,
        published_from=max(_given(one.published_from, other.published_from), default=None),
        published_to=min(_given(one.published_to, other.published_to), default=None),
        exclude_ids=one.exclude_ids | other.exclude_ids,
        exclude_keys=one.exclude_keys | other.exclude_keys,
        exclude_tags=one.exclude_tags | other.exclude_tags,
        exclude_sections=one.exclude_sections | other.exclude_sections,
        exclude_authors=one.exclude_authors | other.exclude_authors,
        wordings=one.wordings | other.wordings,
        exclude_wordings=one.exclude_wordings | other.exclude_wordings,
        # An article has one section, but may have authors of both.
        further_authors=one.further_authors
        | other.further_authors
        | (frozenset([other.authors]) if one.authors and other.authors else frozenset()),
    )


def _either(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The names that both sets have; where one is empty, and so asks for nothing, the other."""
    if not (one and other):
        return one or other
    return _folded(one) & _folded(other) or _NOBODY


def _given(*moments: datetime | None) -> list[datetime]:
    return [moment for moment in moments if moment is not None]


_NOBODY = frozenset({""})  # asks for a name that no article has


@lru_cache(16_384)  # the same names over and over, of each candidate and each tag of a question
def fold(name: str) -> str:
    """The form in which tags, sections, authors and languages are compared."""
    name = unicodedata.normalize("NFC", name).replace("İ", "I")
    return name.strip().lstrip("#").strip().casefold().replace("_", "-")


def attributes(article: Article) -> dict[str, frozenset[str]]:
    """The folded names under which each attribute of an article can be asked for."""
    language = (article.language or UNDETERMINED).replace("_", "-")
    return {
        "section": _folded([article.section or ""]),
        "tag": _folded(article.tags),
        "author": _folded(article.authors),
        "language": _folded([language, language.split("-")[0]]),
    }


def conditions(where: Filter) -> list[tuple[str, frozenset[str]]]:
    """The filter as (attribute, names) pairs: each asks for any of its names, all must hold."""
    pairs: list[tuple[str, Collection[str]]] = [
        ("section", where.sections),
        ("author", where.authors),
        *(("author", names) for names in where.further_authors),
        ("language", where.languages),
        *(("tag", [tag]) for tag in where.tags),
    ]
    # A name that folds to nothing ("#") still asks for something: what no article has.
    return [(attribute, _folded(names)) for attribute, names in pairs if names]


def exclusions(where: Filter) -> list[tuple[str, frozenset[str]]]:
    """What the filter leaves out, as (attribute, names) pairs: any of the names is enough."""
    pairs = [
        ("section", where.exclude_sections),
        ("tag", where.exclude_tags),
        ("author", where.exclude_authors),
    ]
    return [(attribute, _folded(names)) for attribute, names in pairs if names]


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for name in names if (folded := fold(name)))
