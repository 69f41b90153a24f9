"""Text with its matches marked, safe to put into a page."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

_SENTENCE_END = re.compile(r"([.!?][”’\"')]*|\n)\s*$")


def marked(text: str, ranges: Iterable[tuple[int, int]]) -> Markup:
    """``text`` with ``<mark>`` around each (start, end) range of characters.

    Every piece is escaped by itself, so the marks are the only markup in the result.
    Ranges may come in any order; what overlaps or lies outside the text is cut off.
    """
    pieces: list[Markup] = []
    done = 0
    for start, end in sorted(ranges):
        start, end = max(start, done), min(end, len(text))
        if start < end:
            pieces += [escape(text[done:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            done = end
    return Markup("").join([*pieces, escape(text[done:])])


def passage(text: str, ranges: Iterable[tuple[int, int]], source: str) -> Markup:
    """A passage of ``source`` with its marks, and with "…" where it breaks into a sentence."""
    text = text.rstrip()
    before, found, after = source.partition(text) if text else ("", "", "")
    starts_late = found and before and not _SENTENCE_END.search(before)
    ends_early = found and after and not _SENTENCE_END.search(text + after[:1])
    body = marked(text, ranges)
    return Markup("{}{}{}").format("…" if starts_late else "", body, "…" if ends_early else "")


def marked_words(text: str, words: str) -> Markup:
    """``text`` with the first occurrence of ``words`` marked, whatever the letter case."""
    found = re.search(re.escape(words), text, re.IGNORECASE) if words else None
    return marked(text, [found.span()] if found else [])
