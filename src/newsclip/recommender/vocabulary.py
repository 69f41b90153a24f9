"""The vocabulary as it stands: the house's entries and the archive's tags, with their articles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from newsclip.index.filters import fold
from newsclip.index.house_tags import HouseTag, HouseTags
from newsclip.index.statistics import TagCount
from newsclip.index.tag_names import Style, comparable
from newsclip.index.view import View

Standing = Literal["active", "deprecated", "banned", "unlisted"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


@dataclass(frozen=True)
class Listed:
    """A tag with the number of visible articles that carry it, in whatever letter case.

    ``unlisted`` is one that articles carry and a closed vocabulary does not know. ``spellings``
    are how articles write it other than ``entry`` does, each with its articles.
    """

    entry: HouseTag
    standing: Standing
    articles: int
    spellings: tuple[tuple[str, int], ...] = ()


def vocabulary(house: HouseTags, counts: Iterable[TagCount]) -> list[Listed]:
    """The house's tags and those of visible articles, most used first, then by name."""
    found = {fold(count.tag): count for count in counts}
    listed, known = list[Listed](), set[str]()
    for entry in house:
        if _is_respelled(house, entry):  # all of its articles are those of the other spelling
            listed.append(Listed(entry, entry.status, 0))
        else:
            known.add(fold(entry.tag))
            listed.append(_listed(entry, entry.status, found.get(fold(entry.tag))))
    standing: Standing = "unlisted" if house.closed else "active"
    unlisted = [count for folded, count in found.items() if folded not in known]
    listed += [_listed(HouseTag(count.tag), standing, count) for count in unlisted]
    return sorted(listed, key=lambda each: (-each.articles, each.entry.tag))


def _is_respelled(house: HouseTags, entry: HouseTag) -> bool:
    """Whether a tag is replaced by one that differs from it in letter case alone."""
    kept = house.kept_as(entry.tag)
    return kept != entry.tag and fold(kept) == fold(entry.tag)


def _listed(entry: HouseTag, standing: Standing, count: TagCount | None) -> Listed:
    if count is None:
        return Listed(entry, standing, 0)
    written = [(tag, articles) for tag, articles in count.spellings if tag != entry.tag]
    return Listed(entry, standing, count.articles, tuple(written))


def chosen(
    listed: Iterable[Listed],
    house: HouseTags,
    *,
    text: str | None = None,
    standing: Standing | None = None,
    group: str | None = None,
    branch: str | None = None,
) -> list[Listed]:
    """Those that are asked for.

    ``text`` stands in the tag, its label or an alias, however they are written; ``branch`` is a
    tag, and means it with all beneath it.
    """
    below = None if branch is None else house.branch(_tag_named(house, branch))
    wanted = None if text is None else comparable(text)
    return [
        each
        for each in listed
        if (standing is None or each.standing == standing)
        and (group is None or (each.entry.group or "").casefold() == group.casefold())
        and (below is None or each.entry.tag in below)
        and (wanted is None or any(wanted in comparable(name) for name in each.entry.names))
    ]


def _tag_named(house: HouseTags, name: str) -> str:
    found = house.find(name)
    return found.tag if found else name


def house_style(view: View) -> Style:
    """How the house writes its tags: as those of a closed vocabulary, or as the archive's."""
    return (view.house().style if view.house().closed else None) or view.tag_style()


def spelled(view: View, label: str) -> str:
    """The tag for a label: as the archive spells it most often, or in the house's style."""
    known = view.tags_spelled_like(label)
    if known:
        return known[0]
    return house_style(view).written(label) if view.tags_in_use() else label
