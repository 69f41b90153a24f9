"""Keyword search. Nothing else in Newsclip knows tantivy, but for index/chunks.py."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from newsclip.index.analysis import Analyzer
from newsclip.index.article import Article
from newsclip.index.bm25 import FIELD_WEIGHTS
from newsclip.index.chunks import form_analyzer, prepared, term_analyzer
from newsclip.index.digest import article_terms, field_texts
from newsclip.index.filters import (
    ATTRIBUTES,
    NEVER,
    Filter,
    Wording,
    attributes,
    conditions,
    exclusions,
    seconds,
)
from newsclip.index.occurrences import FieldTerms

_WRITER_BYTES = 64 * 2**20


class FieldTerm(NamedTuple):
    """A term to look for in one text field, and what it weighs."""

    field: str
    term: str
    weight: float


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    for field in FIELD_WEIGHTS:
        builder.add_text_field(field, tokenizer_name="terms", index_option="freq")
        builder.add_text_field(_forms_of(field), tokenizer_name="forms")
    for attribute in ATTRIBUTES:
        builder.add_text_field(attribute, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("published_at", indexed=True, fast=True)
    return builder.build()


def _forms_of(field: str) -> str:
    """The field that holds a text field's words with their endings, and where they stand."""
    return f"{field}_forms"


class Lexicon:
    """An inverted index of the articles' words: finds those that BM25 ranks first.

    It knows the articles of one segment only, so its scores say which articles to look at, and
    :mod:`newsclip.index.bm25` what they score. What is added or removed shows after
    :meth:`commit`. Not safe for concurrent writers.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        folder: Path | None = None,
        writer_bytes: int = _WRITER_BYTES,
    ) -> None:
        """Opens the index in ``folder``, or makes one: there, or in memory without a folder.

        ``writer_bytes`` is how much memory articles may take before they become a part of the
        index; larger parts are fewer, and make for quicker searches.
        """
        self._schema = _schema()
        self._analyzer = analyzer
        if folder is None:
            self._index = tantivy.Index(self._schema)
        else:
            self._index = tantivy.Index(self._schema, path=str(folder))
        self._index.register_tokenizer("terms", term_analyzer())
        self._index.register_tokenizer("forms", form_analyzer())
        # With the policy "commit" an explicit reload costs 100 ms at 10,000 articles.
        self._index.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None
        self._writer_bytes = writer_bytes
        self._searcher = self._index.searcher()
        self._languages: Sequence[str] | None = None

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def add(self, key: int, article: Article, terms: FieldTerms = ()) -> None:
        """Adds an article, with its terms where they are known, under a key that is not there."""
        document = tantivy.Document()
        terms = terms or article_terms(article, self._analyzer.terms)
        for (field, text), own in zip(field_texts(article).items(), terms, strict=True):
            document.add_text(field, " ".join(own))
            document.add_text(_forms_of(field), prepared(text))
        document.add_unsigned("key", key)
        if article.published_at is not None:
            document.add_integer("published_at", seconds(article.published_at, NEVER))
        for attribute, names in attributes(article).items():
            for name in names:
                document.add_text(attribute, name)
        self._writing().add_document(document)

    def remove(self, key: int) -> None:
        """Removes a key; one that is unknown is passed over."""
        # By query, since delete_documents_by_term misses numbers without a word (tantivy 0.27).
        query = Query.term_query(self._schema, "key", key)
        self._writing().delete_documents_by_query(query)

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(self._writer_bytes, num_threads=1)
        return self._writer

    def commit(self) -> None:
        """Makes all that was added and removed visible to the searches that follow."""
        self._writing().commit()
        self._look_again()

    def close(self) -> None:
        """Ends the writing, once the merges under way have ended; reading goes on."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None
            self._look_again()

    def _look_again(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()
        self._languages = None

    def keys(self) -> NDArray[np.int64]:
        """The keys of all articles that are not removed, ascending."""
        hits = self._searcher.search(Query.all_query(), limit=max(1, len(self)), count=False).hits
        return np.sort(self._keys(hits))

    def search(
        self, terms: Sequence[FieldTerm], limit: int, where: Filter | None = None
    ) -> NDArray[np.int64]:
        """Keys of the articles with any of the terms in its field, by BM25 over this segment.

        The best first. ``where`` narrows by names, dates and wordings; who may see an article, and
        ids to leave out, are for the caller to judge.
        """
        if not terms or not len(self):
            return np.empty(0, np.int64)
        query = self._any_of(terms)
        # Alone, the query skips what cannot be among the best; as a part of another it does not.
        if where is not None and (narrowing := self._conditions(where)):
            query = Query.boolean_query([(Occur.Must, query), *narrowing])
        hits = self._searcher.search(query, limit=limit, count=False).hits
        return self._keys(hits)

    def keys_with(self, wordings: Iterable[Wording], most: int | None = None) -> NDArray[np.int64]:
        """Keys of the articles that have each of the wordings, ascending: all, or ``most`` of them.

        A hundred thousand take tens of milliseconds, a few of as many take one.
        """
        clauses = [(Occur.Must, self._worded(wording)) for wording in wordings]
        query = Query.const_score_query(Query.boolean_query(clauses), 0.0)
        limit = max(1, len(self) if most is None else most)
        hits = self._searcher.search(query, limit=limit, count=False).hits
        return np.sort(self._keys(hits))

    def _worded(self, wording: Wording) -> Query:
        forms = self._analyzer.forms(wording.text)
        if not forms:
            return Query.empty_query()
        fields = [wording.field] if wording.field else FIELD_WEIGHTS
        if wording.exact or len(forms) > 1:
            queries = [self._run(_forms_of(field), forms) for field in fields]
        else:
            queries = [*self._stemmed(wording.text, fields)]
        return _any(queries)

    def _stemmed(self, word: str, fields: Iterable[str]) -> Iterator[Query]:
        """A word in any of the fields, with the endings of the language that each article is in."""
        languages: dict[str, list[str]] = {}
        for language in self.languages():
            languages.setdefault(self._analyzer.terms(word, language)[0], []).append(language)
        for term, spoken in languages.items():
            query = _any([self._run(field, [term]) for field in fields])
            if len(languages) > 1:
                within = Query.term_set_query(self._schema, "language", spoken)
                query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
            yield query

    def _run(self, field: str, words: Sequence[str]) -> Query:
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0], "basic")
        return Query.phrase_query(self._schema, field, [*words])

    def forms(self, prefix: str = "", fields: Iterable[str] = FIELD_WEIGHTS) -> Mapping[str, int]:
        """The words that begin so, with all their endings, and how many articles have each.

        Of a word in several of the ``fields`` the most that one of them has; one that was removed
        may still be counted.
        """
        found: dict[str, int] = {}
        for field in fields:
            for word, articles in self._searcher.terms_with_prefix(_forms_of(field), prefix):
                found[word] = max(articles, found.get(word, 0))
        return found

    def titled(self, before: Iterable[str], last: Iterable[str], limit: int) -> NDArray[np.int64]:
        """Keys of the newest articles with all words ``before`` and one of ``last`` in the title.

        Words as they are written; without any ``last``, all words before are enough. Newest
        first, undated ones at the end.
        """
        field, ends = _forms_of("title"), [*last]
        wanted = [self._run(field, [word]) for word in before]
        if ends:  # a set of terms is looked up in a third more time
            wanted.append(_any(self._run(field, [word]) for word in ends))
        query = Query.boolean_query([(Occur.Must, each) for each in wanted])
        hits = self._searcher.search(query, limit, False, "published_at").hits
        return self._keys(hits)

    def languages(self) -> Sequence[str]:
        """The languages of its articles, folded, ``und`` for none; of removed ones, too."""
        if self._languages is None:
            found = self._searcher.terms_with_prefix("language", "")
            self._languages = sorted(language for language, _ in found)
        return self._languages

    def _keys(self, hits: Sequence[tuple[float, tantivy.DocAddress]]) -> NDArray[np.int64]:
        addresses = [address for _, address in hits]
        return np.array(self._searcher.fast_field_values("key", addresses), np.int64)

    def _any_of(self, terms: Iterable[FieldTerm]) -> Query:
        clauses = []
        for field, term, weight in terms:
            query = Query.term_query(self._schema, field, term, "freq")
            clauses.append((Occur.Should, Query.boost_query(query, weight * FIELD_WEIGHTS[field])))
        return Query.boolean_query(clauses)

    def _conditions(self, where: Filter) -> list[tuple[Occur, Query]]:
        queries = [
            Query.term_set_query(self._schema, attribute, sorted(names))
            for attribute, names in conditions(where)
        ]
        if where.published_from is not None:
            queries.append(self._published(lower=seconds(where.published_from, 0)))
        if where.published_to is not None:
            queries.append(self._published(upper=seconds(where.published_to, 0) - 1))
        queries += map(self._worded, where.wordings)
        unwanted = [
            Query.term_set_query(self._schema, attribute, sorted(names))
            for attribute, names in exclusions(where)
        ]
        unwanted += map(self._worded, where.exclude_wordings)
        # Conditions decide who may be an answer; they must not add to the score.
        needed = [(Occur.Must, Query.const_score_query(query, 0.0)) for query in queries]
        return needed + [(Occur.MustNot, query) for query in unwanted]

    def _published(self, lower: int | None = None, upper: int | None = None) -> Query:
        kind = tantivy.FieldType.Integer
        return Query.range_query(
            self._schema, "published_at", kind, lower_bound=lower, upper_bound=upper
        )


def _any(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
