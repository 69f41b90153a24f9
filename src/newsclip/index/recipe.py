"""From an article to its embedding: which of its text is embedded, and what of that counts more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderMismatch
from newsclip.index.article import Article
from newsclip.index.embeddings import Embedded, Made
from newsclip.index.encoder import Encoder, PieceSums
from newsclip.index.passages import read_within

RECIPE = "title+summary+body+head/2"
"""Names what new embeddings are made by. Those by another recipe do not compare with them."""

_HEAD = 20
"""Words: of a piece of news, its title and how it begins."""

_HEAD_WEIGHTS = {"title+summary+body/1": 0.0, RECIPE: 0.5}


@dataclass(frozen=True)
class ArticleEncoder:
    """A model, and the recipe that it embeds articles by. An archive keeps to both."""

    model: Encoder
    recipe: str = RECIPE

    @classmethod
    def known_as(cls, identity: str, model: Encoder) -> ArticleEncoder:
        """The one with this identity, by a recipe of today or of an earlier release.

        Raises EncoderMismatch if the model has it by no recipe.
        """
        every = [cls(model, recipe) for recipe in _HEAD_WEIGHTS]
        found = next((encoder for encoder in every if encoder.identity == identity), None)
        if found is None:
            raise EncoderMismatch(identity, cls(model).identity)
        return found

    @property
    def identity(self) -> str:
        """What makes embeddings comparable: the model and the recipe of the embedded text."""
        return f"{self.model.id} {self.recipe}"

    @property
    def makes(self) -> Made:
        """The last that it makes of an article: who has that has all."""
        return "passages" if isinstance(self.model, PieceSums) else "embedding"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedding of each article's or draft's text, ``(n, dimension)``, unit length.

        It is that of the whole text plus, by half, that of its first 20 words, since news says at
        the beginning what it is about (decision 53).
        """
        return self._with_heads(texts, self.model.encode_documents(texts))

    def embed_articles(self, articles: Sequence[Article]) -> list[Embedded]:
        """The embedding of each article, and what a model that sums up pieces reads on the way."""
        texts = [embedding_text(article) for article in articles]
        if not isinstance(self.model, PieceSums):
            return [*map(Embedded, self.embed(texts))]
        reading, passages = read_within(self.model, texts, [a.body for a in articles])
        rows = self._with_heads(texts, self.model.embed(reading))
        return [*map(Embedded, rows, passages)]

    def _with_heads(self, texts: Sequence[str], rows: NDArray[np.float32]) -> NDArray[np.float32]:
        weight = _HEAD_WEIGHTS[self.recipe]
        if not weight:
            return rows
        words = [text.split(None, _HEAD) for text in texts]
        if longer := [place for place, each in enumerate(words) if len(each) > _HEAD]:
            heads = [" ".join(words[place][:_HEAD]) for place in longer]
            sums = rows[longer] + weight * self.model.encode_documents(heads)
            rows[longer] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return rows


def embedding_text(article: Article) -> str:
    """The text that stands for the article in the semantic index."""
    return recipe_text(article.title, article.summary, article.body)


def draft_text(draft: Mapping[str, str]) -> str:
    """The same of a draft's parts, any of which may be missing."""
    return recipe_text(*(draft.get(part, "") for part in ("title", "summary", "body")))


def recipe_text(title: str, summary: str, body: str) -> str:
    """The parts of an article or of a draft, a line each; blank parts leave no trace."""
    return "\n".join(part for part in (title, summary, body) if part.strip())
