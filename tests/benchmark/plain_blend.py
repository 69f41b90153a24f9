"""BM25 over whole texts, and its fixed blend with an encoder: what encoders are compared by.

It is not what Newsclip answers with: that has fields, phrases and learned weights. Here an encoder
shall be seen beside keywords that stay the same.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

K1, B = 1.2, 0.75


def bm25(documents: Sequence[str], queries: Sequence[str]) -> NDArray[np.float64]:
    """(queries, documents): Robertson and Zaragoza (2009), equation 3.15, English stems."""
    counter = CountVectorizer(analyzer=_stems())
    counts = csr_matrix(counter.fit_transform(documents), dtype=np.float64)
    asked = csr_matrix(counter.transform(queries), dtype=np.float64)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    norms = K1 * (1 - B + B * lengths / lengths.mean())
    holders = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (len(documents) - holders + 0.5) / (holders + 0.5))
    row_of = np.repeat(np.arange(len(documents)), np.diff(counts.indptr))
    counts.data *= (K1 + 1) / (counts.data + norms[row_of]) * idf[counts.indices]
    return np.asarray((asked @ counts.T).todense())


def _stems() -> Any:
    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )
    return analyzer.analyze


def blend(
    keywords: NDArray[np.float64], meaning: NDArray[np.floating[Any]], weight: float
) -> NDArray[np.float64]:
    """keywords + weight x meaning, each scaled to 0..1 for each query."""
    return _scaled(keywords) + weight * _scaled(meaning)


def _scaled(scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-12), dtype=np.float64)


def markdown(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A table; figures with three digits."""
    written = [[_short(value) for value in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *written])


def _short(value: object) -> str:
    return f"{value:.3f}".lstrip("0") if isinstance(value, float) else str(value)
