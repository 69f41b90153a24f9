"""What a tagger is learned from: the archive's tagged articles, and what editors judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import BODY
from newsclip.index.filters import Filter, fold
from newsclip.index.recipe import draft_text, recipe_text
from newsclip.index.tag_feedback import Feedback
from newsclip.index.view import TermCounts, View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.tagging.words import Floats, Places, Sparse
from newsclip.recommender.telling import counted, terms_of_draft

MOST_ARTICLES = 50_000
"""The newest tagged articles that are learned from; what is older is remembered by votes."""

_MOST_HEADLINES = 10_000  # texts that are embedded for it: a transformer takes minutes
_HEADLINE_WEIGHT = 0.3
_HALF_LIFE = 0.25  # of all texts: so many newer ones halve a text's weight
_AT_A_TIME = 1_000  # articles held in memory with their text


@dataclass(frozen=True)
class Lessons:
    """``n`` texts and which of ``t`` tags each has.

    ``counts`` is sparse, ``(n, terms)``: how often each of ``terms`` counts in a text;
    ``embeddings`` is ``(n, dimension)``, ``carried`` sparse and boolean, ``(n, t)``. ``keys`` are
    the articles', -1 for a draft, whose tags are known only where ``judged``, ``(n, t)``, is true.
    ``times`` are places in the order of time and ``weights`` say how much a text counts, both
    ``(n,)``. An article may be there twice, the second
    time without its body: most drafts are short when they are tagged first. ``headline`` ``(n,)``
    is true then.
    """

    keys: Places
    headline: NDArray[np.bool_]
    times: Places
    weights: Floats
    terms: Sequence[str]
    counts: Sparse
    embeddings: Floats
    tags: Sequence[str]
    carried: Sparse
    judged: Sparse

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: Places) -> "Lessons":
        """Some of the texts."""
        return replace(
            self,
            keys=self.keys[rows],
            headline=self.headline[rows],
            times=self.times[rows],
            weights=self.weights[rows],
            counts=self.counts[rows],
            embeddings=self.embeddings[rows],
            carried=self.carried[rows],
            judged=self.judged[rows],
        )

    def without(self, keys: Places) -> "Lessons":
        """All texts but those of some articles; those next to them in time weigh the most.

        So the newest do for a draft.
        """
        gone = np.isin(self.keys, keys)
        kept, times = self.take(np.flatnonzero(~gone)), self.times[gone]
        if not len(times):
            return kept
        apart = np.maximum(times.min() - kept.times, kept.times - times.max())
        weights = _weights(np.maximum(apart, 0), kept.headline, int(self.times.max()) + 1)
        return replace(kept, weights=weights)

    def rows_judged(self) -> list[Places | None]:
        """For each tag the texts of which it is known whether they have it; None for all."""
        articles = np.flatnonzero(self.keys >= 0)
        if len(articles) == len(self):
            return [None] * len(self.tags)
        columns = self.judged.tocsc()
        spans = zip(columns.indptr[:-1].tolist(), columns.indptr[1:].tolist(), strict=True)
        return [np.union1d(articles, columns.indices[start:end]) for start, end in spans]


# Of a text the numbers of its terms, and how often each counts. Of fifty thousand articles what a
# view knows of their terms, by field, would take a gigabyte.
_Words = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass(frozen=True)
class _Text:
    key: int
    words: _Words
    embedding: Floats
    accepted: Sequence[str]
    rejected: Sequence[str] = ()
    headline: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        return (*self.accepted, *self.rejected)


_Current = Mapping[str, str | None]  # from each tag to the one to suggest in its place


def lessons(
    view: View, feedback: Iterable[Feedback] = (), where: Filter = Filter(), least: int = 1
) -> Lessons:
    """The tagged articles that readers may see and that pass ``where``, and editors' feedback.

    Tags are those in use; ones that fewer than ``least`` of the texts have are left out.
    """
    keys = tagged_keys(view, where)[:MOST_ARTICLES]
    whole = [*_articles(view, keys[::-1]), *_drafts(view, feedback)]
    texts = [*whole, *_headlines(view, whole)]
    current = {tag: view.house().current(tag) for text in whole for tag in text.tags}
    tags = _tags_of(current, whole, least)
    numbers = {fold(tag): number for number, tag in enumerate(tags)}
    terms, counts = _counts(view, texts)
    carried = _table([_numbers(current, text.accepted, numbers) for text in texts], len(tags))
    rejected = _table([_numbers(current, text.rejected, numbers) for text in texts], len(tags))
    headline = np.array([text.headline for text in texts], np.bool_)
    times = _times(texts, keys[::-1])
    return Lessons(
        keys=np.array([text.key for text in texts], np.int64),
        headline=headline,
        times=times,
        weights=_weights(times.max(initial=0) - times, headline, len(keys)),
        terms=terms,
        counts=counts,
        embeddings=np.array([text.embedding for text in texts], np.float32),
        tags=tags,
        carried=carried,
        judged=carried + rejected,
    )


def tagged_keys(view: View, where: Filter = Filter()) -> list[int]:
    """The articles that pass and have a tag, the newest first, undated ones last."""
    keys = np.array(view.newest(where, len(view)), np.int64)
    return [key for key, tags in zip(keys.tolist(), view.tags(keys), strict=True) if tags]


def _articles(view: View, keys: Sequence[int]) -> list[_Text]:
    every = np.array(keys, np.int64)
    return [
        _Text(key, _words(view.terms_of(key)), embedding, tags)
        for key, embedding, tags in zip(keys, view.embeddings(every), view.tags(every), strict=True)
    ]


def _drafts(view: View, feedback: Iterable[Feedback]) -> Iterator[_Text]:
    """Each judged draft as a text of which only the judged tags are known."""
    for each in feedback:
        if draft_text(each.draft).strip():
            draft = Draft(**{part: each.draft.get(part, "") for part in _PARTS})
            words = _words(terms_of_draft(view, draft, language_of(view, draft)))
            embedding = view.embed_document(draft.text)
            yield _Text(-1, words, embedding, each.accepted, each.rejected)


_PARTS = ("title", "summary", "body")


def _headlines(view: View, texts: Sequence[_Text]) -> Iterator[_Text]:
    """The newest articles once more, by their titles and summaries alone."""
    known = {text.key: text for text in texts if text.key >= 0}
    keys = list(known)[-_MOST_HEADLINES:]
    for start in range(0, len(keys), _AT_A_TIME):
        for key, article in view.articles(keys[start : start + _AT_A_TIME]).items():
            text = recipe_text(article.title, article.summary, "")
            if text and article.body.strip():
                terms = view.terms_of(key)
                terms.counts[:, BODY] = 0
                embedding = view.embed_document(text)
                yield replace(known[key], words=_words(terms), embedding=embedding, headline=True)


def _words(terms: TermCounts) -> _Words:
    numbers, often = counted(terms)
    return numbers.astype(np.int32), often.astype(np.int32)


def _times(texts: Sequence[_Text], keys: Sequence[int]) -> Places:
    """The place of each text in the order of time; drafts are as new as the newest article."""
    order = {key: number for number, key in enumerate(keys)}
    newest = max(0, len(keys) - 1)
    return np.array([order.get(text.key, newest) for text in texts], np.int64)


def _weights(ages: Places, headline: NDArray[np.bool_], articles: int) -> Floats:
    """How much each text counts, 1 in the mean of the whole ones: newer ones more.

    ``ages`` are in articles that came after a text. What editors tag with changes: digitalgov's
    newest fifth is tagged the better for it.
    """
    weights = 0.5 ** (ages / max(1.0, _HALF_LIFE * articles))
    weights /= weights[~headline].mean() if len(weights) else 1
    return np.where(headline, _HEADLINE_WEIGHT * weights, weights).astype(np.float32)


def _tags_of(current: _Current, texts: Sequence[_Text], least: int) -> list[str]:
    """The tags in use, each as it is written most often, ascending."""
    in_use = [[tag for each in text.accepted if (tag := current[each])] for text in texts]
    written = Counter(tag for tags in in_use for tag in tags)
    found = Counter(folded for tags in in_use for folded in set(map(fold, tags)))
    best = {fold(tag): tag for tag in sorted(written, key=lambda tag: (written[tag], tag))}
    return sorted(best[folded] for folded, count in found.items() if count >= least)


def _numbers(current: _Current, tags: Iterable[str], numbers: Mapping[str, int]) -> list[int]:
    folded = {fold(tag) for each in tags if (tag := current[each])}
    return sorted(numbers[tag] for tag in folded & numbers.keys())


def _table(rows: Sequence[Sequence[int]], width: int) -> Sparse:
    from scipy.sparse import csr_matrix

    columns = np.array([number for row in rows for number in row], np.int64)
    ends = np.cumsum([0, *map(len, rows)])
    return csr_matrix((np.ones(len(columns), np.bool_), columns, ends), (len(rows), width))


def _counts(view: View, texts: Sequence[_Text]) -> tuple[list[str], Sparse]:
    """The terms of all texts, and how often each counts in each."""
    from scipy.sparse import csr_matrix

    none = np.empty(0, np.int32)
    numbers = np.concatenate([none, *(text.words[0] for text in texts)])
    counts = np.concatenate([none, *(text.words[1] for text in texts)])
    ends = np.cumsum([0, *(len(text.words[0]) for text in texts)])
    stands = np.zeros(numbers.max(initial=-1) + 1, np.bool_)
    stands[numbers] = True
    distinct = np.flatnonzero(stands)
    columns = (np.cumsum(stands, dtype=np.int32) - 1)[numbers]
    shape = (len(texts), len(distinct))
    return view.term_texts(distinct), csr_matrix((counts, columns, ends), shape)
