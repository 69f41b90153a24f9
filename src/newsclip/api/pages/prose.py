"""An article's plain text as the blocks that a page is set in."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from newsclip.index.article import Article

BlockKind = Literal["paragraph", "subhead", "note", "list"]

_BULLET = re.compile(r"[-*•–]\s+(?=\S)")
_NOTE = re.compile(
    r"(Correction|Clarification|Editor[’']s note|Update)\b[^.:]{0,40}[:.]\s", re.IGNORECASE
)
_SENTENCES = re.compile(r"(.*[.!?][”’\"')]*)\s")
_SUBHEAD_CHARACTERS = 80
_SUBHEAD_WORDS = 12
_TEASER_CHARACTERS = 180


@dataclass(frozen=True)
class Block:
    """One block of a body; only a list has more than one line."""

    kind: BlockKind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The only line of a block that is no list."""
        return self.lines[0]


def blocks(article: Article) -> list[Block]:
    """The body in reading order; a first line that repeats the title is left out.

    Archives separate paragraphs by one line break as often as by two, so each line is a block
    of its own, and bullets on neighbouring lines make one list.
    """
    lines = [line.strip() for line in article.body.splitlines() if line.strip()]
    if lines and lines[0].casefold() == article.title.strip().casefold():
        del lines[0]
    return list(_joined_lists(_classified(lines)))


def _classified(lines: Sequence[str]) -> Iterator[Block]:
    """Each line with its kind.

    A subhead stands alone between two pieces of prose: several short lines in a row are
    an address, a timetable or a verse, and nothing follows the last line.
    """
    short = [False, *map(_could_be_subhead, lines), True]
    for line, before, itself, after in zip(lines, short, short[1:], short[2:], strict=False):
        if _BULLET.match(line):
            yield Block("list", (_BULLET.sub("", line, count=1),))
        elif _NOTE.match(line):
            yield Block("note", (line,))
        elif itself and not before and not after:
            yield Block("subhead", (line,))
        else:
            yield Block("paragraph", (line,))


def _joined_lists(parts: Iterator[Block]) -> Iterator[Block]:
    waiting: tuple[str, ...] = ()
    for part in parts:
        if part.kind == "list":
            waiting += part.lines
            continue
        if waiting:
            yield Block("list", waiting)
            waiting = ()
        yield part
    if waiting:
        yield Block("list", waiting)


def _could_be_subhead(line: str) -> bool:
    """Short, not the middle of a sentence, and without the punctuation that ends one.

    A question may be a subhead ("A Crisis Averted?"), and "Up by 5%" has no final punctuation.
    """
    if len(line) > _SUBHEAD_CHARACTERS or len(line.split()) > _SUBHEAD_WORDS:
        return False
    if _BULLET.match(line):
        return False
    ends_open = line[-1] in "?%" or not unicodedata.category(line[-1]).startswith("P")
    return ends_open and not line[0].islower() and not re.search(r"[.!?]\s", line)


def headline(article: Article) -> str:
    """The title, or the beginning of the body where there is none."""
    return article.title.strip() or shortened(article.body, 80)


def teaser(article: Article) -> str:
    """What stands below a headline: the summary, or the first sentence or two of the body."""
    if article.summary.strip():
        return article.summary.strip()
    prose = (block.text for block in blocks(article) if block.kind == "paragraph")
    return shortened(next(prose, ""), _TEASER_CHARACTERS)


def shortened(text: str, characters: int) -> str:
    """``text`` on one line, at most ``characters`` long: whole sentences, or words and "…"."""
    text = " ".join(text.split())
    if len(text) <= characters:
        return text
    whole = _SENTENCES.match(text[: characters + 1])
    if whole and 2 * len(whole[1]) > characters:
        return whole[1]
    kept = text[:characters].rpartition(" ")[0] or text[: characters - 1]
    return kept.rstrip(" ,;:–—-") + "…"
