"""The vocabulary as it stands: the house's entries and the archive's tags, with their articles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from newsclip.index.house_tags import HouseTag, HouseTags
from newsclip.index.statistics import TagCount
from newsclip.index.tag_names import Style, comparable
from newsclip.index.view import View

Standing = Literal["active", "deprecated", "banned", "unlisted"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)


@dataclass(frozen=True)
class Listed:
    """A tag with the number of visible articles that carry it.

    ``unlisted`` is one that articles carry and a closed vocabulary does not know.
    """

    entry: HouseTag
    standing: Standing
    articles: int


def vocabulary(house: HouseTags, counts: Iterable[TagCount]) -> list[Listed]:
    """The house's tags and those of visible articles, most used first, then by name."""
    articles = {count.tag: count.articles for count in counts}
    listed = [Listed(entry, entry.status, articles.pop(entry.tag, 0)) for entry in house]
    standing: Standing = "unlisted" if house.closed else "active"
    listed += [Listed(HouseTag(tag), standing, count) for tag, count in articles.items()]
    return sorted(listed, key=lambda each: (-each.articles, each.entry.tag))


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
