"""The house vocabulary: what is said of each tag, and which tag stands for another."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self, get_args

from newsclip.errors import TagInvalid
from newsclip.index.filters import fold
from newsclip.index.tag_names import Style, Styles, comparable

Status = Literal["active", "deprecated", "banned"]
STATUSES: tuple[Status, ...] = get_args(Status)
MAX_NAME = 200  # characters, as of an article's tags
_MAX_ALIASES = 200


@dataclass(frozen=True)
class HouseTag:
    """What the house says of one tag.

    ``tag`` is what articles carry, ``label`` how people read it where that differs. ``aliases``
    mean the same in a text. ``broader`` is the tag above it. A ``deprecated`` tag is suggested no
    more, and its ``replaced_by`` takes its place; a ``banned`` one is not even proposed.
    """

    tag: str
    label: str | None = None
    uri: str | None = None
    aliases: tuple[str, ...] = ()
    broader: str | None = None
    group: str | None = None
    status: Status = "active"
    replaced_by: str | None = None

    def checked(self) -> Self:
        """Itself, for one that somebody writes down; what articles carry may be of any form.

        Raises TagInvalid.
        """
        names = {"tag": self.tag, "label": self.label, "broader": self.broader, "uri": self.uri}
        names |= {"group": self.group, "replaced_by": self.replaced_by}
        for field, name in names.items():
            if name is not None:
                _check_name(field, name, most=2_000 if field == "uri" else MAX_NAME)
        for alias in self.aliases:
            _check_name("aliases", alias, MAX_NAME)
        if len(self.aliases) > _MAX_ALIASES:
            remedy = f"give up to {_MAX_ALIASES} other names"
            raise TagInvalid("aliases", self.tag, remedy, f"are {len(self.aliases)}")
        self._check_status()
        return self

    def _check_status(self) -> None:
        if self.status not in STATUSES:
            remedy = f"use one of {', '.join(STATUSES)}"
            raise TagInvalid("status", self.status, remedy, "is unknown")
        if self.replaced_by is not None and self.status != "deprecated":
            remedy = "leave it out, or make the tag deprecated"
            problem = f"stands for nothing: the tag is {self.status}"
            raise TagInvalid("replaced_by", self.replaced_by, remedy, problem)

    @property
    def names(self) -> tuple[str, ...]:
        """All that stands for it in a text."""
        return tuple(dict.fromkeys(filter(None, (self.tag, self.label, *self.aliases))))


def _check_name(field: str, name: str, most: int) -> None:
    if not 0 < len(name) <= most:
        problem = f"has {len(name)} characters"
        raise TagInvalid(field, name, f"give 1 to {most} characters", problem)
    if name != name.strip() or name.startswith("#"):
        remedy = "write it without the blank or #"
        raise TagInvalid(field, name, remedy, "begins or ends with a blank, or with #")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise TagInvalid(field, name, "leave it out", "holds a control character")


def tag_to_dict(entry: HouseTag) -> dict[str, Any]:
    """The entry as JSON-ready values."""
    return {
        "tag": entry.tag,
        "label": entry.label,
        "uri": entry.uri,
        "aliases": list(entry.aliases),
        "broader": entry.broader,
        "group": entry.group,
        "status": entry.status,
        "replaced_by": entry.replaced_by,
    }


def tag_of_dict(values: Mapping[str, Any]) -> HouseTag:
    """The entry of :func:`tag_to_dict`."""
    return HouseTag(**{**values, "aliases": tuple(values["aliases"])})


class HouseTags:
    """The vocabulary of one revision.

    Of a ``closed`` one no other tags are suggested than those that it lists; an open one says
    something of some of the archive's tags. Raises TagInvalid if the entries contradict each other.
    """

    def __init__(
        self, revision: int = 0, entries: Iterable[HouseTag] = (), closed: bool = False
    ) -> None:
        self.revision = revision
        self.closed = closed
        self.entries: Mapping[str, HouseTag] = {entry.tag: entry for entry in entries}
        self._replaced = {tag: self._end(tag, "replaced_by") for tag in self.entries}
        for tag, last in self._replaced.items():
            self._end(tag, "broader")
            listed = self.entries.get(last)
            if tag != last and (listed.status != "active" if listed else closed):
                remedy = "name an active tag" + (" of the vocabulary" if closed else "")
                raise TagInvalid("replaced_by", last, remedy, f"of {tag!r} is not in use")

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[HouseTag]:
        """The entries in the order of their file."""
        return iter(self.entries.values())

    def _end(self, tag: str, field: Literal["broader", "replaced_by"]) -> str:
        """Where a chain of tags ends."""
        seen = [tag]
        while (entry := self.entries.get(seen[-1])) and (following := getattr(entry, field)):
            if following in seen:
                raise TagInvalid(field, following, "break the circle", f"leads {tag!r} to itself")
            seen.append(following)
        return seen[-1]

    def kept_as(self, tag: str) -> str:
        """The tag that an article keeps for one that it is handed in with: its replacement.

        Letter case makes no difference, unless the vocabulary lists this very spelling.
        """
        return self._replaced.get(tag) or self._replaced_in_any_case.get(fold(tag), tag)

    @cached_property
    def _replaced_in_any_case(self) -> Mapping[str, str]:
        """Each replaced tag, folded, and its replacement; none that is listed in another case."""
        kept = {fold(tag) for tag, last in self._replaced.items() if tag == last}
        return {fold(tag): last for tag, last in self.replaced.items() if fold(tag) not in kept}

    @property
    def replaced(self) -> Mapping[str, str]:
        """Each tag that another one has replaced, and that one."""
        return {tag: last for tag, last in self._replaced.items() if tag != last}

    def meant_by(self, name: str) -> str:
        """The tag that a name stands for now, in use or not; the name itself if none is listed.

        An alias, or another spelling of a tag of the vocabulary, is taken for that tag.
        """
        found = self.find(name)
        return self.kept_as(found.tag) if found else name

    def current(self, tag: str) -> str | None:
        """The tag to suggest for one that articles carry; None if it is not to be suggested."""
        tag = self.meant_by(tag)
        entry = self.entries.get(tag)
        if entry is None:
            return None if self.closed else tag
        return tag if entry.status == "active" else None

    def find(self, name: str) -> HouseTag | None:
        """The entry with this tag, label or alias, however it is written; the first of several."""
        if not self.entries:
            return None
        return self.entries.get(name) or self._by_name.get(comparable(name))

    @cached_property
    def _by_name(self) -> Mapping[str, HouseTag]:
        found: dict[str, HouseTag] = {}
        for names in (lambda e: (e.tag,), lambda e: e.names):
            for entry in self:
                for name in names(entry):
                    found.setdefault(comparable(name), entry)
        return found

    @cached_property
    def style(self) -> Style | None:
        """How the active tags are written; None if there is none."""
        active = [entry.tag for entry in self if entry.status == "active"]
        return Styles(active).learned() if active else None

    def branch(self, tag: str) -> frozenset[str]:
        """A tag and all that lie beneath it."""
        found = {tag}
        level = [tag]
        while level:
            level = [below for above in level for below in self._narrower.get(above, ())]
            found.update(level)
        return frozenset(found)

    @cached_property
    def _narrower(self) -> Mapping[str, Sequence[str]]:
        narrower: dict[str, list[str]] = {}
        for entry in self:
            if entry.broader:
                narrower.setdefault(entry.broader, []).append(entry.tag)
        return narrower
