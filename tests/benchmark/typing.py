"""How long suggestions, corrections and phrases take, as JSON on stdout.

    python -m tests.benchmark.typing DIR [--questions 1000] [--titles 1000000]

DIR is an archive with a snapshot. Times are milliseconds of the processor, p50 and p99, since on a
busy machine the clock tells of others. What is typed are one to three words of titles, the last cut
off; in a third of them two letters have changed places. Names are those of most articles, cut off
behind their field. With ``--titles`` so many titles, each of
the halves of two, are indexed beside it, with as many words as an archive of that size has, and
what a suggestion looks up there is measured alone.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from newsclip.index.analysis import Analyzer
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import Filter, Wording
from newsclip.index.lexicon import Lexicon
from newsclip.index.view import View
from newsclip.index.wordlist import WordList
from newsclip.recommender.search import search
from newsclip.recommender.spelling import corrections
from newsclip.recommender.suggest import suggest

_WRITER_BYTES = 256 * 2**20
_WORDS = 1_000_000  # of a million articles: by the square root law from 135,000 of 37,391, 0.7 M


def measure(directory: Path, questions: int, titles: int) -> dict[str, Any]:
    """All figures of an archive."""
    with Archive.open(directory, trusting=True) as archive, archive.reading() as view:
        known = _titles(view)
        chosen = random.Random(0)
        typed = [_begun(chosen.choice(known), chosen) for _ in range(questions)]
        mistyped = [_swapped(chosen.choice(chosen.choice(known).split()), chosen) for _ in typed]
        names = view.typed.names("", 1_000)
        named = [_begun_name(*chosen.choice(names)[:2], chosen) for _ in typed if names]
        phrases = [_phrase(chosen.choice(known), chosen) for _ in typed]
        figures: dict[str, Any] = {
            "articles": len(view),
            "words": len(view._layers.words),
            "suggest": _times(lambda text: suggest(view, text), typed),
            "suggest_mistyped": _times(lambda text: suggest(view, text), mistyped),
            "suggest_names": _times(lambda text: suggest(view, text), named or typed),
            "corrections": _times(lambda text: corrections(view, text), mistyped),
            "phrase_anew": _times(lambda text: _count(view, text), phrases),
            "search_phrase": _times(lambda text: search(view, f'"{text}"'), phrases),
        }
    if titles:
        figures["alone"] = _alone(known, titles, typed, mistyped)
    return figures


def _titles(view: View) -> list[str]:
    keys = view.newest(Filter(), 20_000)
    return [title for _, _, title in view.typed.titles(np.array(keys, np.int64)) if len(title) > 20]


def _begun(title: str, chosen: random.Random) -> str:
    """One to three words of a title, the last of them half typed, perhaps with a mistake."""
    words = title.split()
    start = chosen.randrange(max(1, len(words) - 3))
    *before, last = words[start : start + chosen.randint(1, 3)]
    cut = last[: chosen.randint(min(2, len(last)), len(last))]
    return " ".join([*before, _swapped(cut, chosen) if not chosen.randrange(3) else cut])


def _begun_name(attribute: str, name: str, chosen: random.Random) -> str:
    return f"{attribute}:{name[: chosen.randint(0, len(name))]}"


def _swapped(word: str, chosen: random.Random) -> str:
    if len(word) < 4:
        return word
    at = chosen.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _phrase(title: str, chosen: random.Random) -> str:
    words = title.split()
    start = chosen.randrange(max(1, len(words) - 2))
    return " ".join(words[start : start + 2]).replace('"', "")


def _count(view: View, phrase: str) -> int:
    """Asks for a phrase that no mask is kept of."""
    for segment in view._layers.segments:
        segment._worded.clear()
    view._filter = None
    return view.count(Filter(wordings=frozenset([Wording(phrase, exact=True)])))


def _times(ask: Callable[[str], object], texts: Sequence[str]) -> dict[str, float]:
    for text in texts[:50]:
        ask(text)
    times = []
    for text in texts:
        began = time.process_time()
        ask(text)
        times.append(1_000 * (time.process_time() - began))
    p50, p99 = np.percentile(times, [50, 99])
    return {"p50": round(float(p50), 2), "p99": round(float(p99), 2)}


def _alone(
    known: Sequence[str], count: int, typed: Sequence[str], mistyped: Sequence[str]
) -> dict[str, Any]:
    """What suggestions look up, in an index of nothing but titles."""
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as folder:
        lexicon = Lexicon(analyzer, Path(folder), _WRITER_BYTES)
        for key, title in enumerate(_recombined(known, count)):
            published_at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=13 * key)
            lexicon.add(key, Article(id=str(key), title=title, published_at=published_at))
        lexicon.commit()
        lexicon.close()
        words = _words(lexicon)

        def ask(text: str) -> object:
            *before, last = analyzer.forms(text) or [""]
            if before:
                return lexicon.titled(before, (), 240)
            if len(last) < 3:
                return None
            places = words.starting(last)
            places = places if len(places) else words.starting_nearly(last)
            endings = [words[place] for place in words.most(places, 16).tolist()]
            return lexicon.titled((), endings, 120) if endings else None

        return {
            "titles": count,
            "words": len(words),
            "looked_up": _times(ask, typed),
            "nearest": _times(words.nearest, mistyped),
        }


def _words(lexicon: Lexicon) -> WordList:
    """The words of the titles, and made ones up to as many as so many articles have."""
    counted = dict(lexicon.forms())
    chosen, own = random.Random(1), sorted(counted)
    while len(counted) < _WORDS:
        one, other = chosen.choice(own), chosen.choice(own)
        counted.setdefault(one[: chosen.randint(1, 6)] + other[-chosen.randint(1, 6) :], 1)
    return WordList(WordList.arrays_of(list(counted.items())))


def _recombined(known: Sequence[str], count: int) -> Iterator[str]:
    chosen = random.Random(2)
    halves = [title.split() for title in known]
    for _ in range(count):
        one, other = chosen.choice(halves), chosen.choice(halves)
        yield " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--titles", type=int, default=0)
    given = parser.parse_args()
    figures = measure(given.directory, given.questions, given.titles)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
