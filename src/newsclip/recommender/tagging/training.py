"""Learns a tagger: what is gathered within a view, then the work, which needs none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import TooLittleKnown
from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.lessons import Lessons, lessons
from newsclip.recommender.tagging.likeness import Names, NameTexts
from newsclip.recommender.tagging.linear import Linear, fitted
from newsclip.recommender.tagging.stack import (
    FEATURES,
    Stack,
    Table,
    best_thresholds,
    learned_stack,
)
from newsclip.recommender.tagging.tagger import Tagger
from newsclip.recommender.tagging.witnesses import witnesses
from newsclip.recommender.tagging.words import (
    Floats,
    Places,
    Sparse,
    Words,
    learned_words,
    weighted,
)
from newsclip.recommender.telling import telling_terms

LEAST_ARTICLES = 200
"""Tagged articles that are needed; with fewer, votes and names alone serve."""

_LEAST_TEXTS = 2  # that a tag's classifier needs
_MOST_ASKED = 5_000  # articles that the stack is learned on: more change no digit that is shown
_PERIODS = 3  # parts of time; an article is judged by what is learned from the others
_MOST_PAIRS = 400_000  # of an article and a tag that it lacks and nothing speaks for
_AT_A_TIME = 200  # articles whose pairs with all tags are held in memory
_AT_A_TIME_READ = 1_000
_GRID = tuple(np.round(np.arange(0.04, 0.92, 0.02), 2).tolist())
_BINS = 10


@dataclass(frozen=True)
class Material:
    """What is learned from: texts, and what votes and names say of ``m`` articles of them.

    ``asked`` are the articles' keys, the oldest first, and ``periods`` the keys of all articles,
    in parts that follow each other; the sparse tables are ``(m, t)``.
    """

    lessons: Lessons
    asked: Places
    periods: Sequence[Places]
    names: NameTexts
    votes: Sparse
    more_votes: Sparse
    title: Sparse
    times: Sparse


def gather(view: View, where: Filter = Filter(), seed: int = 0) -> Material:
    """Reads what is learned from out of the archive. Raises TooLittleKnown.

    Only articles that pass ``where`` teach; none is a witness for the tags of its own period.
    """
    known = lessons(view, view.standing_feedback(), where, _LEAST_TEXTS)
    articles = known.keys[(known.keys >= 0) & ~known.headline]
    if len(articles) < LEAST_ARTICLES or not known.tags:
        remedy = "tag more articles; until then votes of similar articles and names serve"
        raise TooLittleKnown("tagged articles", len(articles), LEAST_ARTICLES, remedy)
    rows = np.random.default_rng(seed).permutation(len(articles))[:_MOST_ASKED]
    asked, periods = articles[np.sort(rows)], np.array_split(articles, _PERIODS)
    names = NameTexts.of(view, known.tags)
    return Material(known, asked, periods, names, *_tables(view, known, asked, periods, where))


def _tables(
    view: View, known: Lessons, asked: Places, periods: Sequence[Places], where: Filter
) -> list[Sparse]:
    """The votes, more votes, names in titles and names of each article and tag."""
    from scipy.sparse import csr_matrix

    numbers = {fold(tag): number for number, tag in enumerate(known.tags)}
    rows: list[int] = []
    columns: list[int] = []
    values: list[tuple[float, ...]] = []
    hidden = [Filter(exclude_keys=where.exclude_keys.union(keys.tolist())) for keys in periods]
    period_of = np.repeat(np.arange(len(periods)), [np.isin(asked, keys).sum() for keys in periods])
    for row, (key, draft) in enumerate(_drafts(view, asked)):
        others = hidden[period_of[row]]
        query = telling_terms(view, view.terms_of(key))
        found = witnesses(view, draft, query, view.embedding(key), others)
        for tag in found.tags:
            if (number := numbers.get(fold(tag))) is not None:
                place = found.named.get(tag)
                titled = float(tag in found.titled)
                rows.append(row)
                columns.append(number)
                values.append(
                    (
                        found.votes.get(tag, 0.0),
                        found.more_votes.get(tag, 0.0),
                        titled,
                        place.times if place else 0.0,
                    )
                )
    table = np.array(values, np.float32).reshape(-1, 4)
    shape = (len(asked), len(known.tags))
    return [csr_matrix((column, (rows, columns)), shape) for column in table.T]


def _drafts(view: View, keys: Places) -> Iterator[tuple[int, Draft]]:
    """Each article as a draft, in the order of the keys."""
    for start in range(0, len(keys), _AT_A_TIME_READ):
        part = keys[start : start + _AT_A_TIME_READ].tolist()
        articles = view.articles(part)
        for key in part:
            yield key, Draft.of(articles[key])


def learn(material: Material, seed: int = 0) -> Tagger:
    """Classifiers of all texts, weighed by what others say of texts that they have not seen."""
    known = material.lessons
    words, linear = _classifiers(known, seed)
    names = Names.of(material.names, words)
    learned, fits = _held_out(material, names, words, seed)
    stack = _stack(material, learned, fits, seed)
    chances = _chances(material, learned, stack)
    thresholds, threshold = best_thresholds(chances, fits, _GRID)
    return Tagger(
        tags=known.tags,
        articles=np.asarray(known.carried[~known.headline].sum(axis=0)).ravel(),
        words=words,
        linear=linear,
        names=names,
        stack=stack,
        thresholds=thresholds,
        threshold=threshold,
        learned_from=int((~known.headline).sum()),
        calibration_error=calibration_error(chances, fits),
    )


def _classifiers(known: Lessons, seed: int) -> tuple[Words, Linear]:
    words, columns = learned_words(known.terms, known.counts[~known.headline])
    linear = fitted(
        weighted(words, known.counts[:, columns]),
        known.embeddings,
        known.carried,
        known.rows_judged(),
        known.weights,
        seed,
    )
    return words, linear


@dataclass(frozen=True)
class _Learned:
    """What classifiers decide of articles, and how like a tag's name they are; ``(m, t)`` each."""

    decision: Floats
    worded: Floats
    meant: Floats


def _held_out(
    material: Material, names: Names, words: Words, seed: int
) -> tuple[_Learned, NDArray[np.bool_]]:
    """What is learned without an article's period says of it, and its tags; ``(m, t)`` each."""
    known, asked = material.lessons, material.asked
    whole = np.flatnonzero(~known.headline & (known.keys >= 0))
    order = np.argsort(known.keys[whole])
    texts = known.take(whole[order[np.searchsorted(known.keys[whole], asked, sorter=order)]])
    decisions = np.zeros((len(asked), len(known.tags)), np.float32)
    for keys in material.periods:
        places = np.flatnonzero(np.isin(asked, keys))
        own_words, linear = _classifiers(known.without(keys), seed)
        part = texts.take(places)
        decisions[places] = linear.table(_vectors(own_words, part), part.embeddings)
    likeness = names.table(_vectors(words, texts), texts.embeddings)
    return _Learned(decisions, *likeness), texts.carried.toarray()


def _vectors(words: Words, texts: Lessons) -> Sparse:
    """The weighted words of some texts."""
    numbers = {term: number for number, term in enumerate(texts.terms)}
    columns = np.array([numbers[term] for term in words.terms], np.int64)
    return weighted(words, texts.counts[:, columns])


def _rows_of(material: Material, learned: _Learned, rows: slice) -> Table:
    return Table(
        learned.decision[rows],
        votes=material.votes[rows].toarray(),
        more_votes=material.more_votes[rows].toarray(),
        title=material.title[rows].toarray(),
        times=material.times[rows].toarray(),
        worded=learned.worded[rows],
        meant=learned.meant[rows],
    )


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + _AT_A_TIME) for start in range(0, count, _AT_A_TIME))


def _stack(material: Material, learned: _Learned, fits: NDArray[np.bool_], seed: int) -> Stack:
    """Learned on the pairs that fit or that a witness speaks for, and a sample of the others."""
    random = np.random.default_rng(seed)
    share = min(1.0, _MOST_PAIRS / fits.size)
    features, truth, weights = [np.empty((0, len(FEATURES)), np.float32)], [], []
    for rows in _parts(len(fits)):
        table = _rows_of(material, learned, rows)
        telling = fits[rows] | (table.more_votes > 0) | (table.times > 0)
        telling |= table.decision > np.float32(-0.5)
        taken = telling | (random.random(telling.shape) < share)
        features.append(table.features()[taken])
        truth.append(fits[rows][taken])
        weights.append(np.where(telling[taken], 1, 1 / share))
    return learned_stack(np.concatenate(features), np.concatenate(truth), np.concatenate(weights))


def _chances(material: Material, learned: _Learned, stack: Stack) -> Floats:
    parts = [
        stack.probabilities(_rows_of(material, learned, rows))
        for rows in _parts(len(material.asked))
    ]
    return np.concatenate(parts)


def calibration_error(chances: Floats, fits: NDArray[np.bool_], least: float = 0.01) -> float:
    """How far scores lie from the share that fits, 0-1: the expected error (Guo et al., 2017).

    Ten bins of equal width, over the pairs with a score of at least ``least``: the many that
    nobody would suggest are all but right whatever is done.
    """
    shown = chances >= least
    scores, truth = chances[shown], fits[shown]
    if not len(scores):
        return 0.0
    place = np.minimum((scores * _BINS).astype(np.int64), _BINS - 1)
    return float(np.abs(np.bincount(place, scores - truth, _BINS)).sum() / len(scores))
