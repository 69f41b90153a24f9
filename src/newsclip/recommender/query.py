"""What somebody typed into the search box: words to look for, and conditions.

::

    "harbour law"          exactly these words, one after the other
    -strike  -"oil price"  without this word, these words
    title:budget           with this word in the title, in any form
    tag:USRelations  section:"General"  author:"Ada Byron"
    before:2026  after:2025-06-01

What cannot be read as one of these is searched as plain words.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter, Wording, both

MAX_CONDITIONS = 32
"""More conditions than these in one query are refused."""

_OPEN, _CLOSE = '"“”„«', '"“”»'
_FIELDS = "tag|section|author|title|before|after"
_DATES = ("before", "after")
_PART = re.compile(
    rf"""
    (?P<minus>-)?
    (?:(?P<field>{_FIELDS}):)?
    (?:[{_OPEN}](?P<quoted>[^{_OPEN}{_CLOSE}]*)[{_CLOSE}] | (?P<word>[^\s]+))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FIELD_ALONE = re.compile(f"(?:{_FIELDS}):+", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?))?)?")


@dataclass(frozen=True)
class ParsedQuery:
    """A query: the ``text`` that is looked for by words and by meaning, and who may be an answer.

    ``phrases`` are those that were asked for word by word, as typed; the text holds them, too.
    """

    text: str
    phrases: tuple[str, ...] = ()
    where: Filter = Filter()

    def narrowed(self, where: Filter) -> Filter:
        """Who may be an answer by the query and by a filter that was asked for beside it."""
        return both(self.where, where)


def parse(query: str) -> ParsedQuery:
    """Reads a query. Raises QueryInvalid if it has more than MAX_CONDITIONS."""
    reading = _Reading()
    for part in _PART.finditer(query):
        if not reading.take(part):
            reading.words.append(part.group())
    if reading.conditions > MAX_CONDITIONS:
        problem = f"has {reading.conditions} conditions, of {MAX_CONDITIONS} at most"
        raise QueryInvalid("q", query, "ask for less at once", problem)
    text = " ".join(reading.words) if reading.conditions else query
    return ParsedQuery(text, tuple(reading.phrases), reading.filter())


@dataclass
class _Reading:
    """What has been read so far."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    conditions: int = 0
    names: dict[str, set[str]] = field(default_factory=dict)
    wordings: set[Wording] = field(default_factory=set)
    unwanted: set[Wording] = field(default_factory=set)
    after: datetime | None = None
    before: datetime | None = None

    def take(self, part: re.Match[str]) -> bool:
        """Takes a part in as a condition; False if it is none."""
        name, quoted = (part["field"] or "").lower(), part["quoted"]
        value = part["word"] if quoted is None else quoted
        minus = part["minus"] is not None
        if not _says_something(value) or (quoted is None and _is_plain(value, bool(name or minus))):
            return False
        if name in ("title", ""):
            self._wording(Wording(value, name, exact=quoted is not None), minus)
            taken = True
        else:
            taken = (self._date if name in _DATES else self._name)(name, value, minus)
        self.conditions += taken
        if taken and quoted is not None and not (name or minus):
            self.phrases.append(value)
        return taken

    def _wording(self, wording: Wording, minus: bool) -> None:
        (self.unwanted if minus else self.wordings).add(wording)
        if not minus:
            self.words.append(wording.text)

    def _name(self, name: str, value: str, minus: bool) -> bool:
        self.names.setdefault(f"-{name}" if minus else name, set()).add(value)
        return True

    def _date(self, name: str, value: str, minus: bool) -> bool:
        moment = _moment(value)
        if minus or moment is None:
            return False
        if name == "after":
            self.after = max(moment, self.after or moment)
        else:
            self.before = min(moment, self.before or moment)
        return True

    def filter(self) -> Filter:
        names = {name: frozenset(values) for name, values in self.names.items()}
        none: frozenset[str] = frozenset()
        return Filter(
            sections=names.get("section", none),
            tags=names.get("tag", none),
            authors=names.get("author", none),
            published_from=self.after,
            published_to=self.before,
            exclude_sections=names.get("-section", none),
            exclude_tags=names.get("-tag", none),
            exclude_authors=names.get("-author", none),
            wordings=frozenset(self.wordings),
            exclude_wordings=frozenset(self.unwanted),
        )


def _says_something(value: str) -> bool:
    return any(character.isalnum() for character in value)


def _is_plain(word: str, asked: bool) -> bool:
    """Whether a word without quotes is no condition: bare, or broken."""
    return not asked or bool(set(word) & set(_OPEN + _CLOSE) or _FIELD_ALONE.fullmatch(word))


def _moment(value: str) -> datetime | None:
    """The first instant of a day, a month or a year, in UTC."""
    found = _DATE.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
