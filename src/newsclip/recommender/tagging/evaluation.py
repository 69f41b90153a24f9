"""Measures suggested tags on articles that nothing was learned from."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import TooLittleKnown
from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.lessons import tagged_keys
from newsclip.recommender.tagging.measures import Judged, TagReport, report
from newsclip.recommender.tagging.scoring import scored_by
from newsclip.recommender.tagging.tagger import Tagger
from newsclip.recommender.tagging.training import gather, learn

_AT_A_TIME = 1_000  # articles held in memory


@dataclass(frozen=True)
class Split:
    """The keys of the articles to test on; all other tagged ones are learned from."""

    test: Sequence[int]

    @property
    def where(self) -> Filter:
        """What is left to learn from."""
        return Filter(exclude_keys=frozenset(self.test))


def newest_share(view: View, share: float) -> Split:
    """The newest tagged articles, undated ones counting as the oldest. Raises TooLittleKnown."""
    tagged = tagged_keys(view)
    return _checked(tagged[: round(share * len(tagged))])


def given(view: View, article_ids: Sequence[str]) -> Split:
    """Those of the articles that there are. Raises TooLittleKnown."""
    return _checked(view.keys_of(article_ids))


def _checked(test: Sequence[int]) -> Split:
    if not test:
        raise TooLittleKnown("tagged articles to test on", 0, 1, "tag more articles")
    return Split(test)


def tags_in_use(view: View, key: int) -> set[str]:
    """The folded tags of an article, as far as the vocabulary has them in use."""
    house = view.house()
    return {fold(tag) for each in view.tags_of(key) if (tag := house.current(each))}


def evaluate_tags(view: View, split: Split, seed: int = 0) -> TagReport:
    """What the ensemble gains from all but the test articles, measured on these.

    None of them is a witness, and their own tags are hidden. Raises TooLittleKnown.
    """
    tagger = learn(gather(view, split.where, seed), seed)
    return report_of(view, split, tagger, scores_by(view, split, tagger), seed)


def report_of(
    view: View,
    split: Split,
    tagger: Tagger,
    scores: Sequence[Mapping[str, float]],
    seed: int = 0,
) -> TagReport:
    """The measures of the scores, by tag, that each test article got."""
    counts, names = training_counts(view, split)
    known = sorted(counts)
    numbers = {tag: number for number, tag in enumerate(known)}
    table = np.zeros((len(scores), len(known)), np.float32)
    for row, found in zip(table, scores, strict=True):
        for tag, score in found.items():
            if (number := numbers.get(fold(tag))) is not None:
                row[number] = score
    fits, unknown = truth(view, split, known)
    if not fits.any():
        remedy = "test on articles whose tags others have, too"
        raise TooLittleKnown("tagged articles to test on", 0, 1, remedy)
    thresholds = np.array([tagger.threshold_of(tag) for tag in known], np.float32)
    learned_from = np.array([counts[tag] for tag in known])
    written = [names[tag] for tag in known]
    judged = Judged(written, learned_from, table, fits, thresholds)
    return report(judged, tagger.learned_from, unknown, seed)


def training_counts(view: View, split: Split) -> tuple[Counter[str], dict[str, str]]:
    """How many articles to learn from have each folded tag, and how it is written."""
    house = view.house()
    every = view.tags(np.array(tagged_keys(view, split.where), np.int64))
    current = {tag: house.current(tag) for tags in every for tag in tags}
    in_use = [{fold(now): now for tag in tags if (now := current[tag])} for tags in every]
    counts = Counter(folded for tags in in_use for folded in tags)
    return counts, {folded: tag for tags in reversed(in_use) for folded, tag in tags.items()}


def truth(view: View, split: Split, known: Sequence[str]) -> tuple[NDArray[np.bool_], int]:
    """Which test article has which of the known folded tags, and how many others they have."""
    numbers = {tag: number for number, tag in enumerate(known)}
    fits = np.zeros((len(split.test), len(known)), np.bool_)
    unknown = set()
    for row, key in zip(fits, split.test, strict=True):
        for tag in tags_in_use(view, key):
            if tag in numbers:
                row[numbers[tag]] = True
            else:
                unknown.add(tag)
    return fits, len(unknown)


def scores_by(view: View, split: Split, tagger: Tagger) -> list[Mapping[str, float]]:
    """What the tagger says of each test article, without their witness."""
    return [
        scored_by(tagger, view, draft, split.where).scores for draft in drafts(view, split.test)
    ]


def drafts(view: View, keys: Sequence[int]) -> Iterator[Draft]:
    """The articles as drafts that have no tags yet, in the order of their keys."""
    for start in range(0, len(keys), _AT_A_TIME):
        part = keys[start : start + _AT_A_TIME]
        articles = view.articles(part)
        yield from (replace(Draft.of(articles[key]), tags=()) for key in part)
