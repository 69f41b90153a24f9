"""Where the sentences of a text begin and end."""

import re

_CLOSING, _OPENING = r"[\"”’»')\]]*", r"[\"“‘«'(\[]*"
SENTENCE = re.compile(
    rf"""
    [^\s.!?][^.!?\n]*
    (?:  # no end: behind an initial or a title, within a number, before a small letter
        (?:
            (?<=\b[A-Z])\. | (?<=\b(?:Mr|Ms|Dr|St|Jr|Sr|vs))\. | (?<=\b(?:Mrs|Sen|Rep|Gov|Gen))\.
            | [.!?]+{_CLOSING}(?!{_CLOSING}(?:\s+{_OPENING}[^\Wa-z_]|\s*(?:\n|\Z)))
        )
        [^.!?\n]*
    )*
    (?:[.!?]+{_CLOSING})?
    """,
    re.VERBOSE,
)
"""A sentence, perhaps with blanks at its end; a line break always ends one."""

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
