"""Why an article stands beside a source: what both share, and how far apart they are."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from newsclip.index.article import Article
from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import NEVER, fold, seconds
from newsclip.index.view import View
from newsclip.recommender.fusion import meaning_scores
from newsclip.recommender.hit import Reason, ReasonKind
from newsclip.recommender.names import longest_first, names_in, shared_names
from newsclip.recommender.passages import Sentences, best_pair, sentences_of
from newsclip.recommender.source import Source
from newsclip.recommender.story import MEANING, WINDOW, RareTags, same_story
from newsclip.recommender.telling import held_terms, shared_words

_NAMES = 3
_DAY = 86_400
_SPANS = ((365, "year"), (30, "month"), (7, "week"), (1, "day"))


class Comparison:
    """A source beside some articles of the archive, by key."""

    def __init__(
        self, view: View, source: Source, query: TermQuery, articles: Mapping[int, Article]
    ) -> None:
        """``query`` holds the source's most telling terms."""
        self._view, self._source = view, source
        self._articles = articles
        self._telling = view.term_texts(query.terms)
        self._held = held_terms(view, query, list(articles))
        self._words = shared_words(view, query, source.draft, self._held)
        self._names: dict[int, tuple[str, ...]] = {}
        self._rare = RareTags(view)
        cosines = view.cosines(source.embedding, np.array(list(articles), np.int64))
        meaning = meaning_scores(view, source.embedding, cosines).tolist()
        self._meaning = dict(zip(articles, meaning, strict=True))

    def reasons(self, key: int, passages: bool = False) -> tuple[Reason, ...]:
        """All that speaks for an article; with ``passages`` the sentences that match best, too."""
        article, section = self._articles[key], self._source.section
        tags, names = self.tags(key), self.names(key)
        in_names = {word.casefold() for name in names for word in name.split()}
        words = [word for word in self._words[key] if word.casefold() not in in_names]
        kinds: list[tuple[ReasonKind, Sequence[str]]] = [
            ("tags", tags),
            ("names", names),
            ("words", words),
            ("section", [section] if section and section == article.section else []),
            ("age", _age(self._source, article)),
            ("passages", self._passages(article) if passages else ()),
        ]
        reasons = tuple(Reason(kind, tuple(values)) for kind, values in kinds if values)
        if self.is_same_story(key):
            return (Reason("story"), *reasons)
        return reasons if tags or names or words else (Reason("meaning"), *reasons)

    def tags(self, key: int) -> tuple[str, ...]:
        """The tags that both carry, as the article writes them."""
        return tuple(tag for tag in self._articles[key].tags if fold(tag) in self._source.tags)

    def names(self, key: int) -> tuple[str, ...]:
        """The names that stand in both, of those with a telling word."""
        if key not in self._names:
            article, held = self._articles[key], set(self._held[key])
            likely = [name for name, places in self._own_names if not held.isdisjoint(places)]
            text = f"{article.title}\n{article.summary}\n{article.body}"
            self._names[key] = shared_names(likely, text, _NAMES)
        return self._names[key]

    def is_same_story(self, key: int) -> bool:
        """Whether the article is part of the same running story (see :func:`same_story`)."""
        gap = _gap(self._source, self._articles[key])
        if gap is None or abs(gap) > WINDOW.total_seconds():
            return False
        rare = self._meaning[key] >= MEANING and self._rare.any(self.tags(key))
        return same_story(
            key in self._linked, self._meaning[key], rare, self.names(key), self._words[key]
        )

    @cached_property
    def _own_names(self) -> list[tuple[str, list[int]]]:
        """The source's names, each with the places in the query of its telling terms, if any."""
        draft = self._source.draft
        text = f"{draft.summary}\n{draft.body}" if draft.body else draft.text
        place = {term: place for place, term in enumerate(self._telling)}
        terms_of = self._view.terms
        return [
            (name, [place[term] for term in terms_of(name) if term in place])
            for name in longest_first(names_in(text))
        ]

    @cached_property
    def _linked(self) -> set[int]:
        """Those that the source links to, and those that link to it."""
        own = self._source.keys
        links = self._view.links_from([*own, *self._articles])
        to_source = {key for key in self._articles if not set(own).isdisjoint(links.get(key, ()))}
        return to_source.union(*(links.get(key, ()) for key in own))

    @cached_property
    def _sentences(self) -> Sentences:
        draft = self._source.draft
        return sentences_of(self._view, draft.body or draft.text, draft.language)

    def _passages(self, article: Article) -> tuple[str, ...]:
        text = article.body or article.summary or article.title
        return best_pair(self._sentences, sentences_of(self._view, text, article.language)) or ()


def _gap(source: Source, article: Article) -> int | None:
    """Seconds from the article to the source; None if one of them has no date."""
    moments = seconds(source.published_at, NEVER), seconds(article.published_at, NEVER)
    return None if NEVER in moments else moments[0] - moments[1]


def _age(source: Source, article: Article) -> tuple[str, ...]:
    """Such as ``3 days before``: when the article appeared, beside the source."""
    gap = _gap(source, article)
    return () if gap is None else (age_text(gap),)


def age_text(gap: int) -> str:
    """Seconds as a reader counts them: ``2 weeks before``; negative ones are ``after``."""
    days = abs(gap) // _DAY
    for length, name in _SPANS:
        if count := days // length:
            return f"{count} {name}{'s' * (count > 1)} {'before' if gap > 0 else 'after'}"
    return "the same day"
