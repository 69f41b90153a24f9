"""Not five times the same: an order in which each article adds something to those before it."""

import numpy as np
from numpy.typing import NDArray


def diversified(
    scores: NDArray[np.float32], embeddings: NDArray[np.float32], diversity: float, limit: int
) -> NDArray[np.int64]:
    """The places of at most ``limit`` articles in the order to show them, ``(m,)``.

    Maximal marginal relevance (Carbonell & Goldstein 1998): after the best comes, each time, the
    one with the greatest ``(1 - diversity) * score / best score - diversity * c``, where ``c`` is
    its greatest cosine to those already chosen. ``scores`` are above 0 and descend, ``(n,)``;
    ``embeddings`` are of unit length, ``(n, dimension)``. ``diversity`` 0 leaves the order as it
    is, 1 looks for difference alone. Equal ones keep their order.
    """
    count = min(limit, len(scores))
    if diversity == 0 or count < 2:
        return np.arange(count)
    worth = (1 - diversity) * scores / scores[0]
    likeness = diversity * (embeddings @ embeddings.T)
    nearest, chosen = likeness[0], [0]
    while len(chosen) < count:
        worth[chosen[-1]] = -np.inf
        chosen.append(int((worth - nearest).argmax()))
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    return np.array(chosen, np.int64)
