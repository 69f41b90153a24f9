"""Which articles are looked at for a rail, before any is ranked."""

import numpy as np

from newsclip.index.bm25 import TermQuery
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.features import Keys, Links
from newsclip.recommender.fusion import DEPTH, LOOKED_UP, found
from newsclip.recommender.source import Source

_MOST = 100  # candidates that come by links alone


def related_candidates(
    view: View,
    source: Source,
    query: TermQuery,
    where: Filter,
    depth: int = DEPTH,
    links: Links | None = None,
) -> Keys:
    """Keys of the articles that pass and may be related to the source, ascending.

    ``depth`` of them by the words and as many by the meaning, and with ``links`` what most of those
    link to, up to a hundred. ``query`` are the source's telling terms. The source's own articles
    and links are left out.
    """
    alike = found(view, query.first(LOOKED_UP), source.embedding, where, depth).candidates
    for key in source.keys:  # they are few
        alike = alike[alike != key]
    if links is None:
        return alike
    pointing = links.links_from(alike)
    targets, votes = np.unique(
        np.array([t for key in pointing for t in pointing[key]], np.int64), return_counts=True
    )
    best = targets[np.lexsort((targets, -votes))]
    best = best[~np.isin(best, [*alike.tolist(), *source.keys])][:_MOST]
    return np.union1d(alike, best[view.passing(best, where)])
