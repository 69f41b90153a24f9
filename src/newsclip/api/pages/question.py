"""What a reader asks for: the parameters of the search page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self, cast, get_args

from flask import url_for
from werkzeug.datastructures import MultiDict

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter, fold
from newsclip.recommender.search_page import FacetName, FacetValue, Mode, SearchOptions, Sort

MODES = get_args(Mode)
SORTS = get_args(Sort)
PER_PAGE = 10
FACETS: tuple[FacetName, ...] = ("section", "tag", "author", "year")
_VALUES = 8  # of a facet: as many as fit beside the results
Last = Literal["", "7d", "30d", "365d"]


@dataclass(frozen=True)
class Question:
    """Words to look for, conditions, an order, and how far into the results the page begins.

    ``collapse`` shows copies once. A ``cursor`` takes over where an offset no longer reaches.
    """

    words: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    year: str = ""
    last: Last = ""
    mode: Mode = "hybrid"
    sort: Sort = "relevance"
    collapse: bool = False
    offset: int = 0
    cursor: str = ""

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Self:
        """Reads a query string. Raises QueryInvalid for a value that makes no sense."""
        return cls(
            words=args.get("q", "").strip(),
            section=args.get("section", "").strip(),
            tags=tuple(tag.strip().lstrip("#") for tag in args.getlist("tag") if tag.strip(" #")),
            authors=tuple(name.strip() for name in args.getlist("author") if name.strip()),
            year=_year(args.get("year", "").strip()),
            last=cast(Last, _one_of("last", args.get("last") or "", get_args(Last))),
            mode=cast(Mode, _one_of("mode", args.get("mode") or "hybrid", MODES)),
            sort=cast(Sort, _one_of("sort", args.get("sort") or "relevance", SORTS)),
            collapse=_one_of("collapse", args.get("collapse") or "", ("", "story")) == "story",
            offset=_offset(args.get("offset") or "0"),
            cursor=args.get("cursor", ""),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked: neither words nor a condition."""
        return not (self.words or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a condition beside the words."""
        return bool(self.section or self.tags or self.authors or self.year or self.last)

    def options(self, now: datetime) -> SearchOptions:
        """The domain's options."""
        return SearchOptions(
            mode=self.mode,
            limit=PER_PAGE,
            offset=0 if self.cursor else self.offset,
            where=self._where(now),
            sort=self.sort if self.words or self.sort != "relevance" else "newest",
            collapse=self.collapse,
            facets=FACETS,
            cursor=self.cursor or None,
        )

    def _where(self, now: datetime) -> Filter:
        year = int(self.year) if self.year else None
        since = now - timedelta(days=int(self.last[:-1])) if self.last else None
        first = datetime(year, 1, 1, tzinfo=UTC) if year else None
        return Filter(
            sections=frozenset({self.section} - {""}),
            tags=frozenset(self.tags),
            authors=frozenset(self.authors),
            published_from=max(filter(None, [since, first]), default=None),
            published_to=datetime(year + 1, 1, 1, tzinfo=UTC) if year else None,
        )

    def chosen(self) -> list[tuple[str, str]]:
        """Each condition that a link may take away: how it reads, and the address without it."""
        conditions: list[tuple[str, dict[str, Any]]] = [
            *((f"#{tag}", {"tags": _without(self.tags, tag)}) for tag in self.tags),
            *((name, {"authors": _without(self.authors, name)}) for name in self.authors),
            *([(self.year, {"year": ""})] if self.year else []),
        ]
        return [(label, self.url(**changes)) for label, changes in conditions]

    def offered(self, facet: FacetName, values: Sequence[FacetValue]) -> Sequence[FacetValue]:
        """The values of a facet that narrow the question further, those of most articles.

        Only several tags mean all of them: with a second section, author or year there would be
        more articles, and not those that were counted.
        """
        taken = {
            "section": [self.section],
            "tag": self.tags,
            "author": self.authors,
            "year": [self.year],
        }[facet]
        if facet != "tag" and any(taken):
            return ()
        folded = set(map(fold, taken))
        return [each for each in values if fold(each.value) not in folded][:_VALUES]

    def narrowed(self, facet: FacetName, value: str) -> str:
        """The address of the same question with one condition more."""
        changes: dict[FacetName, dict[str, Any]] = {
            "section": {"section": value},
            "tag": {"tags": (*self.tags, value)},
            "author": {"authors": (*self.authors, value)},
            "year": {"year": value},
        }
        return self.url(**changes[facet])

    def url(self, **changes: Any) -> str:
        """The address of this question, or of one that differs in ``changes``; from the beginning.

        Unless ``changes`` say where to go on.
        """
        asked = replace(replace(self, offset=0, cursor=""), **changes)
        return url_for(
            "pages.search_page",
            q=asked.words or None,
            section=asked.section or None,
            tag=asked.tags or None,
            author=asked.authors or None,
            year=asked.year or None,
            last=asked.last or None,
            mode=None if asked.mode == "hybrid" else asked.mode,
            sort=None if asked.sort == "relevance" else asked.sort,
            collapse="story" if asked.collapse else None,
            offset=asked.offset or None,
            cursor=asked.cursor or None,
        )


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _one_of(field: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        remedy = f"use one of {', '.join(filter(None, known))}"
        raise QueryInvalid(field, value, remedy, "is not known here")
    return value


def _year(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) < 9_999):
        raise QueryInvalid("year", text, "use a year such as 2026", "is no year")
    return text


def _offset(text: str) -> int:
    # int() alone would also take "+5", "1_0" and digits of other scripts.
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise QueryInvalid("offset", text, "use a whole number from 0", "is no position")
    return int(text)
