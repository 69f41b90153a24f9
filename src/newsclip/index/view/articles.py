"""Which articles there are, what they point to, and what is a copy of what."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import numpy as np

from newsclip.errors import ArticleNotFound, UrlUnknown
from newsclip.index.article import Article
from newsclip.index.filters import NEVER, Filter, seconds
from newsclip.index.rules import Rulebook
from newsclip.index.tally import Tally
from newsclip.index.view.rows import RowView
from newsclip.index.view.scored import Keys, in_time


class ArticleView(RowView):
    """Questions about articles, by key, id or URL."""

    def key_of(self, article_id: str) -> int:
        """The key of an article, visible or not. Raises ArticleNotFound."""
        key = self._store.key_of(article_id)
        if key is None:
            raise ArticleNotFound(article_id)
        return key

    def keys_of(self, article_ids: Iterable[str]) -> list[int]:
        """The keys of those of the articles that there are, visible or not, in their order."""
        return list(self._store.keys_of(list(article_ids)).values())

    def passing_keys(self, article_ids: Iterable[str], where: Filter) -> Keys:
        """The keys of those of the articles that pass, in their order."""
        keys = np.array(self.keys_of(article_ids), np.int64)
        return keys[self.passing(keys, where)]

    def key_of_url(self, url: str) -> int:
        """The key of the article that a URL leads to, visible or not. Raises UrlUnknown.

        Of several articles with one canonical URL a published one, then the newest version.
        """
        key = self._store.links.key_of_url(url)
        if key is None:
            raise UrlUnknown(url)
        return key

    def links_from(self, keys: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """For each key that points to other articles of the archive, their keys, as in its body."""
        return self._store.links.from_keys(keys)

    def link_counts(self, keys: Keys) -> Keys:
        """By how many other articles each key is pointed to, ``(n,)``."""
        counts = self._store.links.counts(keys.tolist(), self._layers.revision)
        return np.array([counts[key] for key in keys.tolist()], np.int64)

    def ids(self, keys: Iterable[int]) -> list[str]:
        """The ids of the articles of some keys, in their order."""
        return self._store.ids([int(key) for key in keys])

    def rules(self) -> Rulebook:
        """What editors have ruled."""
        return self._store.curation.rulebook()

    def ruled_keys(self) -> Mapping[str, int]:
        """The keys of the articles that the rules name, by id; of those that are there."""
        return self._store.curation.keys(self._layers.revision)

    def article(self, article_id: str) -> Article:
        """The article, visible or not. Raises ArticleNotFound."""
        return self._store.get(article_id)

    def keyed(self, article_id: str) -> tuple[int, Article]:
        """The key of an article, and the article, visible or not. Raises ArticleNotFound."""
        return self._store.keyed(article_id)

    def articles(self, keys: Iterable[int]) -> dict[int, Article]:
        """The articles of some keys."""
        return self._store.articles([int(key) for key in keys])

    def names(self, key: int) -> tuple[str, ...] | None:
        """The names in an article, those of the most words first; None where they are not kept."""
        return self._store.names([key]).get(key)

    def published_at(self, keys: Keys) -> Keys:
        """When the article of each key was published, seconds since 1970; NEVER if undated."""
        moments = np.full(len(keys), NEVER, np.int64)
        for segment, places, rows in self._rows(keys):
            moments[places] = segment.catalog.published_at(rows)
        return moments

    def sections(self, keys: Keys) -> list[str | None]:
        """The section of the article of each key, as it is written."""
        sections: list[str | None] = [None] * len(keys)
        for segment, places, rows in self._rows(keys):
            names = segment.catalog.sections_of(rows)
            for place, name in zip(places.tolist(), names, strict=True):
                sections[place] = name
        return sections

    def section_counts(self) -> dict[str, int]:
        """Every section of a visible article, with the number of those articles."""
        counts: dict[str, int] = {}
        for segment in self._layers.segments:
            for section, count in segment.catalog.section_counts(self.now).items():
                counts[section] = counts.get(section, 0) + count
        return counts

    def newest(self, where: Filter, limit: int, oldest: bool = False) -> list[int]:
        """Keys of the newest articles that pass, or the oldest; undated articles come last."""
        keys, dates = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for segment, allowed in self._allowed(where):
            rows = segment.catalog.newest(allowed, limit, oldest)
            keys.append(segment.columns["key"][rows].astype(np.int64))
            dates.append(segment.catalog.published_at(rows))
        first: list[int] = in_time(np.concatenate(keys), np.concatenate(dates), oldest)[
            :limit
        ].tolist()
        return first

    def tally(self, keys: Keys) -> Tally:
        """How many of the articles of some keys have each section, tag, author and language."""
        places = ((segment.columns, at, rows) for segment, at, rows in self._rows(keys))
        return Tally(self._layers.names, keys, places)

    def tuned_ranker(self) -> str | None:
        """The ranker that was learned on this archive with its present encoder, as stored."""
        return self._store.rankers.of(self.encoder_identity)

    def copies_of(self, keys: Collection[int] | Keys) -> dict[int, tuple[int, ...]]:
        """For each key the other articles of its cluster of copies, visible or not, ascending."""
        asked = keys.tolist() if isinstance(keys, np.ndarray) else [*keys]
        # Hits are asked about twice: whether they are copies of each other, and for their copies.
        if missing := [key for key in asked if key not in self._copies]:
            self._copies |= dict.fromkeys(missing, ())
            self._copies |= self._layers.clusters.copies_of(np.array(missing, np.int64))
        return {key: self._copies[key] for key in asked}

    def copies_of_text(
        self, body: str, published_at: datetime | None = None, language: str | None = None
    ) -> tuple[int, ...]:
        """The keys of the copies of a body that may not be in the archive, and of their copies.

        Ascending; of an undated text those of any date.
        """
        terms = self._analyzer.terms(body, language)
        return self._layers.clusters.copies_of_text(terms, seconds(published_at, NEVER))
