"""From an article to its embedding: which of its text is embedded, and what of that counts more."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.encoder import Encoder

RECIPE = "title+summary+body+head/2"
"""Names what this module does; embeddings by another recipe do not compare with these."""

_HEAD = 20
"""Words: of a piece of news, its title and how it begins."""

_HEAD_WEIGHT = 0.5


def embedding_text(article: Article) -> str:
    """The text that stands for the article in the semantic index."""
    return recipe_text(article.title, article.summary, article.body)


def draft_text(draft: Mapping[str, str]) -> str:
    """The same of a draft's parts, any of which may be missing."""
    return recipe_text(*(draft.get(part, "") for part in ("title", "summary", "body")))


def recipe_text(title: str, summary: str, body: str) -> str:
    """The parts of an article or of a draft, a line each; blank parts leave no trace."""
    return "\n".join(part for part in (title, summary, body) if part.strip())


def embed_documents(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The embedding of each such text, ``(n, dimension)``, unit length.

    It is that of the whole text plus, by half, that of its first 20 words, since news says at the
    beginning what it is about (decision 53).
    """
    rows = encoder.encode_documents(texts)
    words = [text.split(None, _HEAD) for text in texts]
    longer = [place for place, each in enumerate(words) if len(each) > _HEAD]
    if not longer:
        return rows
    heads = [" ".join(words[place][:_HEAD]) for place in longer]
    sums = rows[longer] + _HEAD_WEIGHT * encoder.encode_documents(heads)
    rows[longer] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return rows
