"""Nearest embeddings. Nothing else in Newsclip knows FAISS."""

from typing import Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

# A worker answers one request at a time and the workers share the cores, so FAISS's own
# threads would only take turns with each other.
faiss.omp_set_num_threads(1)


class VectorIndex(Protocol):
    """Finds the embeddings that are most similar to one, by inner product."""

    def __len__(self) -> int:
        """How many embeddings it holds."""
        ...

    def add(self, keys: NDArray[np.int64], embeddings: NDArray[np.float32]) -> None:
        """Adds embeddings, shape ``(n, dimension)``, under keys that it does not hold yet."""
        ...

    def remove(self, keys: NDArray[np.int64]) -> None:
        """Removes these keys; keys that it does not hold are passed over."""
        ...

    def get(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """The embeddings of some keys, ``(n, dimension)``. Raises KeyError for an unknown one."""
        ...

    def search(
        self, embedding: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys and inner products of the nearest, best first, ties by ascending key.

        ``allowed[key]`` says whether a key may be an answer; keys beyond its end may not.
        Fewer than ``limit`` come back only if no more are allowed.
        """
        ...


class ExactVectorIndex:
    """Compares with every embedding: the reference, and fast enough for tens of thousands."""

    def __init__(self, dimension: int) -> None:
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, keys: NDArray[np.int64], embeddings: NDArray[np.float32]) -> None:
        """See :meth:`VectorIndex.add`."""
        self._index.add_with_ids(np.ascontiguousarray(embeddings, np.float32), keys)

    def remove(self, keys: NDArray[np.int64]) -> None:
        """See :meth:`VectorIndex.remove`. Costs a pass over the whole index."""
        if len(keys):
            self._index.remove_ids(faiss.IDSelectorBatch(keys))

    def get(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """See :meth:`VectorIndex.get`."""
        try:
            return np.asarray(self._index.reconstruct_batch(keys))
        except RuntimeError as error:
            raise KeyError(keys.tolist()) from error

    def search(
        self, embedding: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """See :meth:`VectorIndex.search`."""
        bitmap = np.packbits(allowed, bitorder="little")
        selector = faiss.IDSelectorBitmap(bitmap)
        scores, keys = self._index.search(
            embedding.reshape(1, -1),
            max(1, min(limit, len(self))),
            params=faiss.SearchParameters(sel=selector),
        )
        found = keys[0] >= 0  # FAISS fills up with -1
        keys, scores = keys[0][found][:limit], scores[0][found][:limit]
        order = np.lexsort((keys, -scores))
        return keys[order], scores[order]
