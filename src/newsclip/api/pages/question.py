"""What a reader asks for: the parameters of the search page."""

from dataclasses import dataclass, replace
from typing import Any, Self, cast, get_args

from flask import url_for
from werkzeug.datastructures import MultiDict

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter
from newsclip.recommender.search_page import Mode

MODES = get_args(Mode)
PER_PAGE = 10


@dataclass(frozen=True)
class Question:
    """Words to look for, conditions, and how far into the results the page begins."""

    words: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    mode: Mode = "hybrid"
    offset: int = 0

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Self:
        """Reads a query string. Raises QueryInvalid for a mode or an offset that is none."""
        mode = args.get("mode") or "hybrid"
        if mode not in MODES:
            raise QueryInvalid("mode", mode, f"use one of {', '.join(MODES)}", "is no search mode")
        return cls(
            words=args.get("q", "").strip(),
            section=args.get("section", "").strip(),
            tags=tuple(tag.strip().lstrip("#") for tag in args.getlist("tag") if tag.strip(" #")),
            mode=cast(Mode, mode),
            offset=_offset(args.get("offset") or "0"),
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked: neither words nor a condition."""
        return not (self.words or self.section or self.tags)

    @property
    def where(self) -> Filter:
        """The conditions: in the section, and with all of the tags."""
        sections = frozenset({self.section} - {""})
        return Filter(sections=sections, tags=frozenset(self.tags))

    def url(self, **changes: Any) -> str:
        """The address of this question, or of one that differs from it in ``changes``."""
        asked = replace(self, **changes)
        return url_for(
            "pages.search_page",
            q=asked.words or None,
            section=asked.section or None,
            tag=asked.tags or None,
            mode=None if asked.mode == "hybrid" else asked.mode,
            offset=asked.offset or None,
        )


def _offset(text: str) -> int:
    # int() alone would also take "+5", "1_0" and digits of other scripts.
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise QueryInvalid("offset", text, "use a whole number from 0", "is no position")
    return int(text)
