"""Why an article stands beside a source: what both share, and how far apart they are."""

from collections.abc import Sequence
from functools import cached_property

from newsclip.index.article import Article
from newsclip.index.filters import NEVER, fold, seconds
from newsclip.index.names import shared_names
from newsclip.index.view import View
from newsclip.recommender.hit import Reason, ReasonKind
from newsclip.recommender.passages import Sentences, best_pair, sentences_of
from newsclip.recommender.relevance import Ranked
from newsclip.recommender.story import MEANING, WINDOW, RareTags, same_story
from newsclip.recommender.told import Told

_NAMES = 3
_DAY = 86_400
_SPANS = ((365, "year"), (30, "month"), (7, "week"), (1, "day"))


class Comparison:
    """A source beside the articles that were found for it, by key."""

    def __init__(self, view: View, told: Told, found: Ranked) -> None:
        """``found`` was ranked by what is ``told`` of the source."""
        self._view, self._source = view, told.source
        keys = found.keys.tolist()
        self.articles = view.articles(keys)
        self._meaning = dict(zip(keys, found.meaning.tolist(), strict=True))
        self._words = dict(zip(keys, told.shared_words(found.held), strict=True))
        self._likely_names = dict(zip(keys, told.likely_names(found.held), strict=True))
        self._names: dict[int, tuple[str, ...]] = {}
        self._rare = RareTags(view)
        moment = seconds(self._source.published_at, NEVER)
        self._gaps = {key: _gap(moment, article) for key, article in self.articles.items()}

    def reasons(self, key: int, passages: bool = False) -> tuple[Reason, ...]:
        """All that speaks for an article; with ``passages`` the sentences that match best, too."""
        article, section = self.articles[key], self._source.section
        tags, names = self.tags(key), self.names(key)
        in_names = {*" ".join(names).casefold().split()}
        words = [word for word in self._words[key] if word.casefold() not in in_names]
        kinds: list[tuple[ReasonKind, Sequence[str]]] = [
            ("tags", tags),
            ("names", names),
            ("words", words),
            ("section", [section] if section and section == article.section else []),
            ("age", _age(self._gaps[key])),
            ("passages", self._passages(article) if passages else ()),
        ]
        reasons = tuple(Reason(kind, tuple(values)) for kind, values in kinds if values)
        if self.is_same_story(key):
            return (Reason("story"), *reasons)
        return reasons if tags or names or words else (Reason("meaning"), *reasons)

    def tags(self, key: int) -> tuple[str, ...]:
        """The tags that both carry, as the article writes them."""
        return tuple(tag for tag in self.articles[key].tags if fold(tag) in self._source.tags)

    def names(self, key: int) -> tuple[str, ...]:
        """The names that stand in both, of those with a telling word."""
        if key not in self._names:
            article = self.articles[key]
            text = f"{article.title}\n{article.summary}\n{article.body}"
            self._names[key] = shared_names(self._likely_names[key], text, _NAMES)
        return self._names[key]

    def is_same_story(self, key: int) -> bool:
        """Whether the article is part of the same running story (see :func:`same_story`)."""
        gap = self._gaps[key]
        if gap is None or abs(gap) > WINDOW.total_seconds():
            return False
        rare = self._meaning[key] >= MEANING and self._rare.any(self.tags(key))
        return same_story(
            key in self._linked, self._meaning[key], rare, self.names(key), self._words[key]
        )

    @cached_property
    def _linked(self) -> set[int]:
        """Those that the source links to, and those that link to it."""
        own = self._source.keys
        pointing = [key for key, article in self.articles.items() if article.links]
        if self._source.has_links:
            pointing += own
        links = self._view.links_from(pointing)
        to_source = {key for key in self.articles if not set(own).isdisjoint(links.get(key, ()))}
        return to_source.union(*(links.get(key, ()) for key in own))

    @cached_property
    def _sentences(self) -> Sentences:
        draft = self._source.draft
        return sentences_of(self._view, draft.body or draft.text, self._source.read_in)

    def _passages(self, article: Article) -> tuple[str, ...]:
        text = article.body or article.summary or article.title
        return best_pair(self._sentences, sentences_of(self._view, text, article.language)) or ()


def _gap(moment: int, article: Article) -> int | None:
    """Seconds from the article to a moment (seconds since 1970); None if one is not known."""
    published_at = seconds(article.published_at, NEVER)
    return None if NEVER in (moment, published_at) else moment - published_at


def _age(gap: int | None) -> tuple[str, ...]:
    """Such as ``3 days before``: when an article appeared, beside the source."""
    return () if gap is None else (age_text(gap),)


def age_text(gap: int) -> str:
    """Seconds as a reader counts them: ``2 weeks before``; negative ones are ``after``."""
    days = abs(gap) // _DAY
    for length, name in _SPANS:
        if count := days // length:
            return f"{count} {name}{'s' * (count > 1)} {'before' if gap > 0 else 'after'}"
    return "the same day"
