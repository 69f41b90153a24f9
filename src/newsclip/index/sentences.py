"""Where the sentences of a text begin and end."""

import re
from itertools import groupby

TITLES = (
    *("Mr", "Mrs", "Ms", "Messrs", "Dr", "Prof", "Rev", "Sra"),
    *("Sen", "Sens", "Rep", "Reps", "Gov", "Govs"),
    *("Adm", "Gen", "Brig", "Maj", "Lt", "Col", "Capt", "Cmdr", "Sgt", "Cpl"),
)
"""Titles that stand before a name with a point."""


def _points_behind(words: tuple[str, ...]) -> str:
    """A pattern of the point behind one of some words."""
    by_length = groupby(sorted(words, key=len), len)  # what is looked back at has one length
    return "|".join(rf"(?<=\b(?:{'|'.join(group)}))\." for _, group in by_length)


_NO_END = rf"(?<=\b[A-Z])\.|{_points_behind((*TITLES, 'St', 'Jr', 'Sr', 'vs'))}"
_CLOSING, _OPENING = r"[\"”’»')\]]*", r"[\"“‘«'(\[]*"
SENTENCE = re.compile(
    rf"""
    [^\s.!?][^.!?\n]*
    (?:  # no end: behind an initial or a title, within a number, before a small letter
        (?:
            {_NO_END} | [.!?]+{_CLOSING}(?!{_CLOSING}(?:\s+{_OPENING}[^\Wa-z_]|\s*(?:\n|\Z)))
        )
        [^.!?\n]*
    )*
    (?:[.!?]+{_CLOSING})?
    """,
    re.VERBOSE,
)
"""A sentence, perhaps with blanks at its end; a line break always ends one."""

SENTENCE_END = re.compile(rf"(?!{_NO_END})[.!?]{_CLOSING}\s+|\n+")
"""Where a sentence has ended and the next may begin; in the middle of a text quicker to find."""

_SHORTEST, _LONGEST = 20, 400  # characters; what is shorter is a byline or a subhead


def sentence_spans(text: str, most: int) -> list[tuple[int, int]]:
    """Where the first sentences of a text that are worth showing begin and end."""
    spans: list[tuple[int, int]] = []
    for match in SENTENCE.finditer(text):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        if _SHORTEST <= end - start <= _LONGEST:
            spans.append((start, end))
        if len(spans) == most:
            break
    return spans
