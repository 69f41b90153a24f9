"""What fills a slot when too few articles are alike, so that a page never has a hole."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.choice import with_copies


def fillers(
    view: View, section: str | None, where: Filter, taken: list[int], most: int
) -> list[int]:
    """Keys of at most ``most`` articles: the newest of the section, then the newest of all.

    None is in ``taken`` or a copy of one that is, and no two are copies of each other; fewer than
    ``most`` only if no others pass.
    """
    own = frozenset([section]) if section else frozenset()
    stages = [where] if where.sections or not own else [replace(where, sections=own), where]
    found: list[int] = []
    gone = where.exclude_keys | with_copies(view, taken)
    for stage in stages:
        while len(found) < most:
            newest = view.newest(replace(stage, exclude_keys=gone), most - len(found))
            if not newest:
                break
            found += one_of_each(view, newest, len(newest))
            gone |= with_copies(view, newest)
    return found


def one_of_each(view: View, keys: Sequence[int], most: int) -> list[int]:
    """The first of each cluster of copies, in their order, at most ``most``."""
    return [keys[place] for place in firsts(view, keys, most)]


def firsts(view: View, keys: Sequence[int], most: int) -> list[int]:
    """The places of those that :func:`one_of_each` keeps, ascending."""
    copied: set[int] = set()
    kept: list[int] = []
    for start in range(0, len(keys), most):  # further ones are rarely needed
        part = keys[start : start + most]
        copies = view.copies_of(np.array(part, np.int64))
        if not any(copies.values()):  # as a rule; none of them is a copy of an earlier one either
            kept += range(start, start + len(part))
        else:
            for place, key in enumerate(part, start):
                if key not in copied:
                    kept.append(place)
                    copied.update(copies[key])
        if len(kept) >= most:
            break
    return kept[:most]
