"""Keyword search. Nothing else in Newsclip knows tantivy."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter as TokenFilter
from tantivy import Occur, Query, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from newsclip.index.article import Article
from newsclip.index.filters import (
    ATTRIBUTES,
    NEVER,
    Filter,
    attributes,
    conditions,
    seconds,
    visible_span,
)

FIELD_WEIGHTS: Mapping[str, float] = {"title": 2.0, "summary": 1.0, "body": 1.0, "tags": 1.0}
"""How much a match in each text field counts (BM25 scores are multiplied by it)."""

_LONGEST_WORD = 60  # characters; longer ones are numbers, addresses and noise
_BM25_CEILING = 2.2  # k1 + 1, tantivy's k1 being 1.2: what tf saturates to, times idf
_WRITER_BYTES = 64 * 2**20
_CAMEL_CASE = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|[_-]"
)


@dataclass(frozen=True)
class Word:
    """A word of a text: the term that is indexed for it, and its characters' range."""

    term: str
    start: int
    end: int


def spelled_out(tag: str) -> str:
    """A hashtag in words: ``USRelations`` is ``US Relations``, ``Election2026`` two words."""
    return " ".join(_CAMEL_CASE.sub(" ", tag).split())


def _analyzer() -> TextAnalyzer:
    """Splits at all but letters and digits, folds case and accents, stems English."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(TokenFilter.remove_long(_LONGEST_WORD))
        .filter(TokenFilter.lowercase())
        .filter(TokenFilter.ascii_fold())
        .filter(TokenFilter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    for field in FIELD_WEIGHTS:
        builder.add_text_field(field, tokenizer_name="news")
    for attribute in ("id", *ATTRIBUTES):
        builder.add_text_field(attribute, tokenizer_name="raw", index_option="basic")
    for moment in ("published_at", "visible_from", "visible_until"):
        builder.add_integer_field(moment, indexed=True, fast=True)
    return builder.build()


class Lexicon:
    """An inverted index of the articles' words, ranked by BM25 (k1 1.2, b 0.75).

    What is added or removed shows after :meth:`commit`. Not safe for concurrent writers.
    """

    def __init__(self) -> None:
        self._schema = _schema()
        self._index = tantivy.Index(self._schema)
        self._analyzer = _analyzer()
        self._index.register_tokenizer("news", self._analyzer)
        # With the policy "commit" an explicit reload costs 100 ms at 10,000 articles.
        self._index.config_reader("manual")
        self._writer = self._index.writer(_WRITER_BYTES, num_threads=1)
        self._searcher = self._index.searcher()
        self._rarities: dict[str, float] = {}  # looked up so far, at this commit

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def add(self, key: int, article: Article) -> None:
        """Adds an article under a key that is not in the index."""
        visible_from, visible_until = visible_span(article)
        document = tantivy.Document(
            title=[article.title],
            summary=[article.summary],
            body=[article.body],
            tags=[f"{tag} {spelled_out(tag)}" for tag in article.tags],
        )
        document.add_unsigned("key", key)
        document.add_text("id", article.id)
        document.add_integer("visible_from", visible_from)
        document.add_integer("visible_until", visible_until)
        if article.published_at is not None:
            document.add_integer("published_at", seconds(article.published_at, NEVER))
        for attribute, names in attributes(article).items():
            for name in names:
                document.add_text(attribute, name)
        self._writer.add_document(document)

    def remove(self, key: int) -> None:
        """Removes a key; one that is unknown is passed over."""
        # By query, since delete_documents_by_term misses numbers without a word (tantivy 0.27).
        self._writer.delete_documents_by_query(Query.term_query(self._schema, "key", key))

    def commit(self) -> None:
        """Makes all that was added and removed visible to the searches that follow."""
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._rarities.clear()

    def words(self, text: str) -> list[Word]:
        """The words of a text as they are indexed, in their order, with their places."""
        tokens = self._analyzer.pre_tokenize(text).tokens
        return [Word(token.text, token.char_offset_from, token.char_offset_to) for token in tokens]

    def terms(self, text: str) -> tuple[str, ...]:
        """The terms that are indexed for a text."""
        return tuple(self._analyzer.analyze(text))

    def rarity(self, term: str) -> float:
        """BM25's idf of a term over the bodies (or titles, where it is in no body); 0 if unknown.

        ``ln(1 + (N - n + 0.5) / (n + 0.5))``, Robertson and Zaragoza (2009), equation 3.3
        with the one added that keeps it positive.
        """
        rarity = self._rarities.get(term)
        if rarity is None:
            found = max(self._searcher.doc_freq(field, term) for field in ("body", "title"))
            rarity = self._rarities[term] = self._idf(found) if found else 0.0
        return rarity

    def ceiling(self, terms: Mapping[str, float]) -> float:
        """A score that no article can exceed for these weighted terms."""
        total = 0.0
        for term, weight in terms.items():
            for field, field_weight in FIELD_WEIGHTS.items():
                if found := self._searcher.doc_freq(field, term):
                    total += weight * field_weight * _BM25_CEILING * self._idf(found)
        return total

    def search(
        self, terms: Mapping[str, float], limit: int, where: Filter, now: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Keys and BM25 scores of the visible articles with any of the weighted terms.

        Best first, ties by ascending key. ``now`` is in seconds since 1970.
        """
        if not terms or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = Query.boolean_query(
            [(Occur.Must, self._any_term(terms)), *self._conditions(where, now)]
        )
        hits = self._searcher.search(query, limit=limit, count=False).hits
        keys = self._keys(address for _, address in hits)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((keys, -scores))
        return keys[order], scores[order]

    def containing(self, terms: Sequence[str], keys: Sequence[int]) -> dict[int, list[str]]:
        """For each key, those of the terms that stand in its article's text, in their order.

        At most 24 terms: each gives its own power of two to the score, which a float32 adds up
        exactly, so that one query answers for all of them.
        """
        found: dict[int, list[str]] = {key: [] for key in keys}
        among = Query.term_set_query(self._schema, "key", list(keys))
        clauses = [(Occur.Must, Query.const_score_query(among, 0.0))]
        for place, term in enumerate(terms):
            holders = Query.const_score_query(self._any_term({term: 1.0}), 2.0**place)
            clauses.append((Occur.Should, holders))
        for score, address in self._searcher.search(
            Query.boolean_query(clauses), limit=max(1, len(keys)), count=False
        ).hits:
            [key] = self._keys([address]).tolist()
            found[key] = [term for place, term in enumerate(terms) if int(score) >> place & 1]
        return found

    def snippet(
        self, text: str, terms: Iterable[str], characters: int
    ) -> tuple[str, list[tuple[int, int]]]:
        """The passage of a text that holds most of the terms, and the ranges that match.

        Empty if none of the terms is in the text. Ranges count characters of the passage.
        """
        wanted = dict.fromkeys(terms, 1.0)
        generator = tantivy.SnippetGenerator.create(
            self._searcher, self._any_term(wanted, ["body"]), self._schema, "body"
        )
        generator.set_max_num_chars(characters)
        snippet = generator.snippet_from_doc(tantivy.Document(body=[text]))
        passage = snippet.fragment()
        marks = [(mark.start, mark.end) for mark in snippet.highlighted()]
        return passage, _character_ranges(passage, marks)

    def _keys(self, addresses: Iterable[tantivy.DocAddress]) -> NDArray[np.int64]:
        return np.array(self._searcher.fast_field_values("key", list(addresses)), np.int64)

    def _idf(self, found: int) -> float:
        found = min(found, len(self))  # tantivy counts removed articles until it merges them away
        return math.log(1 + (len(self) - found + 0.5) / (found + 0.5))

    def _any_term(self, terms: Mapping[str, float], fields: Sequence[str] = ()) -> Query:
        clauses = []
        for field in fields or FIELD_WEIGHTS:
            for term, weight in terms.items():
                query = Query.term_query(self._schema, field, term, "freq")
                clauses.append(
                    (Occur.Should, Query.boost_query(query, weight * FIELD_WEIGHTS[field]))
                )
        return Query.boolean_query(clauses)

    def _conditions(self, where: Filter, now: int) -> list[tuple[Occur, Query]]:
        queries = [
            self._between("visible_from", upper=now),
            self._between("visible_until", lower=now + 1),
        ]
        for attribute, names in conditions(where):
            queries.append(Query.term_set_query(self._schema, attribute, sorted(names)))
        if where.published_from is not None:
            queries.append(self._between("published_at", lower=seconds(where.published_from, 0)))
        if where.published_to is not None:
            queries.append(self._between("published_at", upper=seconds(where.published_to, 0) - 1))
        # Conditions decide who may be an answer; they must not add to the score.
        must = [(Occur.Must, Query.const_score_query(query, 0.0)) for query in queries]
        excluded = Query.term_set_query(self._schema, "id", sorted(where.exclude_ids))
        return [*must, (Occur.MustNot, excluded)] if where.exclude_ids else must

    def _between(self, field: str, lower: int | None = None, upper: int | None = None) -> Query:
        return Query.range_query(
            self._schema, field, tantivy.FieldType.Integer, lower_bound=lower, upper_bound=upper
        )


def _character_ranges(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """tantivy counts bytes of UTF-8; we count characters."""
    data = text.encode()
    return [(len(data[:start].decode()), len(data[:end].decode())) for start, end in marks]
