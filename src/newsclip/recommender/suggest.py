"""What somebody who has begun to type may want to ask.

All of it is made of what readers may see in the archive at this moment, not of what others have
asked before: so every suggestion finds something, and none tells what is not published.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, cast

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.index.wordlist import edits
from newsclip.recommender.query import parse

MAX_CHARACTERS = 200
"""What is typed beyond it is no beginning any more."""

NameKind = Literal["tag", "section", "author"]
CompletionKind = Literal["tag", "section", "author", "query", "title"]

_NAMES, _QUERIES = 3, 3  # of a list at most; the rest are titles
_ASKED = 20  # names, for some that a query can say
_TITLES = 30  # the newest ones, which queries are completed from
_LOOKED_AT = 60  # titles, for the ones in which a word begins as the last one does
_WORDS = (16, 256)  # that a word alone may become; more where no visible title has one of them
_SHORTEST = 3  # letters of a word alone that titles are looked up by
_FIELD = re.compile(r'(?:^|.*\s)-?(tag|section|author):"?([^"]*)', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Completion:
    """One way to go on: a tag, section or author to look at, a query, or an article.

    ``articles`` is how many visible ones have the name, for a name; ``article_id`` and ``url``
    are the article's, for a title.
    """

    kind: CompletionKind
    text: str
    articles: int | None = None
    article_id: str | None = None
    url: str | None = None


def suggest(view: View, typed: str, limit: int = 8) -> list[Completion]:
    """How what was typed may go on: names first, then queries, then titles of the newest articles.

    The last word may be half typed. Where nothing begins as it does, one letter may be wrong.
    Behind ``tag:``, ``section:`` or ``author:`` only such names are given.
    """
    typed = typed[:MAX_CHARACTERS].replace("#", " ")  # half of a hashtag has no words yet
    if field := _FIELD.fullmatch(typed):
        return _names(view, " ".join(view.forms(field[2])), limit, field[1].lower())
    words = view.forms(typed)
    if not words:
        return []
    names = _names(view, " ".join(words), min(_NAMES, limit))
    titles = _titles(view, words)
    before = typed[: view.words(typed)[-1].start].lstrip()
    queries = [Completion("query", before + run) for run in _runs(words[-1], titles)]
    articles = [Completion("title", each.title, None, each.id, each.url) for each in titles]
    return [*names, *queries[: min(_QUERIES, limit - len(names))], *articles][:limit]


def other_queries(view: View, query: str, text: str) -> tuple[str, ...]:
    """What finds something where a query finds nothing: it without its conditions, and names.

    ``text`` are its words, spelled as the archive spells them.
    """
    text = text[:MAX_CHARACTERS]
    shown = view.shown([word.term for word in view.query_words(text)])
    freed = [text] if shown and parse(query).where != Filter() else []
    names = _names(view, " ".join(view.forms(text)), _ASKED)
    asking = [each for each in map(_asking_for, names) if each is not None]
    return (*freed, *asking[:_NAMES])


def _asking_for(name: Completion) -> str | None:
    """A query that finds what has the name, if one can say it: there are no quotes within quotes.

    Nor does a query ask for signs alone.
    """
    field = f"{name.kind}:"
    queries = (f"{field}{name.text}", f'{field}"{name.text}"')
    return next((query for query in queries if _asks_for(query, name)), None)


def _asks_for(query: str, name: Completion) -> bool:
    try:
        asked = parse(query)
    except QueryInvalid:  # a name that reads like dozens of conditions
        return False
    return not asked.text and getattr(asked.where, f"{name.kind}s") == {name.text}


def _names(view: View, prefix: str, limit: int, kind: str = "") -> list[Completion]:
    find = view.typed.names
    found = find(prefix, limit, kind) or find(prefix, limit, kind, nearly=True)
    return [Completion(cast(NameKind, kind), name, count) for kind, name, count in found]


@dataclass(frozen=True)
class _Title:
    id: str
    url: str | None
    title: str
    words: Sequence[str]


def _titles(view: View, words: Sequence[str]) -> list[_Title]:
    """The newest visible articles in whose titles the words stand, the last perhaps half typed."""
    *before, last = words
    if not before:
        return _titles_of_word(view, last) if len(last) >= _SHORTEST else []
    looked_at = _read(view, before, (), _LOOKED_AT)
    for begins in _ways_to_begin(last):
        if fitting := [title for title in looked_at if any(map(begins, title.words))]:
            return fitting[:_TITLES]
    return []


def _titles_of_word(view: View, word: str) -> list[_Title]:
    for nearly, most in product((False, True), _WORDS):
        endings = view.typed.words(word, most, nearly)
        if endings and (found := _read(view, (), endings, _TITLES)):
            return found
    return []


def _read(view: View, before: Sequence[str], last: Sequence[str], limit: int) -> list[_Title]:
    found = view.typed.titles(view.typed.titled(before, last, limit))
    return [_Title(each, url, title, view.forms(title)) for each, url, title in found]


def _ways_to_begin(last: str) -> Iterator[Callable[[str], bool]]:
    """Whether a word begins as the last one does; then whether it nearly does."""
    yield lambda word: word.startswith(last)
    if near := edits(last):
        lengths = range(len(last) - 1, len(last) + 2)
        yield lambda word: not near.isdisjoint(word[:length] for length in lengths)


def _runs(last: str, titles: Sequence[_Title]) -> list[str]:
    """The words of titles that the last one may become, and two that follow each other often."""
    for begins in _ways_to_begin(last):
        counted = Counter(run for title in titles for run in set(_beginning(title.words, begins)))
        if counted:
            ranked = sorted(counted, key=lambda run: (-counted[run], len(run), run))
            return [r for r in ranked if r != last and (" " not in r or counted[r] > 1)]
    return []


def _beginning(words: Sequence[str], begins: Callable[[str], bool]) -> Iterator[str]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if begins(word):
            yield word
            if len(following) >= _SHORTEST:
                yield f"{word} {following}"
