"""An archive as a dictionary of articles, and every answer worked out from it anew.

Plain Python: no index, no arrays, and no code of the package's but for the articles and filters.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from tests import plain_bm25
from tests.doubles import embedding_of
from tests.plain_bm25 import Fields

from newsclip.index.analysis import Analyzer, stemmer_of
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.recommender.search_page import Mode

from . import plain_blend
from .plain_copies import cluster_of, links_of
from .strategies import passes

TERMS = {
    **{word: word for word in ("fish", "ship", "vote", "bank", "star", "goal", "law", "the", "x")},
    "élève": "elev",
    "news": "news",
    "économie": "economi",
    **{figure: figure for figure in "123456789"},
    "us": "us",
    "relations": "relat",
    "🙂": None,
    "": None,
}
"""What is indexed for each word that the strategies use, written down by hand."""

_ANALYZER = Analyzer()
_WORDS = re.compile(r"[\s_#-]+")

Vector = NDArray[np.float64]
Weights = Mapping[str, float]


def terms_of(text: str, language: str | None = None) -> list[str]:
    """The terms of a text in a language, in its order."""
    words = [word for word in _WORDS.split(text.lower()) if TERMS[word]]
    if stemmer_of(language) == "english":
        return [term for word in words if (term := TERMS[word])]
    return [term for word in words for term in _ANALYZER.terms(word, language)]


def fields_of(entry: Article) -> dict[str, list[str]]:
    """A tag is indexed as written and spelled out, which here has the same terms.

    Beside them stand the section and the authors.
    """
    names = [name for tag in entry.tags for name in (tag, tag)]
    names += [entry.section or "", *entry.authors]
    texts = {"title": entry.title, "summary": entry.summary, "body": entry.body}
    texts["tags"] = " ".join(names)
    return {field: terms_of(text, entry.language) for field, text in texts.items()}


def embedding(entry: Article) -> Vector:
    """As it is kept, in half precision: the first twenty words count once more by half."""
    words = f"{entry.title} {entry.summary} {entry.body}".split()
    parts = [" ".join(words), " ".join(words[:20])]
    kept, head = (embedding_of(part).astype(np.float32) for part in parts)
    if len(words) > 20:
        kept += np.float32(0.5) * head
        kept /= np.linalg.norm(kept)
    return kept.astype(np.float16).astype(np.float64)


def _links(articles: Mapping[str, Article]) -> dict[str, set[str]]:
    return links_of(
        articles, {i: terms_of(entry.body, entry.language) for i, entry in articles.items()}
    )


class Model:
    """What an archive should answer."""

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self._written: dict[str, int] = {}
        self._writes = 0

    # What happens

    def put(self, batch: Sequence[Article]) -> list[str]:
        """Takes articles over; what should become of each."""
        outcomes = []
        seen = dict(self.articles)
        for entry in batch:
            before = seen.get(entry.id)
            expected = "added" if before is None else "updated"
            outcomes.append("unchanged" if before == entry else expected)
            seen[entry.id] = entry
        last = {entry.id: entry for entry in batch}
        for article_id, entry in last.items():
            if self.articles.get(article_id) != entry:
                self._writes += 1
                self._written[article_id] = self._writes
                self.articles[article_id] = entry
        return outcomes

    def delete(self, article_id: str) -> None:
        del self.articles[article_id]

    # What must hold

    def passing(self, where: Filter, now: datetime) -> dict[str, Article]:
        return {i: entry for i, entry in self.articles.items() if passes(entry, where, now)}

    def newest(self, where: Filter, now: datetime) -> list[str]:
        """The latest date first, undated ones last; of equal ones the last one written."""

        def age(article_id: str) -> tuple[float, int]:
            date = self.articles[article_id].published_at
            return -date.timestamp() if date else math.inf, -self._written[article_id]

        return sorted(self.passing(where, now), key=age)

    def cosines(self, query: Vector, where: Filter, now: datetime) -> dict[str, float]:
        return {i: float(embedding(e) @ query) for i, e in self.passing(where, now).items()}

    def typical(self, query: Vector) -> float:
        """The mean cosine of all articles, visible or not."""
        cosines = [float(embedding(entry) @ query) for entry in self.articles.values()]
        return sum(cosines) / max(1, len(cosines))

    def copies(self) -> dict[str, set[str]]:
        """Of each article the others in its cluster, visible or not."""
        links = _links(self.articles)
        return {i: cluster_of(i, links) for i in self.articles}

    def copies_of_text(self, draft: Article) -> set[str]:
        """Its copies, as if it were one more article, and the copies of those as they are."""
        own = _links({**self.articles, "a new one": draft})["a new one"]
        return cluster_of("a new one", {**_links(self.articles), "a new one": own})

    def _shelf(self) -> dict[str, dict[str, list[str]]]:
        return {i: fields_of(entry) for i, entry in self.articles.items()}

    def bm25(self, weights: Weights, where: Filter, now: datetime) -> dict[str, float]:
        """What each article scores that passes and has one of the terms."""
        scores = plain_bm25.scores(self._shelf(), weights)
        return {i: scores[i] for i in self.passing(where, now) if scores[i]}

    def ceiling(self, weights: Weights) -> float:
        return plain_bm25.ceiling(self._shelf(), weights)

    def rarities(self, terms: Iterable[str]) -> list[float]:
        return [plain_bm25.rarity(self._shelf(), term) for term in terms]

    def search(self, text: str, mode: Mode, where: Filter, now: datetime) -> dict[str, float]:
        """As recommender/search.py and blend.py say it."""
        shelf = self._shelf()
        written = self._written_terms(shelf, text, where.languages)
        if not written:
            return {}
        query = embedding_of(text)
        typical = self.typical(query)
        meaning = {
            article_id: min(max((cosine - typical) / max(1 - typical, 1e-6), 0), 1)
            for article_id, cosine in self.cosines(query, where, now).items()
        }
        scores = plain_blend.scores(shelf, written, text, mode, meaning)
        return {i: score for i, score in scores.items() if i in meaning}

    def _written_terms(
        self, shelf: Mapping[str, Fields], text: str, languages: Collection[str]
    ) -> dict[str, str]:
        """How each term that is looked for was typed.

        A word in the languages that are asked for, or else those of a tenth or more; then in the
        others, and if nobody has it in the first of them.
        """
        indexed = {term for fields in shelf.values() for terms in fields.values() for term in terms}
        spoken = Counter(
            name
            for entry in self.articles.values()
            for language in [(entry.language or "und").lower().replace("_", "-")]
            for name in {language, language.split("-")[0]}
        )
        order = sorted(spoken, key=lambda name: (-spoken[name], name)) or ["und"]
        wide = [name for name in order if spoken[name] >= 0.1 * len(self.articles)]
        widely = sorted(languages) or wide
        written = {}
        for word in _WORDS.split(text):
            for among in (widely, order):
                terms = {t for each in among for t in terms_of(word, each)}
                if known := terms & indexed:
                    written.update(dict.fromkeys(known, word))
                    break
            else:
                written.update(dict.fromkeys(terms_of(word, widely[0]), word))
        return written

    def blended(
        self,
        weights: Weights,
        query: Vector,
        semantic_weight: float,
        where: Filter,
        now: datetime,
    ) -> dict[str, float]:
        """The root of BM25's share in its ceiling, and the cosine above the typical one."""
        keyword, most = self.bm25(weights, where, now), self.ceiling(weights)
        typical = self.typical(query)
        found = {}
        for article_id, cosine in self.cosines(query, where, now).items():
            share = keyword.get(article_id, 0.0) / max(most, 1e-9)
            above = (cosine - typical) / max(1 - typical, 1e-6)
            parts = math.sqrt(min(share, 1)), min(max(above, 0), 1)
            found[article_id] = (1 - semantic_weight) * parts[0] + semantic_weight * parts[1]
        return found

    def similar(self, article_id: str, where: Filter, now: datetime) -> dict[str, float]:
        """As recommender/similar.py and telling.py say it; a word of the title counts twice.

        The source and what the filter excludes are left out with their copies; of copies among
        the rest all are there.
        """
        entry = self.articles[article_id]
        fields = fields_of(entry)
        counted = [
            (term, times * min(fields[field].count(term), plain_bm25.MOST_COUNTED))
            for field, times in (("title", 2), ("summary", 1), ("body", 1))
            for term in set(fields[field])
            if len(term) > 1
        ]
        frequency = {term: sum(n for t, n in counted if t == term) for term, _ in counted}
        weights = {term: 1 + math.log(count) for term, count in frequency.items()}
        known = {term: w for term, w in weights.items() if self.rarities([term])[0]}
        scores = self.blended(known, embedding(entry), 0.15, where, now)
        copies = self.copies()
        unwanted = {article_id} | (where.exclude_ids & copies.keys())
        unwanted = unwanted.union(*(copies[i] for i in unwanted))
        return {i: score for i, score in scores.items() if i not in unwanted}

    def noise(self, query: Vector) -> float:
        """By how much a score may be off that is rounded: more, the more alike all articles are."""
        return 1e-5 + 3e-7 / max(1 - self.typical(query), 1e-6)
