"""Names in a text: runs of capitalised words, in any script that has capitals."""

import calendar
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from newsclip.index.sentences import TITLES

# In which an article's own names are looked for. Of 10,000 hits of real articles .4 % lose all
# names that the first 20,000 tell, and what takes longest is done in 40 % of the time.
_NAMED_IN = 8_000
_CHARACTERS = 20_000  # of a text; who matters is named in its beginning
_PLANE = 0x10000  # scripts with capitals beyond it are historical
_MOST = 60  # names of one text
PARTICLES = "of|de|del|della|da|do|dos|der|van|von|bin|al|la|el"
_STARTS = '.!?:;\n"“”„«»‘(–—-•'  # a capital after these may be the sentence's
_ENDS, _CLOSES = tuple(".!?…。！？:;"), "\"'”’»)"
_CALENDAR = frozenset([*calendar.day_name, *calendar.month_name, *calendar.month_abbr])
_TITLES = frozenset([*TITLES, "Rear", "Herr", "Frau", "Mme"])
_NOT_AT_ENDS = _CALENDAR | _TITLES | frozenset(PARTICLES.split("|"))


def own_names(title: str, summary: str, body: str) -> tuple[str, ...]:
    """The names in an article, those of the most words first; a headline's only without a body."""
    text = f"{summary}\n{in_sentences(body)}" if body else f"{title}\n{summary}"
    return longest_first(names_in(text[:_NAMED_IN]))


def in_sentences(text: str) -> str:
    """The lines of a text that end as a sentence does; all lines where none of them does.

    The others are subheads, in which many have a capital at each word, captions, and what a page
    says around its text: "Getty Images", "Sign up for Daily Newsletters".
    """
    lines = text.splitlines()
    whole = [line for line in lines if line.rstrip().rstrip(_CLOSES).endswith(_ENDS)]
    return "\n".join(whole) or text


def names_in(text: str) -> tuple[str, ...]:
    """The names in a text, in the order in which they first stand there.

    A capital at the beginning of a sentence says nothing: such a word is left off if the text has
    it in small letters too, and alone it is a name only if it stands elsewhere within a sentence,
    or behind a title. Days, months, titles and what is evidently abbreviated ("R-Ky.", "Inc.") are
    no names, and a genitive ends one: "Romney's" is "Romney". (So "McDonald's" is "McDonald", but
    of a hundred such words 99 are genitives.)
    """
    text = text[:_CHARACTERS]
    inside: dict[str, None] = {}
    doubtful: list[str] = []
    titled = -1  # where what follows the last title begins
    for run in _runs().finditer(text):
        written = run.group().removesuffix("'s").removesuffix("’s").split(" ")
        is_short = text.startswith(".", run.end()) and _is_abbreviated(text, run)
        words = _trimmed(written[:-1] if is_short else written)
        begins = run.start() != titled and _begins_sentence(text, run.start())
        at_start = begins and words[:1] == written[:1]
        titled = run.end() + len(". ") if written[-1] in _TITLES else -1
        if at_start and len(words) == 1:
            doubtful += words
        elif at_start and _stands_in(words[0].lower(), text):
            inside.setdefault(" ".join(_trimmed(words[1:])))
        elif words:
            inside.setdefault(" ".join(words))
    known = {word for name in inside for word in name.split()}
    doubtful = [name for name in dict.fromkeys(doubtful) if name in known]
    inside.update((name, None) for name in doubtful if not _stands_in(name.lower(), text))
    return tuple(inside)[:_MOST]


def longest_first(names: Iterable[str]) -> tuple[str, ...]:
    """The names with the most words first, of those the longest."""
    return tuple(sorted(names, key=lambda name: (-len(name.split()), -len(name))))


def shared_names(names: Iterable[str], text: str, most: int) -> tuple[str, ...]:
    """The first of the names that stand in another text too.

    A name that is part of one before it that is shared says nothing more.
    """
    text = text[:_CHARACTERS]
    found: list[str] = []
    together = ""
    for name in names:
        if name not in together and _stands_in(name, text):
            found.append(name)
            if len(found) == most:
                break
            together += f"{name}\n"
    return tuple(found)


def _is_abbreviated(text: str, run: re.Match[str]) -> bool:
    """Whether the point behind a run ends no sentence, but the run's last word.

    "Jr." stays: a son is not his father.
    """
    before, behind = text[run.start() - 1 : run.start()], text[run.end() + 1 : run.end() + 3]
    goes_on = behind[:1] == "," or (behind[:1] == " " and behind[1:].islower())
    return (goes_on or before + behind[:1] == "()") and not run.group().endswith(("Jr", "Sr"))


def _trimmed(words: list[str]) -> list[str]:
    """The words of a name without days, months, titles and particles at its ends."""
    while words and words[-1] in _NOT_AT_ENDS:
        words = words[:-1]
    while words and words[0] in _NOT_AT_ENDS:
        words = words[1:]
    return words


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text as a whole; a pattern for each would have to be compiled."""
    at = text.find(name)
    while at >= 0:
        around = text[max(0, at - 1) : at] + text[at + len(name) : at + len(name) + 1]
        if not around or _APART(around):
            return True
        at = text.find(name, at + 1)
    return False


_APART = re.compile(r"\W+").fullmatch


def _begins_sentence(text: str, at: int) -> bool:
    if at > 1 and text[at - 1] == " " and text[at - 2].isalnum():  # as most do
        return False
    before = text[max(0, at - 3) : at].rstrip(" \t")
    return not before or before[-1] in _STARTS


@cache
def _runs() -> re.Pattern[str]:
    """Capitalised words up to a genitive; particles may stand between them."""
    word = rf"[{_capitals()}][\w’'-]*[\w]"
    # What is before the capital is looked at after it: only then does the search skip to capitals.
    first = rf"[{_capitals()}](?<!\w.)[\w’'-]*[\w]"
    return re.compile(rf"{first}(?:(?<!['’]s) (?:(?:{PARTICLES}) )?{word})*")


def _capitals() -> str:
    """All capital letters, as the ranges of a regular expression."""
    codes = [c for c in range(_PLANE) if unicodedata.category(chr(c)) in ("Lu", "Lt")]
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges(codes))


def _ranges(codes: Sequence[int]) -> Iterable[tuple[int, int]]:
    first = last = codes[0]
    for code in codes[1:]:
        if code != last + 1:
            yield first, last
            first = code
        last = code
    yield first, last
