"""What a filter asks about each row of a segment, so that a filter costs microseconds."""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newsclip.index.columns import Columns, Rows
from newsclip.index.digest import attribute_name
from newsclip.index.filters import ALWAYS, NEVER, Filter, conditions, exclusions, seconds
from newsclip.index.strings import UNKNOWN, Strings

_NEWEST_AT_A_TIME = 4_096
_MASKS_KEPT = 8  # of filters; each takes a byte a row
_COUNTS_KEPT = 4


class Holders(Protocol):
    """Which rows hold an attribute, and which are the newest."""

    def rows_with(self, name: int) -> Rows:
        """The rows that hold the name with this number."""
        ...

    def newest_first(self) -> Rows:
        """All rows, the latest date first, undated ones last; equal ones by descending row."""
        ...


class ScannedHolders:
    """Looks through all rows: for a segment that still grows, and therefore is small."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def rows_with(self, name: int) -> Rows:
        """See :meth:`Holders.rows_with`."""
        places = np.flatnonzero(self._columns["attribute.name"] == name)
        return np.searchsorted(self._columns["attribute.end"], places, side="right")

    def newest_first(self) -> Rows:
        """See :meth:`Holders.newest_first`."""
        return newest_first(self._columns)


def newest_first(columns: Columns) -> Rows:
    """The order that :meth:`Holders.newest_first` gives."""
    published_at = columns["published_at"]
    published_at = np.where(published_at == NEVER, ALWAYS, published_at)
    return np.lexsort((-np.arange(len(columns)), -published_at))


class Catalog:
    """Which rows are alive, which readers may see, and which pass a filter."""

    def __init__(self, columns: Columns, names: Strings, holders: Holders) -> None:
        self._columns = columns
        self._names = names
        self._holders = holders
        self._alive = np.ones(len(columns), np.bool_)
        self._visible: NDArray[np.bool_] | None = None  # good from one moment until another
        self._since, self._until = 0, 0
        self._kept: dict[Hashable, NDArray[np.bool_]] = {}  # of the visible rows, by filter
        self._counted: list[tuple[NDArray[np.bool_], int]] = []  # masks, the last one first
        self._counts: dict[tuple[str, str], int] = {}
        self._shown: dict[int, int] = {}  # by name: how many visible rows hold it
        self._all_shown: NDArray[np.int64] | None = None  # the same of all names

    def __len__(self) -> int:
        """How many rows are alive."""
        return int(np.count_nonzero(self._alive))

    def extend(self) -> None:
        """Takes in the rows that the columns have grown by."""
        more = len(self._columns) - len(self._alive)
        self._alive = np.concatenate((self._alive, np.ones(more, np.bool_)))
        self._visible = None
        self._kept.clear()
        self._counts.clear()

    def remove(self, rows: Rows) -> None:
        """These rows are no more."""
        self._alive[rows] = False
        self._counts.clear()
        self._shown.clear()
        self._all_shown = None
        for mask in (self._visible, *self._kept.values()):
            if mask is not None:
                mask[rows] = False
        self._counted.clear()

    def alive_mask(self) -> NDArray[np.bool_]:
        """For each row, whether it is alive. Not to be changed."""
        return self._alive

    def alive(self, rows: Rows) -> Rows:
        """Those of the rows that are alive."""
        return rows[self._alive[rows]]

    def visible(self, now: datetime) -> NDArray[np.bool_]:
        """For each row, whether readers may see its article at ``now``. Not to be changed.

        Reckoned anew only when the clock has passed a moment at which some article appears or
        expires.
        """
        moment = seconds(now, 0)
        if self._visible is None or not self._since <= moment < self._until:
            self._visible = self._look(moment)
            self._kept.clear()
            self._counted.clear()
            self._shown.clear()
            self._all_shown = None
        return self._visible

    def _look(self, moment: int) -> NDArray[np.bool_]:
        start, end = self._columns["visible_from"], self._columns["visible_until"]
        started, ended = start <= moment, end <= moment
        moments = [start[started], end[ended], start[~started], end[~ended]]
        self._since = max([ALWAYS, *(int(m.max()) for m in moments[:2] if len(m))])
        self._until = min([NEVER, *(int(m.min()) for m in moments[2:] if len(m))])
        return self._alive & started & ~ended

    def allowed(self, where: Filter, now: datetime, excluded: Rows) -> NDArray[np.bool_]:
        """For each row, whether it is visible at ``now``, passes the filter and is not excluded.

        Not to be changed. The filter's ``exclude_ids`` are for the caller to look up.
        """
        mask = self._filtered(where, now)
        dated = where.published_from is not None or where.published_to is not None
        if not (dated or len(excluded)):
            return mask
        left = mask.copy()
        left[excluded] = False
        if dated:
            left &= self._published_between(where)
        else:
            distinct = [*set(excluded.tolist())]  # as a rule one
            gone = int(np.count_nonzero(mask[distinct]))
            self._remember(left, self.passing(mask) - gone)
        return left

    def _filtered(self, where: Filter, now: datetime) -> NDArray[np.bool_]:
        """Which visible rows pass, whatever their dates; the last few answers are kept.

        Each related list asks for its source's language, and leaves out other articles.
        """
        visible, asked, unwanted = self.visible(now), conditions(where), exclusions(where)
        if not (asked or unwanted):
            return visible
        key = (*asked, None, *unwanted)
        if key not in self._kept:
            mask = visible.copy()
            for attribute, names in asked:
                mask &= self._any(attribute, names)
            for attribute, names in unwanted:
                mask &= ~self._any(attribute, names)
            if len(self._kept) >= _MASKS_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = mask
        return self._kept[key]

    def _any(self, attribute: str, names: frozenset[str]) -> NDArray[np.bool_]:
        """Which rows have one of the names, alive or not."""
        mask = np.zeros(len(self._alive), np.bool_)
        for name in names:
            mask[self._rows_with(attribute, name)] = True
        return mask

    def passing(self, mask: NDArray[np.bool_]) -> int:
        """How many rows a mask that :meth:`allowed` gave lets through; the last few are remembered.

        Counting a million rows takes longer than asking tantivy for a rare word.
        """
        known = next((count for counted, count in self._counted if counted is mask), None)
        return self._remember(mask, int(np.count_nonzero(mask)) if known is None else known)

    def _remember(self, mask: NDArray[np.bool_], count: int) -> int:
        others = [each for each in self._counted if each[0] is not mask]
        self._counted = [(mask, count), *others[: _COUNTS_KEPT - 1]]
        return count

    def _published_between(self, where: Filter) -> NDArray[np.bool_]:
        published_at = self._columns["published_at"]
        mask: NDArray[np.bool_] = published_at != NEVER
        if where.published_from is not None:
            mask &= published_at >= seconds(where.published_from, 0)
        if where.published_to is not None:
            mask &= published_at < seconds(where.published_to, 0)
        return mask

    def _rows_with(self, attribute: str, folded: str) -> Rows:
        number = self._names.number(attribute_name(attribute, folded))
        return np.empty(0, np.int64) if number == UNKNOWN else self._holders.rows_with(number)

    def count(self, attribute: str, folded: str) -> int:
        """How many rows that are alive have an attribute of this name; remembered."""
        asked = (attribute, folded)
        if asked not in self._counts:
            self._counts[asked] = len(self.alive(self._rows_with(attribute, folded)))
        return self._counts[asked]

    def tagged(self, folded_tag: str) -> Rows:
        """The rows that carry a tag and are alive."""
        return self.alive(self._rows_with("tag", folded_tag))

    def carried(self, folded_tags: Iterable[str], now: datetime) -> set[str]:
        """Those of the tags that a visible article carries."""
        visible = self.visible(now)
        return {tag for tag in folded_tags if visible[self._rows_with("tag", tag)].any()}

    def shown_with(self, names: NDArray[np.int64], now: datetime) -> NDArray[np.int64]:
        """How many visible articles hold each name, by its number; remembered.

        A section of a hundred thousand takes a millisecond, and comes up with each letter typed.
        """
        visible, shown = self.visible(now), self._shown
        for name in names.tolist():
            if name not in shown:
                shown[name] = int(np.count_nonzero(visible[self._holders.rows_with(name)]))
        return np.array([shown[name] for name in names.tolist()], np.int64)

    def all_shown(self, now: datetime) -> NDArray[np.int64]:
        """What :meth:`shown_with` says of all names: for a segment that is small; remembered."""
        visible = self.visible(now)
        if self._all_shown is None:
            held, _ = self._columns.gathered("attribute", "name", np.flatnonzero(visible))
            self._all_shown = np.bincount(held, minlength=len(self._names))
        return self._all_shown

    def section_counts(self, now: datetime) -> dict[str, int]:
        """How many visible articles each section, as written, has."""
        sections = self._columns["section"][self.visible(now)]
        numbers, counts = np.unique(sections[sections >= 0], return_counts=True)
        written = self._names.texts(numbers.tolist())
        names = (name.split("=", 1)[1] for name in written)
        return dict(zip(names, counts.tolist(), strict=True))

    def sections_of(self, rows: Rows) -> list[str | None]:
        """The section of each row's article, as it wrote it."""
        numbers = self._columns["section"][rows]
        known = np.unique(numbers[numbers >= 0]).tolist()
        names = dict(zip(known, self._names.texts(known), strict=True))
        return [names[n].split("=", 1)[1] if n >= 0 else None for n in numbers.tolist()]

    def tags_of(self, row: int) -> tuple[str, ...]:
        """An article's tags, as it wrote them."""
        return self.tags_of_rows(np.array([row]))[0]

    def tags_of_rows(self, rows: Rows) -> list[tuple[str, ...]]:
        """The tags of each row's article, as it wrote them."""
        numbers, ends = self._columns.joined("tag", "written", rows)
        known = np.unique(numbers).tolist()
        names = dict(zip(known, self._names.texts(known), strict=True))
        tags = [names[number].split("=", 1)[1] for number in numbers.tolist()]
        stops = ends.tolist()
        return [tuple(tags[start:stop]) for start, stop in zip([0, *stops], stops, strict=False)]

    def newest(self, allowed: NDArray[np.bool_], limit: int, oldest: bool = False) -> Rows:
        """The allowed rows with the latest dates, or the first ones; undated ones come last."""
        order = self._holders.newest_first()
        if oldest:
            dated = self._columns["published_at"][order] != NEVER
            order = np.concatenate((order[dated][::-1], order[~dated][::-1]))
        found: list[Rows] = []
        missing = limit
        for start in range(0, len(order), _NEWEST_AT_A_TIME):
            part = order[start : start + _NEWEST_AT_A_TIME]
            found.append(part[allowed[part]][:missing])
            missing -= len(found[-1])
            if not missing:
                break
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def published_at(self, rows: Rows) -> NDArray[np.int64]:
        """When each row's article was published, seconds since 1970; NEVER if it does not say."""
        return self._columns["published_at"][rows]
