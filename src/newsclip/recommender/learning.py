"""Learns a ranker from articles and what belongs to each; the one place that needs scikit-learn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import TooLittleKnown
from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.candidates import related_candidates
from newsclip.recommender.features import FEATURES, Floats, Keys, Links, Numbers, features
from newsclip.recommender.questions import Question
from newsclip.recommender.ranking import Curve, Ranker
from newsclip.recommender.telling import telling_terms

_KNOTS = 5  # a curve's, at equal shares of the candidates that have the feature
_REGULARISATIONS = (0.03, 0.3, 3.0)
_FOLDS = 3
_LEAST_TAUGHT = 10  # sources with a related candidate
_PRIOR_STRENGTH = 10  # candidates that a section needs before its own share counts as much as all's
_RANDOM_PAIRS = 20  # random articles for each source, to tell belonging from chance


@dataclass(frozen=True)
class Examples:
    """Candidates of many sources: ``table`` is ``(n, len(FEATURES))``, the rest ``(n,)``.

    ``group`` numbers the sources. ``candidate`` is false for the random articles, which are there
    for the calibration only.
    """

    table: Numbers
    related: NDArray[np.bool_]
    group: Keys
    sections: Sequence[str]
    candidate: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_]) -> "Examples":
        """Some of them."""
        sections = [name for name, kept in zip(self.sections, chosen, strict=True) if kept]
        return Examples(
            self.table[chosen],
            self.related[chosen],
            self.group[chosen],
            sections,
            self.candidate[chosen],
        )

    def with_priors(self, priors: Mapping[str, float]) -> Numbers:
        """The table, its column ``prior`` filled in."""
        table = self.table.copy()
        table[:, FEATURES.index("prior")] = [priors.get(name, 0.0) for name in self.sections]
        return table


def examples(
    view: View, questions: Sequence[Question], links: Sequence[Links], seed: int
) -> Examples:
    """The candidates that each source would get, and some random articles.

    With several ``links`` each source is asked about with each of them.
    """
    everything = np.sort(np.array(view.newest(Filter(), len(view)), np.int64))
    random = np.random.default_rng(seed)
    parts = []
    for group, question in enumerate(questions):
        drawn = random.choice(everything, _RANDOM_PAIRS)
        parts += [_of_one(view, question, known, group, drawn) for known in links]
    tables, related, groups, sections, candidates = zip(*parts, strict=True)
    return Examples(
        np.concatenate(tables),
        np.concatenate(related),
        np.concatenate(groups),
        [name for names in sections for name in names],
        np.concatenate(candidates),
    )


def _of_one(
    view: View, question: Question, links: Links, group: int, drawn: Keys
) -> tuple[Numbers, NDArray[np.bool_], Keys, list[str], NDArray[np.bool_]]:
    source = question.source
    query = telling_terms(view, source.terms)
    keys = related_candidates(view, source, query, Filter(), links=links)
    random = np.setdiff1d(drawn, [*keys.tolist(), *source.keys, *question.grades])
    both = np.concatenate((keys, random))
    table = features(view, source, query, both, links, {})
    related = np.isin(both, [key for key, grade in question.grades.items() if grade > 0])
    sections = [fold(section or "") for section in view.sections(both)]
    return table, related, np.full(len(both), group), sections, np.arange(len(both)) < len(keys)


def learn(examples: Examples, seed: int, learned_on: str, used: Sequence[str] = FEATURES) -> Ranker:
    """The ranker that tells related candidates from others, its scores calibrated.

    The strength of the regularisation is the one that predicts sources best that it was not
    learned on. ``used`` are the features that get a curve. Raises TooLittleKnown where hardly a
    source has a related candidate.
    """
    _check(examples, seed)
    candidates = examples.take(examples.candidate)
    strength = _strength(candidates, seed, used)
    ranker = _fitted(candidates, strength, used, learned_on)
    held_out = np.zeros(len(examples.group))
    for inside in _folds(examples.group, seed):
        part = _fitted(examples.take(inside & examples.candidate), strength, used, "")
        rest = examples.take(~inside)
        held_out[~inside] = part.totals(rest.with_priors(part.sections))
    return _calibrated(ranker, held_out, examples)


def _check(examples: Examples, seed: int) -> None:
    """Raises TooLittleKnown unless there is something to learn from, in each fold."""
    known = examples.related & examples.candidate
    found = len(set(examples.group[known].tolist()))
    in_each = all(known[inside].any() for inside in _folds(examples.group, seed))
    if found < _LEAST_TAUGHT or not in_each:
        what = "articles with a related one among those most like them in words or meaning"
        remedy = "give more links or judgments; until then the plain blend serves"
        raise TooLittleKnown(what, found, max(_LEAST_TAUGHT, found + 1), remedy)


def _folds(group: Keys, seed: int) -> Iterator[NDArray[np.bool_]]:
    """For each fold, which examples are learned from: sources are never split."""
    fold_of = np.random.default_rng(seed).permutation(int(group.max()) + 1) % _FOLDS
    for number in range(_FOLDS):
        yield fold_of[group] != number


def _strength(examples: Examples, seed: int, used: Sequence[str]) -> float:
    losses = dict.fromkeys(_REGULARISATIONS, 0.0)
    for inside in _folds(examples.group, seed):
        rest = examples.take(~inside)
        for strength in losses:
            ranker = _fitted(examples.take(inside), strength, used, "")
            odds = ranker.totals(rest.with_priors(ranker.sections))
            losses[strength] += float(np.logaddexp(0, np.where(rest.related, -odds, odds)).sum())
    return min(losses, key=lambda strength: losses[strength])


def _fitted(examples: Examples, strength: float, used: Sequence[str], learned_on: str) -> Ranker:
    from sklearn.linear_model import LogisticRegression

    priors = _priors(examples) if "prior" in used else {}
    table = examples.with_priors(priors)
    columns = {name: table[:, FEATURES.index(name)] for name in FEATURES if name in used}
    knots = {name: _knots(column) for name, column in columns.items() if np.ptp(column) > 0}
    hats = np.hstack([_hats(columns[name], places) for name, places in knots.items()])
    model = LogisticRegression(C=strength, max_iter=1_000).fit(hats, examples.related)
    ends = np.cumsum([len(places) for places in knots.values()])[:-1]
    curves = {
        name: Curve(places.tolist(), values.tolist())
        for (name, places), values in zip(
            knots.items(), np.split(model.coef_[0], ends), strict=True
        )
    }
    return Ranker(curves, float(model.intercept_[0]), "logistic", priors, learned_on)


def _knots(column: Numbers) -> Floats:
    """Zero, where most candidates have nothing, and equal shares of those that have something."""
    some = column[column != 0].astype(np.float64)
    shares = np.quantile(some, np.linspace(0, 1, _KNOTS))
    return np.unique(np.round(np.append(shares, [0.0] * (len(some) < len(column))), 4))


def _hats(column: Numbers, knots: Floats) -> Floats:
    """A column for each knot, in which a value next to it weighs the more the nearer it is."""
    return np.stack([np.interp(column, knots, unit) for unit in np.eye(len(knots))], axis=1)


def _priors(examples: Examples) -> dict[str, float]:
    """By section, the log of how much more often its candidates are related than all are."""
    names = np.array(examples.sections)
    usual = float(examples.related.mean())
    priors = {}
    for name in sorted(set(examples.sections) - {""}):
        here = examples.related[names == name]
        share = (here.sum() + _PRIOR_STRENGTH * usual) / (len(here) + _PRIOR_STRENGTH)
        priors[name] = float(np.log(share / usual))
    return priors


def _calibrated(ranker: Ranker, odds: Floats, examples: Examples) -> Ranker:
    """Platt (1999): turns log odds among candidates into those among related and random pairs.

    A related article and a random one weigh the same, so .5 means "as likely as not" if half of
    all pairs belonged together. The odds come from rankers that had not seen the source.
    """
    from sklearn.linear_model import LogisticRegression

    random = ~examples.candidate
    # In an archive that is hardly larger than an answer all articles are candidates.
    telling = examples.related | (random if random.any() else examples.candidate)
    model = LogisticRegression(C=1e6, class_weight="balanced").fit(
        odds[telling, None], examples.related[telling]
    )
    slope, shift = float(model.coef_[0, 0]), float(model.intercept_[0])
    curves = {
        name: Curve(curve.knots, [round(slope * value, 4) for value in curve.values])
        for name, curve in ranker.curves.items()
    }
    return Ranker(
        curves,
        round(slope * ranker.offset + shift, 4),
        ranker.scale,
        ranker.sections,
        ranker.learned_on,
    )


def calibration_error(ranker: Ranker, examples: Examples) -> float:
    """How far scores lie from the share that is related: the expected error, 0-1.

    Guo et al. (2017), ten bins, over related and random pairs that weigh the same in sum, as the
    calibration takes them.
    """
    telling = examples.take(examples.related | ~examples.candidate)
    scores = ranker.scores(telling.with_priors(ranker.sections))
    related = telling.related
    weights = np.where(related, 0.5 / max(related.sum(), 1), 0.5 / max((~related).sum(), 1))
    place = np.minimum((scores * 10).astype(np.int64), 9)
    return float(np.abs(np.bincount(place, weights * (scores - related), 10)).sum())
