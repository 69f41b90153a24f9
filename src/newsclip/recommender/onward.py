"""Several titled slots for one page, with no article twice on it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

import numpy as np

from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.choice import Choice, Fallback, eligible, with_copies
from newsclip.recommender.curation import Editors, editors_on
from newsclip.recommender.hit import Hit
from newsclip.recommender.reasons import Comparison
from newsclip.recommender.relevance import ranked
from newsclip.recommender.similar import distinct, hits_of, slot_hits
from newsclip.recommender.source import Source
from newsclip.recommender.story import WINDOW
from newsclip.recommender.told import Told

SlotName = Literal["story", "section", "tag", "related"]
SLOT_NAMES: tuple[SlotName, ...] = get_args(SlotName)

_ENOUGH = 3  # articles with a tag, for a slot of its own
_FIRST = datetime(1, 1, 1, tzinfo=UTC)  # of all moments, as is the last
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_STORY_POOL = 30  # of the best within the weeks, those that are looked at closely


@dataclass(frozen=True)
class Slot:
    """One titled list of a page; ``tag`` is that of a tag's slot."""

    name: SlotName
    heading: str
    hits: Sequence[Hit]
    tag: str | None = None


def onward(
    view: View, source: Source, names: Sequence[SlotName] = SLOT_NAMES, choice: Choice = Choice()
) -> list[Slot]:
    """The slots that have something to show, in the order asked for, ``limit`` hits in each.

    - ``story``: the running story (see :func:`~newsclip.recommender.story.same_story`), in the
      order of time, without what editors pinned into another slot of the page;
    - ``section``: the most alike of the source's section, then its newest;
    - ``tag``: the most alike with the source's most telling tag: the one with the fewest articles,
      but at least three, and one that the page does not show yet; each further ``tag`` takes the
      next; never filled up;
    - ``related``: the most alike of all, filled up as :func:`similar` does.

    Raises QueryInvalid if ``time`` does not fit the source.
    """
    page = _Page(view, source, names, choice)
    slots = [page.fill(name) for name in names]
    return [slot for slot in slots if slot and slot.hits]


class _Page:
    """What is on the page so far."""

    def __init__(
        self, view: View, source: Source, names: Sequence[SlotName], choice: Choice
    ) -> None:
        self._view, self._source, self._choice = view, source, choice
        self._names = names
        self._where = eligible(view, source, choice)
        tags = self._telling_tags()
        self._tags, self._first_tags = iter(tags), tags[: names.count("tag")]
        self._told = Told(view, source)

    def fill(self, name: SlotName) -> Slot | None:
        """The next slot; None where there is nothing that it could be about."""
        fillers: dict[SlotName, Callable[[], Slot | None]] = {
            "story": self._story,
            "section": self._section,
            "tag": self._tag,
            "related": self._related,
        }
        slot = fillers[name]()
        if slot:
            self._take(slot.hits)
        return slot

    def _take(self, hits: Iterable[Hit]) -> None:
        taken = with_copies(self._view, self._view.keys_of(hit.article.id for hit in hits))
        self._where = replace(self._where, exclude_keys=self._where.exclude_keys | taken)

    def _story(self) -> Slot | None:
        moment = self._source.published_at
        if moment is None:
            return None
        where = self._editors(self._where).allowed
        where = replace(where, exclude_keys=where.exclude_keys | self._pinned_elsewhere())
        weeks = _around(where, moment)
        choice = replace(self._choice, time="evergreen", limit=_STORY_POOL)
        found = ranked(self._view, self._source, self._told.query, choice, weeks)
        pool = distinct(self._view, found, _STORY_POOL)
        comparison = Comparison(self._view, self._told, pool)
        told = np.array([comparison.is_same_story(key) for key in pool.keys.tolist()], np.bool_)
        best = pool.at(np.flatnonzero(told)).first(self._choice.limit)
        in_time = best.at(np.argsort(self._view.published_at(best.keys), kind="stable"))
        hits = hits_of(self._view, in_time, comparison, where, self._choice.explain)
        return Slot("story", "The story so far", hits)

    def _editors(self, where: Filter) -> Editors:
        return editors_on(self._view, self._source, where, self._choice.limit)

    def _pinned_elsewhere(self) -> frozenset[int]:
        """What editors pinned into the page's other slots, and the copies of it."""
        slots = [self._with_tag(tag) for tag in self._first_tags]
        slots += [self._where] if "related" in self._names else []
        if "section" in self._names and (section := self._in_section()):
            slots.append(section)
        pins = [hit for where in slots for hit in self._editors(where).pins.values()]
        return with_copies(self._view, self._view.keys_of(hit.article.id for hit in pins))

    def _in_section(self) -> Filter | None:
        """The source's section; None if it has none, or others are asked for."""
        section, asked = self._source.section, self._where.sections
        if section is None or (asked and fold(section) not in map(fold, asked)):
            return None
        return replace(self._where, sections=frozenset([section]))

    def _with_tag(self, tag: str) -> Filter:
        return replace(self._where, tags=self._where.tags | {tag})

    def _section(self) -> Slot | None:
        where = self._in_section()
        if where is None:
            return None
        return Slot("section", f"More from {self._source.section}", self._hits(where))

    def _tag(self) -> Slot | None:
        for tag in self._tags:
            if hits := self._hits(self._with_tag(tag), fallback="none"):
                return Slot("tag", f"More on {tag}", hits, tag)
        return None

    def _related(self) -> Slot:
        return Slot("related", "Related", self._hits(self._where))

    def _hits(self, where: Filter, fallback: Fallback | None = None) -> list[Hit]:
        choice = replace(self._choice, fallback=fallback or self._choice.fallback)
        return slot_hits(self._view, self._told, choice, where)

    def _telling_tags(self) -> list[str]:
        """The source's tags that enough articles carry, the rarest first."""
        tags = {fold(tag): tag for tag in reversed(self._source.draft.tags)}
        counts = {tag: self._view.count(self._with_tag(tag)) for tag in tags.values()}
        enough = (tag for tag in counts if counts[tag] >= _ENOUGH)
        return sorted(enough, key=lambda tag: (counts[tag], tag))


def _around(where: Filter, moment: datetime) -> Filter:
    """The filter, and published within the weeks of a story around a moment, the ends included."""
    span = WINDOW + timedelta(seconds=1)
    first = moment - min(WINDOW, moment - _FIRST)
    end = moment + span if moment < _LAST - span else None
    return replace(
        where,
        published_from=max(first, where.published_from or first),
        published_to=min(filter(None, (end, where.published_to)), default=None),
    )
