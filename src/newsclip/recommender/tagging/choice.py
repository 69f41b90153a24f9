"""Which tags may be suggested."""

from collections.abc import Callable
from dataclasses import dataclass

from newsclip.errors import QueryInvalid
from newsclip.index.filters import Filter, fold
from newsclip.index.house_tags import HouseTags
from newsclip.index.view import View


@dataclass(frozen=True)
class TagChoice:
    """How tags are chosen.

    ``banned`` are not to be suggested for this draft, in any spelling. ``branch`` is a tag of the
    vocabulary: only it and those beneath it are suggested; ``group`` keeps to the tags of a group.
    ``article`` is the id of the article that is being tagged: where the archive has it already, it
    is no witness for its own tags.
    """

    limit: int = 8
    min_score: float = 0.0
    banned: frozenset[str] = frozenset()
    branch: str | None = None
    group: str | None = None
    article: str | None = None

    @property
    def where(self) -> Filter:
        """The articles that may speak for a tag."""
        return Filter(exclude_ids=frozenset([self.article] if self.article else []))


ANY_TAG = TagChoice()


def allowed(view: View, choice: TagChoice) -> Callable[[str], bool]:
    """Whether a tag may be suggested. Raises QueryInvalid for a branch or group that is none."""
    house = view.house()
    banned = frozenset(map(fold, choice.banned))
    branch = None if choice.branch is None else _branch(house, choice.branch)
    group = None if choice.group is None else _group(house, choice.group)

    def may_be(tag: str) -> bool:
        return (
            fold(tag) not in banned
            and house.current(tag) == tag
            and (branch is None or tag in branch)
            and (group is None or tag in group)
        )

    return may_be


def _branch(house: HouseTags, name: str) -> frozenset[str]:
    found = house.find(name)
    if found is None:
        remedy = "name a tag that the vocabulary lists"
        raise QueryInvalid("branch", name, remedy, "is no tag of the vocabulary")
    return house.branch(found.tag)


def _group(house: HouseTags, name: str) -> frozenset[str]:
    groups = sorted({entry.group for entry in house if entry.group})
    found = frozenset(
        entry.tag for entry in house if entry.group and fold(entry.group) == fold(name)
    )
    if not found:
        remedy = f"use one of {', '.join(groups)}" if groups else "give tags a group first"
        raise QueryInvalid("group", name, remedy, "is no group of the vocabulary")
    return found
