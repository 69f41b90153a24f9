"""How near in meaning articles and texts are."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.passages import Nearness, nearness
from newsclip.index.vectors import products, widened
from newsclip.index.view.rows import RowView
from newsclip.index.view.scored import Keys, Scored


class MeaningView(RowView):
    """Questions about embeddings."""

    @property
    def encoder_is_quick(self) -> bool:
        """Whether some hundred sentences can be embedded for one answer."""
        return self._encoder.model.is_quick

    def embedding(self, key: int) -> NDArray[np.float32]:
        """The embedding of a key, ``(dimension,)``, unit length."""
        segment, row = self._place(key)
        embedding: NDArray[np.float32] = widened(segment.columns["embedding"][row : row + 1])[0]
        return embedding

    def embeddings(self, keys: Keys) -> NDArray[np.float32]:
        """The embedding of each key, ``(n, dimension)``, unit length."""
        halves = np.zeros((len(keys), self._encoder.model.dimension), np.float16)
        for segment, places, rows in self._rows(keys):
            halves[places] = segment.columns["embedding"].take(rows, axis=0)
        return widened(halves)

    def nearest(self, embedding: NDArray[np.float32], limit: int, where: Filter) -> Scored:
        """The articles nearest in meaning; scores are cosines, -1 to 1."""
        found = [
            Scored(*segment.nearest(embedding, limit, allowed))
            for segment, allowed in self._allowed(where)
        ]
        self._near = embedding, Scored.merged(found, limit)
        return self._near[1]

    def cosines(self, embedding: NDArray[np.float32], keys: Keys) -> NDArray[np.float32]:
        """The cosine between an embedding and the article of each key, ``(n,)``."""
        asked_for, near = self._near  # the candidates may have been found by it
        known = near if embedding is asked_for else Scored.none()
        cosines, missing = known.scores_of(keys)
        for segment, places, rows in self._rows(keys):
            asked = missing[places]
            halves = segment.columns["embedding"].take(rows[asked], axis=0)
            cosines[places[asked]] = products(halves, embedding)
        return cosines

    def typical_cosine(self, embedding: NDArray[np.float32]) -> float:
        """The mean cosine between an embedding and all of the archive's."""
        return float(embedding @ self._layers.mean_embedding())

    def embed_document(self, text: str) -> NDArray[np.float32]:
        """The embedding of a text as an article would have it, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._encoder.embed([text])[0]
        return embedding

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedding of each passage of an article, ``(n, dimension)``."""
        return self._encoder.model.encode_documents(texts)

    def nearness(
        self, embedding: NDArray[np.float32], articles: Mapping[int, Article]
    ) -> list[Nearness]:
        """How near the first sentences of the body of each key's article are to an embedding."""
        kept = self._store.embeddings.passages(self._layers.encoder.number, [*articles])
        bodies = [article.body for article in articles.values()]
        return nearness(self._encoder.model, embedding, bodies, [*map(kept.get, articles)])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The embedding of what somebody looks for, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._encoder.model.encode_queries([text])[0]
        return embedding
