"""Which tags may be suggested."""

from collections.abc import Callable
from dataclasses import dataclass

from newsclip.index.filters import Filter, fold
from newsclip.index.house_tags import HouseTags


@dataclass(frozen=True)
class TagChoice:
    """How tags are chosen.

    ``banned`` are not to be suggested for this draft, by whatever name. ``branch`` is a tag of the
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


def allowed(house: HouseTags, choice: TagChoice) -> Callable[[str], bool]:
    """Whether a tag may be suggested."""
    banned = banned_of(house, choice)
    branch = None if choice.branch is None else branch_of(house, choice.branch)
    group = None if choice.group is None else group_of(house, choice.group)

    def may_be(tag: str) -> bool:
        return (
            fold(tag) not in banned
            and house.current(tag) == tag
            and (branch is None or tag in branch)
            and (group is None or tag in group)
        )

    return may_be


def banned_of(house: HouseTags, choice: TagChoice) -> frozenset[str]:
    """The folded tags that the names of the banned ones stand for."""
    return frozenset(fold(house.meant_by(name)) for name in choice.banned)


def branch_of(house: HouseTags, name: str) -> frozenset[str]:
    """A tag of the vocabulary, however it is written, and all beneath it; none if there is none."""
    found = house.find(name)
    return house.branch(found.tag) if found else frozenset()


def group_of(house: HouseTags, name: str) -> frozenset[str]:
    """The tags of a group of the vocabulary, in any letter case."""
    return frozenset(tag.tag for tag in house if tag.group and fold(tag.group) == fold(name))
