"""New tags for a draft: its names and key phrases that the vocabulary lacks."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from newsclip.index.filters import Filter, fold
from newsclip.index.names import in_sentences, names_in
from newsclip.index.sentences import SENTENCE
from newsclip.index.tag_names import comparable
from newsclip.index.view import View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.vocabulary import house_style

_RECENT = 500  # of the newest articles: what is written about now
_CHARACTERS = 10_000  # of a draft; what it is about stands in its beginning
_LOOKED_AT = 30  # candidates of a draft, by weight
_WORDS = 3  # of a key phrase, at most
_LEAST = 5  # letters of a key phrase of one word
_FEW = 10  # articles; of fewer none says which words are common
_TWICE = 2  # times that a phrase must stand there
_COMMON = 1.1  # idf of a word that a third of the articles have: no phrase begins or ends with it
_ARTICLE = 0.5  # idf of a word that more than half of the articles have
_TITLES = 2.0  # idf below which a word before a name may be a title: "President"
_CARRIED = 5.0  # recent articles with which a proposal has half of the weight of many
_NAME = 1.5  # how much more a name counts than a phrase
_LIKELY = 20.0  # a weight that makes for a score of a half

_Run = tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A tag that the vocabulary lacks, as the house would write it.

    ``score``, 0 to 1, ranks and is no probability; ``articles`` of the newest 500 have all
    of its words; ``matched`` is how the draft writes it first, in ``sentence``.
    """

    tag: str
    score: float
    articles: int
    matched: str
    sentence: str


def proposals(
    view: View, draft: Draft, limit: int = 5, banned: Collection[str] = frozenset()
) -> list[Proposal]:
    """The names and key phrases that tell the most, the best first.

    None of them is a tag, label or alias of the house or of the archive however it is written, or
    ``banned``, or a tag of the draft itself. They rank by their weight in the draft against the
    archive, ``(1 + ln tf)`` times the mean idf of the words (a word of the title counts twice, and
    a name half as much again), and by how many recent articles would carry them, ``n / (n + 5)``.
    """
    found = _Draft(view, draft)
    weights = {run: found.weight(run) for run in found.candidates()}
    best = sorted(weights, key=lambda run: (-weights[run], run))[:_LOOKED_AT]
    carried = _carried(view, best)
    scores = {
        run: weights[run] * (1 + carried[run] / (carried[run] + _CARRIED)) / 2 for run in best
    }
    unknown = _Unknown(view, {*banned, *draft.tags})
    style, chosen = house_style(view), dict[_Run, Proposal]()
    for run in sorted(best, key=lambda run: (-scores[run], run)):
        if len(chosen) == limit:
            break
        matched, sentence = found.written(run)
        overlaps = any(set(run) <= set(other) or set(other) <= set(run) for other in chosen)
        if not overlaps and unknown(run, matched):
            score = scores[run] / (scores[run] + _LIKELY)
            tag = style.written(matched)
            chosen[run] = Proposal(tag, score, carried[run], matched, sentence)
    return list(chosen.values())


def known_as(view: View, name: str) -> str | None:
    """The tag in use that a name is only another spelling or an alias of, or is.

    It is listed, or a visible article has it.
    """
    house = view.house()
    listed = house.find(name)
    if listed:
        return house.current(listed.tag)
    spelled = view.tags_spelled_like(name)
    shown = view.shown_tags(set(map(fold, spelled)))
    return next(filter(None, (house.current(tag) for tag in spelled if fold(tag) in shown)), None)


class _Unknown:
    """Whether no tag, in use or not, is meant by a run of terms."""

    def __init__(self, view: View, others: Collection[str]) -> None:
        self._view = view
        self._others = set(map(comparable, others))

    def __call__(self, run: _Run, matched: str) -> bool:
        view = self._view
        named = any(end - start == len(run) for _, start, end in view.tags_named_in(run))
        spelled = view.house().find(matched) or view.tags_spelled_like(matched)
        return not (named or spelled or comparable(matched) in self._others)


class _Draft:
    """A draft's words, and what runs of them weigh."""

    def __init__(self, view: View, draft: Draft) -> None:
        self._text = draft.text[:_CHARACTERS]
        self._title = len(draft.title) if draft.title.strip() else 0
        self._language = language_of(view, draft)
        self._view = view
        self._words = view.words(self._text, self._language)
        self._terms = self._words.terms
        self._idf = _rarities(view, set(self._terms))
        # How many of the words stand in the title; they come first.
        self._titled = bisect_right(self._words, self._title, key=lambda word: word.end)
        self._found: dict[_Run, list[int]] = {}
        self._at: dict[str, list[int]] = defaultdict(list)
        for place, term in enumerate(self._terms):
            self._at[term].append(place)
        self._named = set(self._names())

    def candidates(self) -> set[_Run]:
        """Names, and phrases that stand there twice; of a name its fullest form alone."""
        within = {term for name in self._named for term in name}
        runs = self._named | {run for run in self._phrases() if within.isdisjoint(run)}
        having: dict[str, list[_Run]] = defaultdict(list)
        for run in runs:
            for term in run:
                having[term].append(run)
        return {run for run in runs if not any(self._is_part(run, o) for o in having[run[0]])}

    def weight(self, run: _Run) -> float:
        """How much a run tells of the draft."""
        short = self._places(run[-1:]) if len(run) > 1 else []  # "Petro" for "Gustavo Petro"
        places = short if short and self._is_name_of_one(run) else self._places(run)
        times = len(places) + sum(place < self._titled for place in places)
        idf = sum(self._idf[term] for term in run) / len(run)
        return (1 + log(times)) * idf * (_NAME if run in self._named else 1)

    def written(self, run: _Run) -> tuple[str, str]:
        """How a run is written where it first stands in the body, and the sentence there."""
        places = self._places(run)
        inside = [place for place in places if place >= self._titled]
        place = (inside or places)[0]
        start, end = self._words[place].start, self._words[place + len(run) - 1].end
        sentences = (s.group().strip() for s in SENTENCE.finditer(self._text) if s.end() > start)
        return self._text[start:end], next(sentences, self._text)

    def _names(self) -> Iterator[_Run]:
        names = self._view.terms_of_each(names_in(in_sentences(self._text)), self._language)
        leading = Counter(name[0] for name in {tuple(name) for name in names if len(name) > 1})
        for name in names:
            run = tuple(name)
            while len(run) > 1 and self._is_title(run, leading[run[0]]):
                run = run[1:]
            if run and self._places(run):
                yield run

    def _is_title(self, run: _Run, names: int) -> bool:
        """Whether a name's first word is an article, or a title before one of several ``names``."""
        idf = self._idf.get(run[0], 0.0)
        if idf < _ARTICLE and self._is_small(run[0]):
            return True
        alone = len(self._places(run[1:])) > len(self._places(run))
        return (names > 1 and (alone or len(run) > 2)) or (idf < _TITLES and alone)

    def _is_small(self, term: str) -> bool:
        """Whether a word has a small letter more often than a capital."""
        letters = [self._text[self._words[place].start] for place in self._places((term,))]
        return sum(letter.islower() for letter in letters) * 2 > len(letters)

    def _phrases(self) -> Iterator[_Run]:
        for size in range(1, _WORDS + 1):
            runs = Counter(zip(*(self._terms[at:] for at in range(size)), strict=False))
            for run in (run for run, times in runs.items() if times >= _TWICE):
                ends = self._idf[run[0]], self._idf[run[-1]]
                if min(ends) >= _COMMON and self._is_phrase(run):
                    yield run

    def _is_phrase(self, run: _Run) -> bool:
        """Words that stand together, or one word of the title that stands in the body, too."""
        if len(run) > 1:
            return self._is_joined(self._places(run)[0], len(run))
        places = self._places(run)
        if not places[0] < self._titled <= places[-1]:
            return False
        written = (self._text[self._words[at].start : self._words[at].end] for at in places)
        return any(len(word) >= _LEAST and word.islower() and word.isalpha() for word in written)

    def _is_joined(self, place: int, size: int) -> bool:
        """Whether nothing but blanks and hyphens part the words of a run."""
        words = self._words[place : place + size]
        between = (self._text[one.end : other.start] for one, other in pairwise(words))
        return all(each in (" ", "-") for each in between)

    def _is_part(self, run: _Run, other: _Run) -> bool:
        """Whether a run means no more than a longer one, of which it is the most."""
        if len(run) >= len(other) or not set(run) <= set(other):
            return False
        is_short_name = run == other[-1:] and self._is_name_of_one(other)
        return is_short_name or len(self._places(other)) * 2 >= len(self._places(run))

    def _is_name_of_one(self, run: _Run) -> bool:
        place = self._places(run)[0]
        word = self._words[place + len(run) - 1]
        return self._text[word.start].isupper()

    def _places(self, run: _Run) -> list[int]:
        """Where a run begins, by word."""
        if run not in self._found:
            places, wanted = self._at.get(run[0], []), [*run]
            ends = ((place, place + len(run)) for place in places)
            self._found[run] = [at for at, end in ends if self._terms[at:end] == wanted]
        return self._found[run]


def _rarities(view: View, terms: Collection[str]) -> Mapping[str, float]:
    """The idf of each term; of one that no article has it is the highest there can be."""
    every = [*terms]
    numbers = view.term_numbers(every)
    most = log(1 + 2 * (max(len(view), _FEW) + 0.5))
    idf = np.full(len(every), most)
    idf[numbers >= 0] = view.rarities(numbers[numbers >= 0])
    return dict(zip(every, np.where(idf, idf, most).tolist(), strict=True))


def _carried(view: View, runs: Sequence[_Run]) -> dict[_Run, int]:
    """How many of the newest articles have all the words of each run."""
    keys = np.array(view.newest(Filter(), _RECENT), np.int64)
    numbers = view.term_numbers([term for run in runs for term in run])
    ends = np.cumsum([len(run) for run in runs])
    counts = view.holding_all(np.split(numbers, ends[:-1]), keys)
    return dict(zip(runs, counts, strict=False))
