"""The editors' rules, applied to the articles that are related to one source."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from newsclip.index.article import Article
from newsclip.index.filters import Filter, fold
from newsclip.index.rules import Name, Rule, Rulebook, Selector
from newsclip.index.view import View
from newsclip.recommender.choice import with_copies
from newsclip.recommender.hit import Hit, Reason
from newsclip.recommender.source import Source

_FIRST = 5  # newest of a tag or a section, one of which a pin of it shows as a rule


@dataclass(frozen=True)
class Editors:
    """What editors have ruled about the answer to one question.

    ``allowed`` is the question's filter without what is hidden or blocked, ``where`` that without
    what is pinned and its copies; ``pins`` are the hits at their positions, 1 to ``limit``.
    """

    where: Filter
    limit: int
    allowed: Filter
    pins: Mapping[int, Hit] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether the pins fill the answer, so that nothing need be computed."""
        return len(self.pins) >= self.limit


def editors_on(view: View, source: Source, where: Filter, limit: int) -> Editors:
    """What editors have ruled about ``limit`` articles related to ``source``.

    Pins keep to ``where``, but for its languages: who pins a translation means it. What it leaves
    out is not pinned either, nor is the source or a copy of it, what readers must not see, or what
    is hidden or blocked here: a pin is a wish, the others are commands. Of the copies of one text
    only one is pinned, and the ``where`` of the answer leaves out the others.
    """
    book = view.rules()
    if not book:
        return Editors(where, limit, where)
    names = _names(view, source, book)
    where = _without(view, where, book.hidden(names, view.now))
    pins = [rule for rule in book.pins(names, view.now) if (rule.position or 1) <= limit]
    if not pins:
        return Editors(where, limit, where)
    own = _less(replace(where, languages=frozenset()), with_copies(view, source.keys))
    slot = _Slot(view, own, limit).filled(pins)
    shown = [key for key, _ in slot.values()]
    articles = view.articles(shown)
    hits = {position: _hit(articles[key], rule) for position, (key, rule) in slot.items()}
    return Editors(_less(where, with_copies(view, shown)), limit, where, hits)


def pinned_now(view: View) -> list[tuple[str, list[str]]]:
    """For each pin that holds its id, and those of the articles that it may show, the first ones.

    Which of them it shows depends on the source, and on what is hidden or pinned there.
    """
    book = view.rules()
    where = _without(view, Filter(), book.hidden((), view.now))
    pins = [r for r in book.rules.values() if r.kind == "pin" and r.is_active(view.now)]
    return sorted((rule.id, _first_of(view, where, rule.target)) for rule in pins)


def _first_of(view: View, where: Filter, target: Selector) -> list[str]:
    if target.kind != "article":
        narrowed = _narrowed(where, target)
        return view.ids(view.newest(narrowed, _FIRST)) if narrowed else []
    return view.ids(view.passing_keys([target.value], where))


def placed(pins: Mapping[int, Hit], ranked: Iterable[Hit], limit: int) -> list[Hit]:
    """``limit`` hits at most: pins at their positions, from 1, the ranked in their order between.

    No article is there twice. Where the ranked ones do not suffice, later pins move up.
    """
    pinned = {hit.article.id for hit in pins.values()}
    others = iter({h.article.id: h for h in ranked if h.article.id not in pinned}.values())
    hits = (pins.get(position) or next(others, None) for position in range(1, limit + 1))
    return [hit for hit in hits if hit is not None]


def _names(view: View, source: Source, book: Rulebook) -> list[Name]:
    """All that rules may call the source by."""
    ids = view.ids(source.keys) if book.names_articles else ()
    names: list[Name] = [("article", article_id) for article_id in ids]
    names += [("tag", tag) for tag in sorted(source.tags)]
    return names + ([("section", fold(source.section))] if source.section else [])


def _without(view: View, where: Filter, hidden: Collection[Name]) -> Filter:
    if not hidden:
        return where
    named = {"article": set[str](), "tag": set[str](), "section": set[str]()}
    for kind, name in hidden:
        named[kind].add(name)
    keys = view.ruled_keys() if named["article"] else {}
    return replace(
        where,
        exclude_keys=where.exclude_keys.union(keys[i] for i in named["article"] if i in keys),
        exclude_tags=where.exclude_tags | named["tag"],
        exclude_sections=where.exclude_sections | named["section"],
    )


def _less(where: Filter, keys: Iterable[int]) -> Filter:
    return replace(where, exclude_keys=where.exclude_keys.union(keys))


class _Slot:
    """Positions that fill with pinned articles: each by its key, with the rule that pins it."""

    def __init__(self, view: View, where: Filter, limit: int) -> None:
        self._view = view
        self._where = where
        self._limit = limit
        self._taken: dict[int, tuple[int, Rule]] = {}
        self._allowed: dict[str, int] = {}  # pinned articles that may be shown
        self._clusters: frozenset[int] = frozenset()  # what was taken, and the copies of it

    def filled(self, pins: Sequence[Rule]) -> dict[int, tuple[int, Rule]]:
        """The pins in their order: the first of a position has it, the others the next free one."""
        self._allowed = self._shown(pins)
        late = [rule for rule in pins if not self._take(rule, rule.position or 1)]
        for rule in late:
            free = (p for p in range(rule.position or 1, self._limit + 1) if p not in self._taken)
            self._take(rule, next(free, 0))
        return self._taken

    def _shown(self, pins: Sequence[Rule]) -> dict[str, int]:
        """Those of the pinned articles that are there and pass."""
        ids = {rule.target.value for rule in pins if rule.target.kind == "article"}
        found = {id: key for id, key in self._view.ruled_keys().items() if id in ids}
        passing = self._view.passing(np.array([*found.values()], np.int64), self._where)
        return {id: key for (id, key), shown in zip(found.items(), passing, strict=True) if shown}

    def _take(self, rule: Rule, position: int) -> bool:
        """Whether the rule is settled: it has the position, or nothing to show."""
        if position in self._taken:
            return False
        key = self._key(rule.target) if position else None
        if key is not None:
            self._taken[position] = key, rule
            self._clusters |= with_copies(self._view, [key])
        return True

    def _key(self, target: Selector) -> int | None:
        if target.kind == "article":
            key = self._allowed.get(target.value)
            return None if key in self._clusters else key
        where = _narrowed(self._where, target)
        if where is None:
            return None
        return next(iter(self._view.newest(_less(where, self._clusters), 1)), None)


def _narrowed(where: Filter, target: Selector) -> Filter | None:
    """The filter, and of the target's tag or section besides; None if nothing can be both."""
    if target.kind == "tag":
        return replace(where, tags=where.tags | {target.value})
    if where.sections and target.name[1] not in map(fold, where.sections):
        return None
    return replace(where, sections=frozenset([target.value]))


def _hit(article: Article, rule: Rule) -> Hit:
    reason = Reason("pinned", (rule.reason,) if rule.reason else ())
    return Hit(article, 0.0, (reason,), pinned=True)
