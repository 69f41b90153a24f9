"""What others are to be related to: an article of the archive, a draft, or several articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import QueryInvalid
from newsclip.index.article import Article
from newsclip.index.filters import fold
from newsclip.index.names import own_names
from newsclip.index.view import TermCounts, View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.telling import terms_of_draft

UNLIKE_WEIGHT = 0.25
"""How much one unwanted article takes away of what the wanted ones give together."""

_TEXT_CHARACTERS = 20_000  # of each of several articles, for the words and passages that are shown


@dataclass(frozen=True)
class Source:
    """What others are to be related to.

    ``embedding`` is ``(dimension,)``, float32, of unit length. ``tags`` are folded. ``keys`` are
    those of the archive's articles that it stands for, none for a draft, and ``has_links`` says
    whether one of them points anywhere; ``unlike`` are those that it is to be unlike.
    ``published_at`` is None where the article has no date; a draft counts as of now. ``read_in`` is
    the language by whose endings its words are cut: of an article of the archive that of the index,
    None where it says none; of a draft that says none that of most articles.
    ``kept_names`` are its names where the archive keeps them; else its text is read for them.
    """

    draft: Draft
    embedding: NDArray[np.float32]
    terms: TermCounts
    tags: frozenset[str]
    section: str | None
    published_at: datetime | None
    read_in: str | None
    keys: tuple[int, ...] = ()
    unlike: tuple[int, ...] = ()
    has_links: bool = False
    kept_names: tuple[str, ...] | None = None

    @property
    def key(self) -> int | None:
        """The key of the one article that it is; None for a draft and for several."""
        return self.keys[0] if len(self.keys) == 1 else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in its text, the longest first; those of a headline only if there is no body.

        Each slot of a page asks for them.
        """
        draft = self.draft
        kept = self.kept_names
        return own_names(draft.title, draft.summary, draft.body) if kept is None else kept


def source_of_key(view: View, key: int, article: Article | None = None) -> Source:
    """An article of the archive, visible or not; ``article`` spares the look into the store."""
    entry = article or view.articles([key])[key]
    draft, has_links = Draft.of(entry), bool(entry.links)
    embedding, terms, names = view.embedding(key), view.terms_of(key), view.names(key)
    return _source(draft, embedding, terms, draft.language, (key,), has_links, names)


def source_of_article(view: View, article_id: str) -> Source:
    """The article of the archive with this id, visible or not. Raises ArticleNotFound."""
    return source_of_key(view, *view.keyed(article_id))


def source_of_draft(view: View, draft: Draft) -> Source:
    """A text that is not in the archive; without a date it is being written now."""
    dated = replace(draft, published_at=draft.published_at or view.now)
    language = language_of(view, draft)
    embedding, terms = view.embed_document(draft.text), terms_of_draft(view, draft, language)
    return _source(dated, embedding, terms, language)


def source_of_several(
    view: View, weights: Mapping[int, float], unlike: Sequence[int] = ()
) -> Source:
    """What some articles have in common, by their weights, less what the unwanted ones are about.

    Embeddings and term counts are added as Rocchio did (1971), ``sum(w * a) / max(w)`` less
    ``UNLIKE_WEIGHT`` of each unwanted one, nothing falling below 0 among the counts. Its section
    is that of the most weight, its date the latest, its language the one that all have.
    Raises QueryInvalid if there is no article, or a weight is not above 0.
    """
    _check(weights)
    if len(weights) == 1 and not unlike:
        return source_of_key(view, next(iter(weights)))
    order = sorted(weights, key=lambda key: -weights[key])
    articles = view.articles(order)
    heaviest = weights[order[0]]
    shares = {key: weights[key] / heaviest for key in order}
    shares |= {key: shares.get(key, 0.0) - UNLIKE_WEIGHT for key in unlike}
    draft = _joined([articles[key] for key in order], [weights[key] for key in order])
    has_links = any(article.links for article in articles.values())
    embedding, counts = _direction(view, shares), _counts(view, shares)
    agreed = len({article.language for article in articles.values()}) == 1
    read_in = draft.language if agreed else view.main_language()
    source = _source(draft, embedding, counts, read_in, tuple(order), has_links)
    return replace(source, unlike=tuple(unlike))


def _check(weights: Mapping[int, float]) -> None:
    if not weights:
        raise QueryInvalid("id", "", "name at least one article to go by", "is missing")
    for weight in weights.values():
        if not 0 < weight < float("inf"):
            raise QueryInvalid("weight", weight, "give each weight as a number", "is not above 0")


def _source(
    draft: Draft,
    embedding: NDArray[np.float32],
    terms: TermCounts,
    read_in: str | None,
    keys: tuple[int, ...] = (),
    has_links: bool = False,
    kept_names: tuple[str, ...] | None = None,
) -> Source:
    return Source(
        draft,
        embedding,
        terms,
        frozenset(map(fold, draft.tags)),
        draft.section,
        draft.published_at,
        read_in,
        keys,
        has_links=has_links,
        kept_names=kept_names,
    )


def _direction(view: View, shares: Mapping[int, float]) -> NDArray[np.float32]:
    """The weighted sum of embeddings, to unit length; that of the first where nothing is left."""
    parts = [share * view.embedding(key) for key, share in shares.items()]
    total: NDArray[np.float32] = np.sum(parts, axis=0, dtype=np.float32)
    length = float(np.linalg.norm(total))
    if length < 1e-6:
        return view.embedding(next(iter(shares)))
    return total / np.float32(length)


def _counts(view: View, shares: Mapping[int, float]) -> TermCounts:
    """The weighted sum of term counts, rounded up, so that a word of a light one still counts."""
    parts = [(share, view.terms_of(key)) for key, share in shares.items()]
    terms = np.unique(np.concatenate([counts.terms for _, counts in parts]))
    total = np.zeros((len(terms), parts[0][1].counts.shape[1]))
    for share, counts in parts:
        total[np.searchsorted(terms, counts.terms)] += share * counts.counts
    rounded: NDArray[np.int64] = np.ceil(np.maximum(total, 0)).astype(np.int64)
    kept = rounded.any(axis=1)
    return TermCounts(terms[kept], rounded[kept])


def _joined(articles: Sequence[Article], weights: Sequence[float]) -> Draft:
    """Several articles as one text; the first is the heaviest."""
    sections: dict[str | None, float] = {}
    for article, weight in zip(articles, weights, strict=True):
        sections[article.section] = sections.get(article.section, 0) + weight
    dates = [article.published_at for article in articles if article.published_at]
    languages = {article.language for article in articles}
    tags = dict.fromkeys(tag for article in articles for tag in article.tags)
    return Draft(
        title="\n".join(filter(None, (article.title for article in articles))),
        summary="\n".join(filter(None, (article.summary for article in articles))),
        body="\n\n".join(article.body[:_TEXT_CHARACTERS] for article in articles),
        section=max(sections, key=lambda section: sections[section]),
        tags=tuple(tags),
        language=languages.pop() if len(languages) == 1 else None,
        published_at=max(dates, default=None),
    )
