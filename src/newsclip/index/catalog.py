"""What a filter asks about each article, in columns, so that a filter costs microseconds."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.filters import (
    ALWAYS,
    NEVER,
    Filter,
    attributes,
    conditions,
    fold,
    seconds,
    visible_span,
)


class Catalog:
    """The filterable attributes of each key. Columns are indexed by the key itself."""

    def __init__(self) -> None:
        self._ids: dict[int, str] = {}
        self._keys: dict[str, int] = {}
        self._tags: dict[int, tuple[str, ...]] = {}
        self._section_codes: dict[str, int] = {}
        # Columns of a key that is no more keep their values: visible_from says NEVER.
        self._visible_from = np.full(1024, NEVER, np.int64)
        self._visible_until = np.full(1024, NEVER, np.int64)
        self._published_at = np.full(1024, NEVER, np.int64)
        self._section = np.full(1024, -1, np.int32)
        self._postings: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __contains__(self, key: int) -> bool:
        return key in self._ids

    def add(self, key: int, article: Article) -> None:
        """Adds an article under a key that is higher than, or unlike, all before."""
        self._grow(key + 1)
        self._ids[key] = article.id
        self._keys[article.id] = key
        self._tags[key] = article.tags
        self._section[key] = self._code(article.section)
        self._visible_from[key], self._visible_until[key] = visible_span(article)
        self._published_at[key] = seconds(article.published_at, NEVER)
        for attribute, names in attributes(article).items():
            for name in names:
                self._postings[attribute, name].append(key)

    def remove(self, key: int) -> None:
        """Forgets a key; one that is unknown is passed over."""
        article_id = self._ids.pop(key, None)
        if article_id is None:
            return
        if self._keys.get(article_id) == key:
            del self._keys[article_id]
        del self._tags[key]
        self._visible_from[key] = NEVER

    def key_of(self, article_id: str) -> int | None:
        """The key of an article's present version."""
        return self._keys.get(article_id)

    def tags_of(self, key: int) -> tuple[str, ...]:
        """The tags of an article, as it wrote them."""
        return self._tags[key]

    def carried(self, tags: Iterable[str], now: datetime) -> set[str]:
        """Those of the tags that a visible article carries, compared as filters compare them."""
        visible = self.visible(now)
        return {tag for tag in tags if (visible & self._any("tag", [fold(tag)])).any()}

    def section_counts(self, now: datetime) -> dict[str, int]:
        """How many visible articles each section has."""
        codes = self._section[self.visible(now)]
        counts = np.bincount(codes[codes >= 0], minlength=len(self._section_codes)).tolist()
        return {name: counts[code] for name, code in self._section_codes.items() if counts[code]}

    def visible(self, now: datetime) -> NDArray[np.bool_]:
        """For each key, whether readers may see its article at ``now``."""
        moment = seconds(now, 0)
        return (self._visible_from <= moment) & (moment < self._visible_until)

    def allowed(self, where: Filter, now: datetime) -> NDArray[np.bool_]:
        """For each key, whether it is visible at ``now`` and passes the filter."""
        mask = self.visible(now)
        for attribute, names in conditions(where):
            mask &= self._any(attribute, names)
        if where.published_from is not None:
            mask &= self._published_at >= seconds(where.published_from, 0)
            mask &= self._published_at != NEVER
        if where.published_to is not None:
            mask &= self._published_at < seconds(where.published_to, 0)
        for article_id in where.exclude_ids:
            if (key := self._keys.get(article_id)) is not None:
                mask[key] = False
        return mask

    def newest(self, allowed: NDArray[np.bool_], limit: int) -> list[int]:
        """The allowed keys with the latest dates, newest first; undated articles come last."""
        keys = np.flatnonzero(allowed)
        published_at = self._published_at[keys]
        published_at = np.where(published_at == NEVER, ALWAYS, published_at)
        return [int(key) for key in keys[np.lexsort((-keys, -published_at))][:limit]]

    def _code(self, section: str | None) -> int:
        if section is None:
            return -1
        return self._section_codes.setdefault(section, len(self._section_codes))

    def _any(self, attribute: str, names: Iterable[str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self._visible_from), np.bool_)
        for name in names:
            if (postings := self._postings.get((attribute, name))) is not None:
                mask[np.frombuffer(postings, np.int64)] = True
        return mask

    def _grow(self, size: int) -> None:
        room = len(self._visible_from)
        if size > room:
            more = np.full(max(size - room, room), NEVER, np.int64)
            self._visible_from = np.concatenate((self._visible_from, more))
            self._visible_until = np.concatenate((self._visible_until, more))
            self._published_at = np.concatenate((self._published_at, more))
            self._section = np.concatenate((self._section, np.full(len(more), -1, np.int32)))
