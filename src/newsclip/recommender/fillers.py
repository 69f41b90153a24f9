"""What fills a slot when too few articles are alike, so that a page never has a hole."""

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
            found += one_of_each(view, newest)
            gone |= with_copies(view, newest)
    return found


def one_of_each(view: View, keys: list[int]) -> list[int]:
    """The first of each cluster of copies, in their order."""
    copies = view.copies_of(np.array(keys, np.int64))
    seen: set[int] = set()
    kept = []
    for key in keys:
        if key not in seen:
            kept.append(key)
            seen.update((key, *copies.get(key, ())))
    return kept
