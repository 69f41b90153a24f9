"""The archive at one moment, as the recommender asks it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import ArticleNotFound, UrlUnknown
from newsclip.index.analysis import Analyzer, Word, stemmer_of
from newsclip.index.article import Article
from newsclip.index.bm25 import Matches, TermQuery
from newsclip.index.columns import COUNT_BITS, MOST_COUNTED, TEXT_FIELDS
from newsclip.index.digest import field_terms, term_entries
from newsclip.index.encoder import Encoder
from newsclip.index.filters import NEVER, UNDETERMINED, Filter, fold, seconds
from newsclip.index.house_tags import HouseTags
from newsclip.index.layers import Layers
from newsclip.index.lexicon import FieldTerm
from newsclip.index.rules import Rulebook
from newsclip.index.segment import Segment
from newsclip.index.store import Store
from newsclip.index.tag_feedback import Feedback
from newsclip.index.tag_names import Style
from newsclip.index.taggers import StoredTagger
from newsclip.index.tally import Tally
from newsclip.index.typed import Typed
from newsclip.index.vectors import products, widened
from newsclip.index.verdicts import Verdicts

_Keys = NDArray[np.int64]
_Place = tuple[Segment, _Keys, _Keys]  # of keys that lie in a layer: their places, their rows

_WIDELY = 0.1  # the share of the articles in a language whose endings every query is cut by


@dataclass(frozen=True)
class Scored:
    """Keys with their scores, best first; both arrays of shape ``(n,)``."""

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]

    @classmethod
    def none(cls) -> Self:
        """No keys at all."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float32))

    @classmethod
    def ranked(cls, keys: NDArray[np.int64], scores: NDArray[np.float32]) -> Self:
        """These keys, the best first, ties by ascending key."""
        order = np.lexsort((keys, -scores))
        return cls(keys[order], scores[order])

    def above(self, min_score: float) -> Self:
        """Those that score more than 0 and at least ``min_score``."""
        kept = (self.scores > 0) & (self.scores >= min_score)
        return type(self)(self.keys[kept], self.scores[kept])

    def first(self, count: int, offset: int = 0) -> Self:
        """``count`` of them, those before ``offset`` left out."""
        part = slice(offset, offset + count)
        return type(self)(self.keys[part], self.scores[part])


@dataclass(frozen=True)
class TermCounts:
    """The terms of a text that the archive knows: ``terms`` by number, ``(n,)``, ascending.

    ``counts`` says how often each stands in each text field, ``(n, 4)``, as in TEXT_FIELDS.
    """

    terms: NDArray[np.int64]
    counts: NDArray[np.int64]


class View:
    """The archive at one moment. Valid only inside the ``with`` block that gave it.

    A *key* is the number of one version of an article; it is meaningless outside the view, as is
    the number of a term.
    """

    def __init__(
        self, store: Store, layers: Layers, encoder: Encoder, analyzer: Analyzer, now: datetime
    ) -> None:
        self._store = store
        self._layers = layers
        self._encoder = encoder
        self._analyzer = analyzer
        self.now = now
        self._filter: Filter | None = None  # the last one asked for, and its masks
        self._masks: list[NDArray[np.bool_]] = []
        self._located: tuple[_Keys, Sequence[_Place]] = (np.empty(0, np.int64), [])

    def __len__(self) -> int:
        """How many articles the archive holds, visible or not."""
        return len(self._layers)

    @property
    def typed(self) -> Typed:
        """What it knows of words that are half typed, or mistyped."""
        return Typed(self._layers, self._analyzer, self._store, self.now)

    # Articles

    def key_of(self, article_id: str) -> int:
        """The key of an article, visible or not. Raises ArticleNotFound."""
        key = self._store.key_of(article_id)
        if key is None:
            raise ArticleNotFound(article_id)
        return key

    def keys_of(self, article_ids: Iterable[str]) -> list[int]:
        """The keys of those of the articles that there are, visible or not."""
        return list(self._store.keys_of(list(article_ids)).values())

    def key_of_url(self, url: str) -> int:
        """The key of the article that a URL leads to, visible or not. Raises UrlUnknown.

        Of several articles with one canonical URL a published one, then the newest version.
        """
        key = self._store.links.key_of_url(url)
        if key is None:
            raise UrlUnknown(url)
        return key

    def links_from(self, keys: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """For each key that points to other articles of the archive, their keys, as in its body."""
        return self._store.links.from_keys(keys)

    def link_counts(self, keys: _Keys) -> _Keys:
        """By how many other articles each key is pointed to, ``(n,)``."""
        counts = self._store.links.counts(keys.tolist(), self._layers.revision)
        return np.array([counts[key] for key in keys.tolist()], np.int64)

    def ids(self, keys: Iterable[int]) -> list[str]:
        """The ids of the articles of some keys."""
        return self._store.ids([int(key) for key in keys])

    def rules(self) -> Rulebook:
        """What editors have ruled."""
        return self._store.curation.rulebook()

    def ruled_keys(self) -> Mapping[str, int]:
        """The keys of the articles that the rules name, by id; of those that are there."""
        return self._store.curation.keys(self._layers.revision)

    def article(self, article_id: str) -> Article:
        """The article, visible or not. Raises ArticleNotFound."""
        return self._store.get(article_id)

    def articles(self, keys: Iterable[int]) -> dict[int, Article]:
        """The articles of some keys."""
        return self._store.articles([int(key) for key in keys])

    def tags_of(self, key: int) -> tuple[str, ...]:
        """An article's tags, without a look into the store."""
        segment, row = self._place(key)
        return segment.catalog.tags_of(row)

    def tags(self, keys: _Keys) -> list[tuple[str, ...]]:
        """The tags of the article of each key: for many a tenth of the time of :meth:`tags_of`."""
        tags: list[tuple[str, ...]] = [()] * len(keys)
        for segment, places, rows in self._rows(keys):
            found = segment.catalog.tags_of_rows(rows)
            for place, names in zip(places.tolist(), found, strict=True):
                tags[place] = names
        return tags

    def published_at(self, keys: _Keys) -> _Keys:
        """When the article of each key was published, seconds since 1970; NEVER if undated."""
        moments = np.full(len(keys), NEVER, np.int64)
        for segment, places, rows in self._rows(keys):
            moments[places] = segment.catalog.published_at(rows)
        return moments

    def sections(self, keys: _Keys) -> list[str | None]:
        """The section of the article of each key, as it is written."""
        sections: list[str | None] = [None] * len(keys)
        for segment, places, rows in self._rows(keys):
            names = segment.catalog.sections_of(rows)
            for place, name in zip(places.tolist(), names, strict=True):
                sections[place] = name
        return sections

    def tagged(self, folded_tag: str) -> _Keys:
        """Keys of the articles, visible or not, that carry a tag, ascending."""
        segments = self._layers.segments
        rows = [(segment, segment.catalog.tagged(folded_tag)) for segment in segments]
        keys = [segment.columns["key"][found].astype(np.int64) for segment, found in rows]
        return np.sort(np.concatenate(keys))

    def carriers(self, folded_tag: str) -> int:
        """How many articles, visible or not, carry a tag."""
        return sum(len(s.catalog.tagged(folded_tag)) for s in self._layers.segments)

    def section_counts(self) -> dict[str, int]:
        """Every section of a visible article, with the number of those articles."""
        counts: dict[str, int] = {}
        for segment in self._layers.segments:
            for section, count in segment.catalog.section_counts(self.now).items():
                counts[section] = counts.get(section, 0) + count
        return counts

    def tags_named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag of which a name or alias stands in a text's terms, with the run's start and end.

        In the order of the text: the tags in use that a visible article carries, and those that
        the house vocabulary lists.
        """
        house = self.house()
        named = list(self._layers.vocabulary.named_in(terms))
        folded = {fold(tag) for tag, _, _ in named}
        carried: set[str] = set()
        for segment in self._layers.segments:
            carried |= segment.catalog.carried(folded - carried, self.now)
        runs = [
            (current, start, end)
            for tag, start, end in named
            if fold(tag) in carried and (current := house.current(tag)) is not None
        ]
        if listed := self._store.vocabulary.names(house, self._analyzer.terms):
            runs = sorted(
                {*runs, *listed.named_in(terms)}, key=lambda run: (run[1], run[2], run[0])
            )
        return iter(runs)

    def house(self) -> HouseTags:
        """The house vocabulary."""
        return self._store.vocabulary.house()

    def tags_in_use(self) -> Mapping[str, int]:
        """Every tag of the archive, with the number of articles, visible or not."""
        return self._layers.vocabulary.counts()

    def tags_spelled_like(self, name: str) -> list[str]:
        """The archive's tags that differ from a name in spelling alone, the most used first."""
        return self._layers.vocabulary.spelled_like(name)

    def tag_style(self) -> Style:
        """How most of the archive's tags are written."""
        return self._layers.vocabulary.style()

    def newest(self, where: Filter, limit: int, oldest: bool = False) -> list[int]:
        """Keys of the newest articles that pass, or the oldest; undated articles come last."""
        keys, dates = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for segment, allowed in self._allowed(where):
            rows = segment.catalog.newest(allowed, limit, oldest)
            keys.append(segment.columns["key"][rows].astype(np.int64))
            dates.append(segment.catalog.published_at(rows))
        first: list[int] = in_time(np.concatenate(keys), np.concatenate(dates), oldest)[
            :limit
        ].tolist()
        return first

    def tally(self, keys: _Keys) -> Tally:
        """How many of the articles of some keys have each section, tag, author and language."""
        places = ((segment.columns, at, rows) for segment, at, rows in self._rows(keys))
        return Tally(self._layers.names, keys, places)

    def every(self, where: Filter) -> _Keys:
        """The keys of all articles that pass, ascending."""
        found = [segment.columns["key"][allowed] for segment, allowed in self._allowed(where)]
        return np.sort(np.concatenate(found).astype(np.int64))

    @property
    def encoder_identity(self) -> str:
        """Which encoder the embeddings are by: its id and the recipe of the text."""
        return self._layers.encoder.identity

    def tuned_ranker(self) -> str | None:
        """The ranker that was learned on this archive with its present encoder, as stored."""
        return self._store.rankers.of(self.encoder_identity)

    def tagger_version(self) -> tuple[str, str, int] | None:
        """What changes with each tagger that is learned with the present encoder."""
        version = self._store.taggers.version(self.encoder_identity)
        return None if version is None else (self.encoder_identity, *version)

    def stored_tagger(self) -> StoredTagger | None:
        """The tagger that was learned last on this archive with its present encoder."""
        return self._store.taggers.of(self.encoder_identity)

    def standing_feedback(self) -> list[Feedback]:
        """All that editors made of suggested tags and that is not undone, the oldest first."""
        return self._store.tag_feedback.standing()

    def verdicts(self) -> Verdicts:
        """What editors said of suggested tags, as it stands."""
        return self._store.judged_drafts.of(self._layers.encoder.number, self._encoder)

    # Meaning

    @property
    def encoder_is_quick(self) -> bool:
        """Whether some hundred sentences can be embedded for one answer."""
        return self._encoder.is_quick

    def embedding(self, key: int) -> NDArray[np.float32]:
        """The embedding of a key, ``(dimension,)``, unit length."""
        segment, row = self._place(key)
        embedding: NDArray[np.float32] = widened(segment.columns["embedding"][row : row + 1])[0]
        return embedding

    def embeddings(self, keys: _Keys) -> NDArray[np.float32]:
        """The embedding of each key, ``(n, dimension)``, unit length."""
        embeddings = np.zeros((len(keys), self._encoder.dimension), np.float32)
        for segment, places, rows in self._rows(keys):
            embeddings[places] = widened(segment.columns["embedding"][rows])
        return embeddings

    def nearest(self, embedding: NDArray[np.float32], limit: int, where: Filter) -> Scored:
        """The articles nearest in meaning; scores are cosines, -1 to 1."""
        found = [s.nearest(embedding, limit, allowed) for s, allowed in self._allowed(where)]
        keys, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Scored.ranked(keys, scores).first(limit)

    def cosines(self, embedding: NDArray[np.float32], keys: _Keys) -> NDArray[np.float32]:
        """The cosine between an embedding and the article of each key, ``(n,)``."""
        cosines = np.zeros(len(keys), np.float32)
        for segment, places, rows in self._rows(keys):
            cosines[places] = products(segment.columns["embedding"][rows], embedding)
        return cosines

    def typical_cosine(self, embedding: NDArray[np.float32]) -> float:
        """The mean cosine between an embedding and all of the archive's."""
        return float(embedding @ self._layers.mean_embedding())

    def embed_document(self, text: str) -> NDArray[np.float32]:
        """The embedding of a text as an article would have it, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._encoder.encode_documents([text])[0]
        return embedding

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedding of each text as an article would have it, ``(n, dimension)``."""
        return self._encoder.encode_documents(texts)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The embedding of what somebody looks for, ``(dimension,)``."""
        embedding: NDArray[np.float32] = self._encoder.encode_queries([text])[0]
        return embedding

    # Copies

    def copies_of(self, keys: Collection[int] | _Keys) -> dict[int, tuple[int, ...]]:
        """For each key the other articles of its cluster of copies, visible or not, ascending."""
        return self._layers.clusters.copies_of(np.fromiter(keys, np.int64, len(keys)))

    def copies_of_text(
        self, body: str, published_at: datetime | None = None, language: str | None = None
    ) -> tuple[int, ...]:
        """The keys of the copies of a body that may not be in the archive, and of their copies.

        Ascending; of an undated text those of any date.
        """
        terms = self._analyzer.terms(body, language)
        return self._layers.clusters.copies_of_text(terms, seconds(published_at, NEVER))

    # Words

    def matching(self, query: TermQuery, limit: int, where: Filter) -> _Keys:
        """Keys of the articles with any of the terms that are likely to score best, ascending.

        What they score is for :meth:`keyword_scores`. All that match are there if they are fewer
        than ``limit``; else up to ``limit`` of each layer.
        """
        terms = self._field_terms(query)
        found = [s.matching(terms, limit, allowed, where) for s, allowed in self._allowed(where)]
        return np.sort(np.concatenate(found))

    def _field_terms(self, query: TermQuery) -> list[FieldTerm]:
        """The query as the lexicons take it; fields in which no article has a term are left out."""
        texts = self._layers.terms.texts(query.terms.tolist())
        in_use = np.argwhere(self._layers.statistics.found(query.terms))
        weights = query.weights.tolist()
        return [FieldTerm(TEXT_FIELDS[f], texts[t], weights[t]) for t, f in in_use.tolist()]

    def keyword_scores(self, query: TermQuery, keys: _Keys) -> NDArray[np.float32]:
        """The BM25 score of the article of each key, 0 and up, ``(n,)``."""
        scores = np.zeros(len(keys), np.float32)
        for segment, places, rows in self._rows(keys):
            scores[places] = self._layers.statistics.scores(query, segment.columns, rows)
        return scores

    def matches(self, query: TermQuery, keys: _Keys) -> Matches:
        """How the words of a query stand in the article of each key."""
        found = Matches.none(len(keys))
        for segment, places, rows in self._rows(keys):
            found.put(places, self._layers.statistics.matches(query, segment.columns, rows))
        return found

    def matching_bounds(self, query: TermQuery, where: Filter) -> tuple[int, int]:
        """How many articles pass and have any of the terms: at least, and at most.

        From the counts alone: those with a term in some field, less those that do not pass.
        """
        found, passing = self._layers.statistics.found(query.terms), self.count(where)
        least = int(found.max(initial=0)) - (len(self) - passing)
        return max(0, least), min(int(found.sum()), passing)

    def ceiling(self, query: TermQuery) -> float:
        """A score that :meth:`keyword_scores` cannot exceed."""
        return self._layers.statistics.ceiling(query)

    def query(self, terms: Mapping[str, float]) -> TermQuery:
        """A query for those of the weighted terms that the archive knows."""
        numbers = self._layers.terms.numbers(list(terms))
        weights = np.fromiter(terms.values(), np.float64, len(terms))
        return TermQuery(numbers[numbers >= 0], weights[numbers >= 0])

    def terms_of(self, key: int) -> TermCounts:
        """The terms of the archive's article with this key."""
        segment, row = self._place(key)
        return _term_counts(segment.columns.values("term", "entry", row))

    def containing(
        self, terms: _Keys, keys: _Keys, fields: Sequence[str] = TEXT_FIELDS
    ) -> NDArray[np.bool_]:
        """Which of the terms stand in the article of each key, ``(len(keys), len(terms))``.

        ``fields`` are those of TEXT_FIELDS that count.
        """
        table = np.zeros((len(keys), len(terms)), np.bool_)
        if not len(terms):
            return table
        order = np.argsort(terms)
        counted = np.array([field in fields for field in TEXT_FIELDS])
        for segment, places, rows in self._rows(keys):
            entries, ends = segment.columns.joined("term", "entry", rows)
            held, field = np.divmod(entries >> COUNT_BITS, len(TEXT_FIELDS))
            at = np.searchsorted(terms, held, sorter=order)
            same = terms[order[np.minimum(at, len(terms) - 1)]] == held
            hit = np.flatnonzero(same & counted[field])
            key = places[ends.searchsorted(hit, side="right")]
            table[key, order[at[hit]]] = True
        return table

    def title_terms(self, keys: _Keys) -> tuple[_Keys, _Keys]:
        """The terms of titles: the place in ``keys`` and the term of each, both ``(m,)``."""
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for segment, places, rows in self._rows(keys):
            entries, ends = segment.columns.joined("term", "entry", rows)
            codes = entries >> COUNT_BITS
            titles = np.flatnonzero(codes % len(TEXT_FIELDS) == TEXT_FIELDS.index("title"))
            row = ends.searchsorted(titles, side="right")
            found.append((places[row], codes[titles].astype(np.int64) // len(TEXT_FIELDS)))
        place, term = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return place, term

    def lengths(self, keys: _Keys) -> _Keys:
        """How many words the body of each key's article has, ``(n,)``."""
        lengths = np.zeros(len(keys), np.int64)
        for segment, places, rows in self._rows(keys):
            lengths[places] = segment.columns["field_length"][rows, TEXT_FIELDS.index("body")]
        return lengths

    def terms_in(self, texts: Mapping[str, str], language: str | None = None) -> TermCounts:
        """The terms of a text that is not in the archive, by its fields (see TEXT_FIELDS)."""
        terms = field_terms(texts, self._analyzer.terms, language)
        return _term_counts(term_entries(terms, self._layers.terms.numbers)[0])

    def term_texts(self, terms: _Keys) -> list[str]:
        """The terms with these numbers."""
        return self._layers.terms.texts(terms.tolist())

    def term_lengths(self, terms: _Keys) -> _Keys:
        """How many bytes each term has."""
        return self._layers.terms.byte_lengths(terms)

    def rarities(self, terms: _Keys, anywhere: bool = False) -> NDArray[np.float64]:
        """How telling each term is in this archive (BM25's idf); 0 for one that no article has.

        A word that stands in no body and no title tells nothing, except ``anywhere``.
        """
        return self._layers.statistics.rarities(terms, anywhere)

    def words(self, text: str, language: str | None = "en") -> list[Word]:
        """The words of a text as they are indexed in a language, in order, with their places."""
        return self._analyzer.words(text, language)

    def query_words(self, query: str, languages: Collection[str] = ()) -> list[Word]:
        """The words of a query, each as it is indexed in the languages of the archive.

        A word comes once for each different term that some article has, or once if none has it.
        ``languages`` are those of the articles that are looked for, if not all. One that few
        articles are in is asked only for what the others do not know: in French "news" is "new".
        """
        spoken = self._languages()
        widely = languages or [each for each in spoken if spoken[each] >= _WIDELY * len(self)]
        known = self._stems(query, [*spoken]) | self._stems(query, widely)
        words = self._analyzer.words(query, next(iter(widely)))
        return [each for word in words for each in known.get((word.start, word.end), [word])]

    def _stems(self, query: str, languages: Iterable[str]) -> dict[tuple[int, int], list[Word]]:
        """By their range, the words of a query that some article has."""
        stemmers = {stemmer_of(each): each for each in languages}
        words = [w for each in stemmers.values() for w in self._analyzer.words(query, each)]
        numbers = self._layers.terms.numbers([word.term for word in words])
        counts = self._layers.statistics.found(np.maximum(numbers, 0)).any(axis=1)
        found: dict[tuple[int, int], dict[str, Word]] = {}
        for word, is_known in zip(words, (numbers >= 0) & counts, strict=True):
            if is_known:
                found.setdefault((word.start, word.end), {}).setdefault(word.term, word)
        return {span: [*terms.values()] for span, terms in found.items()}

    def forms(self, text: str) -> list[str]:
        """The words of a text with all their endings, but in small letters and without accents."""
        return self._analyzer.forms(text)

    def knows(self, term: str) -> bool:
        """Whether some article has a term."""
        return bool(self._layers.statistics.found(self.query({term: 1.0}).terms).any())

    def main_language(self) -> str:
        """The language of most articles: what a text is in that does not say."""
        return next(iter(self._languages()))

    def _languages(self) -> Mapping[str, int]:
        """How many articles are in each language, the most first; ``und`` stands for none."""
        found: Counter[str] = Counter()
        for segment in self._layers.segments:
            for language in segment.lexicon.languages():
                found[language] += segment.catalog.count("language", language)
        spoken = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return {language: count for language, count in spoken if count} or {UNDETERMINED: 0}

    def terms(self, text: str, language: str | None = None) -> list[str]:
        """The terms of a text as they are indexed, in their order."""
        return self._analyzer.terms(text, language)

    def as_written(
        self, text: str, terms: Collection[str], language: str | None = None
    ) -> dict[str, str]:
        """For each of the terms that stands in a text, a word that it stands there for."""
        return self._analyzer.as_written(text, terms, language)

    def places(self, text: str, terms: Collection[str], language: str | None = None) -> list[Word]:
        """The words of a text that stand for one of the terms, in their order."""
        return self._analyzer.places(text, terms, language)

    # Rows

    def prepare(self, where: Filter) -> None:
        """Works out who passes a filter, once for all questions; two threads may then ask with it.

        Any other question belongs to the thread that has the view.
        """
        if where != self._filter:
            keys = where.exclude_keys.union(self.keys_of(where.exclude_ids))
            excluded = np.array([*keys], np.int64)
            segments = self._layers.segments
            self._masks = [segment.allowed(where, self.now, excluded) for segment in segments]
            self._filter = where

    def passing(self, keys: _Keys, where: Filter) -> NDArray[np.bool_]:
        """Which of the keys readers may see and the filter lets through, ``(n,)``."""
        passing = np.zeros(len(keys), np.bool_)
        self.prepare(where)
        masks = dict(zip(map(id, self._layers.segments), self._masks, strict=True))
        for segment, places, rows in self._rows(keys):
            passing[places] = masks[id(segment)][rows]
        return passing

    def count(self, where: Filter) -> int:
        """How many articles pass."""
        return sum(int(np.count_nonzero(allowed)) for _, allowed in self._allowed(where))

    def _allowed(self, where: Filter) -> list[tuple[Segment, NDArray[np.bool_]]]:
        """Each layer, with which of its rows may be an answer."""
        self.prepare(where)
        return list(zip(self._layers.segments, self._masks, strict=True))

    def _rows(self, keys: _Keys) -> Sequence[_Place]:
        """For each layer the places in ``keys`` that lie in it, and their rows."""
        if keys is not self._located[0]:  # a question asks much of the same candidates
            self._located = keys, [*self._locate(keys)]
        return self._located[1]

    def _locate(self, keys: _Keys) -> Iterator[_Place]:
        for segment in self._layers.segments:
            places, here = segment.columns.located(keys)
            if here.any():
                yield segment, np.flatnonzero(here), places[here]

    def _place(self, key: int) -> tuple[Segment, int]:
        for segment, _, rows in self._rows(np.array([key], np.int64)):
            return segment, int(rows[0])
        raise KeyError(key)


def in_time(keys: _Keys, published_at: _Keys, oldest: bool = False) -> _Keys:
    """The keys in the order of their dates, the newest first or the oldest; undated ones last.

    Equal ones in the same direction by key: of two, the newer one came later into the archive.
    """
    undated = published_at == NEVER
    order = (keys, published_at, undated) if oldest else (-keys, -published_at, undated)
    return keys[np.lexsort(order)]


def _term_counts(entries: NDArray[np.integer]) -> TermCounts:
    """From entries in ascending order, in which the fields of a term lie together."""
    codes = entries.astype(np.int64) >> COUNT_BITS
    term, field = np.divmod(codes, len(TEXT_FIELDS))
    first = np.append(True, term[1:] != term[:-1])[: len(term)]
    table = np.zeros((int(first.sum()), len(TEXT_FIELDS)), np.int64)
    table[np.cumsum(first) - 1, field] = entries & MOST_COUNTED
    return TermCounts(term[first], table)
