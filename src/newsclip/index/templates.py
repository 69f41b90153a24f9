"""Whether what two bodies share is their own, or a template's: the other articles tell.

Captions of a gallery and the lines at a page's foot stand in many articles, and make no copies.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.alike import LEAST_SHARED, Postings
from newsclip.index.columns import Rows, runs
from newsclip.index.sketch import Sketches, in_common, shared

MOST_TELLING = 6
"""A number that more articles' sketches hold tells of a template."""

MOST_LOOKED_AT = 4_096
"""Holders of one number that are looked at."""

LEAST_OWN_RESEMBLANCE = 0.08
"""The Jaccard similarity without the templates' numbers."""

LEAST_OWN_SHARE = 0.5
"""The share of the numbers in common that are no template's."""

SAME = 0.9
"""From this Jaccard similarity on two bodies are copies, however many others are like them."""

_PAIRS_AT_A_TIME = 2_000

Holders = Sequence[tuple[Postings, NDArray[np.bool_]]]
"""Of each segment the postings of its sketches, and which of its rows exist."""


def copies_among(
    pairs: NDArray[np.int64], sketches: Callable[[NDArray[np.int64]], Sketches], holders: Holders
) -> NDArray[np.bool_]:
    """Which pairs of bodies that are alike, ``(n, 2)``, are copies of each other; ``(n,)``.

    ``sketches`` gives those of one side.
    """
    told = np.zeros(len(pairs), np.bool_)
    for start in range(0, len(pairs), _PAIRS_AT_A_TIME):
        part = slice(start, start + _PAIRS_AT_A_TIME)
        one, other = (sketches(side) for side in pairs[part].T)
        told[part] = share_their_own(one, other, holders)
    return told


def share_their_own(
    one: Sketches, other: Sketches, holders: Holders, also: int = 0
) -> NDArray[np.bool_]:
    """Whether what the sketches of each pair share is their own, whichever stands first; ``(n,)``.

    ``also`` more articles than exist hold the numbers of ``one``.
    """
    twice, altogether = shared(one, other)
    told = twice >= SAME * altogether
    if not told.all():
        left = np.flatnonzero(~told)
        told[left] = _is_own(one[left], other[left], twice[left], holders, also)
    return told


def _is_own(
    one: Sketches, other: Sketches, twice: Rows, holders: Holders, also: int
) -> NDArray[np.bool_]:
    """The same of pairs with ``twice`` numbers in common that are not all but equal."""
    # What the two do not share is counted only where that decides: it is most, and to look a
    # number up in the postings of a million articles takes two microseconds.
    templates = _templates(in_common(one, other), one, holders, also)
    twice_own, at_most = shared(one, other, templates)
    is_own = (twice_own >= LEAST_SHARED) & (twice_own >= LEAST_OWN_SHARE * twice)
    doubtful = np.flatnonzero(is_own & (twice_own < LEAST_OWN_RESEMBLANCE * at_most))
    if len(doubtful):
        one, other = one[doubtful], other[doubtful]
        templates = _templates(np.unique(np.concatenate((one, other))), one, holders, also)
        twice_own, altogether_own = shared(one, other, templates)
        is_own[doubtful] = twice_own >= LEAST_OWN_RESEMBLANCE * altogether_own
    return is_own


def _templates(
    values: NDArray[np.uint32], one: Sketches, holders: Holders, also: int
) -> NDArray[np.uint32]:
    """Those of the values that too many articles hold; ``also`` more hold those of ``one``."""
    more = also * np.isin(values, one) if also else np.zeros(len(values), np.int64)
    spans = [postings.spans(values) for postings, _ in holders]
    suspects = np.flatnonzero(more + sum(ends - starts for starts, ends in spans) > MOST_TELLING)
    found = more[suspects]
    for (postings, exist), (starts, ends) in zip(holders, spans, strict=True):
        lengths = np.minimum(ends - starts, MOST_LOOKED_AT)[suspects]
        places, suspect = runs(starts[suspects], lengths)
        exists = exist[postings.rows[places]]
        found += np.bincount(suspect[exists], minlength=len(suspects))
    return values[suspects[found > MOST_TELLING]]
