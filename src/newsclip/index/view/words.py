"""Which words stand where, and how much they tell."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from newsclip.index.analysis import stemmer_of
from newsclip.index.bm25 import Places, TermQuery
from newsclip.index.chunks import Word, Words
from newsclip.index.columns import (
    MOST_COUNTED,
    TEXT_FIELDS,
    fields_of,
    first_of_each,
    in_field,
    terms_of,
)
from newsclip.index.digest import field_terms
from newsclip.index.filters import UNDETERMINED, Filter
from newsclip.index.held import HeldTerms
from newsclip.index.lexicon import FieldTerm
from newsclip.index.matches import Matches, matches_in
from newsclip.index.occurrences import Occurrences
from newsclip.index.typed import Typed
from newsclip.index.view.rows import RowView
from newsclip.index.view.scored import Keys, TermCounts


class WordView(RowView):
    """Questions about terms."""

    @property
    def typed(self) -> Typed:
        """What it knows of words that are half typed, or mistyped."""
        return Typed(self._layers, self._analyzer, self._store, self.now)

    def matching(self, query: TermQuery, limit: int, where: Filter) -> Keys:
        """Keys of the articles with any of the terms that are likely to score best, ascending.

        What they score is for :meth:`keyword_scores`. All that match are there if they are fewer
        than ``limit``; else up to ``limit`` of each layer.
        """
        return self.matching_widely(query, limit, limit, where)[0]

    def matching_widely(
        self, query: TermQuery, limit: int, wide: int, where: Filter
    ) -> tuple[Keys, Keys]:
        """What :meth:`matching` gives for a limit, and what it gives for a wider one, at once."""
        terms, most = self._field_terms(query), max(limit, wide)
        found = [s.matching(terms, most, allowed, where) for s, allowed in self._allowed(where)]
        best = np.sort(np.concatenate([keys[:limit] for keys in found]))
        return best, np.sort(np.concatenate(found)) if wide > limit else best

    def _field_terms(self, query: TermQuery) -> list[FieldTerm]:
        """The query as the lexicons take it; fields in which no article has a term are left out."""
        found = self._layers.statistics.found(query.terms).tolist()
        return [
            FieldTerm(field, text, weight)
            for text, weight, in_fields in zip(
                query.texts, query.weights.tolist(), found, strict=True
            )
            for field in compress(TEXT_FIELDS, in_fields)
        ]

    def keyword_scores(self, query: TermQuery, keys: Keys) -> NDArray[np.float32]:
        """The BM25 score of the article of each key, 0 and up, ``(n,)``."""
        scores = np.zeros(len(keys), np.float32)
        for places, found in self._where(query, keys):
            scores[places] = self._layers.statistics.scores(found)
        return scores

    def held(self, query: TermQuery, keys: Keys) -> NDArray[np.bool_]:
        """Which of a query's terms the article of each key has, ``(len(keys), len(query))``.

        After :meth:`keyword_scores` of the same arguments next to nothing is left to do.
        """
        table = np.zeros((len(keys), len(query)), np.bool_)
        for places, found in self._where(query, keys):
            table[places[found.row], found.term] = True
        return table

    def _where(self, query: TermQuery, keys: Keys) -> Sequence[tuple[Keys, Places]]:
        """For each layer the places in ``keys`` that lie in it, and where terms stand there."""
        if query is not self._found[0] or keys is not self._found[1]:
            places = self._layers.statistics.places
            found = [(here, places(query, terms)) for here, terms in self._terms(keys)]
            self._found = query, keys, found
        return self._found[2]

    def matches(self, query: TermQuery, keys: Keys) -> Matches:
        """How the words of a query stand in the article of each key."""
        found = Matches.none(len(keys))
        for places, terms in self._terms(keys):
            found.put(places, matches_in(self._layers.statistics, query, terms))
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
        return TermQuery(numbers, weights, list(terms)).at(np.flatnonzero(numbers >= 0))

    def term_numbers(self, terms: Sequence[str]) -> Keys:
        """The number of each term, -1 for one that no article has ever had; ``(n,)``."""
        return self._layers.terms.numbers(terms)

    def holding_all(self, runs: Sequence[Keys], keys: Keys) -> list[int]:
        """How many of the articles of some keys have all terms of each run.

        What these articles hold is remembered until others are asked about.
        """
        if not np.array_equal(self._layers.held.keys, keys):
            self._layers.held = HeldTerms.of(
                keys, ((s.columns, places, rows) for s, places, rows in self._rows(keys))
            )
        return [self._layers.held.count(run) for run in runs]

    def terms_of(self, key: int) -> TermCounts:
        """The terms of the archive's article with this key."""
        segment, row = self._place(key)
        return _term_counts(segment.columns.values("term", "entry", row))

    def containing(
        self, terms: Keys, keys: Keys, fields: Sequence[str] = TEXT_FIELDS
    ) -> NDArray[np.bool_]:
        """Which of the terms stand in the article of each key, ``(len(keys), len(terms))``.

        ``fields`` are those of TEXT_FIELDS that count.
        """
        table = np.zeros((len(keys), len(terms)), np.bool_)
        if not len(terms):
            return table
        for places, of_rows in self._terms(keys):
            row, place = self._layers.statistics.standing(terms, fields, of_rows)
            table[places[row], place] = True
        return table

    def title_terms(self, keys: Keys) -> tuple[Keys, Keys]:
        """The terms of titles: the place in ``keys`` and the term of each, both ``(m,)``."""
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for places, terms in self._terms(keys):
            titles = np.flatnonzero(in_field(terms.entries, "title"))
            row = terms.ends.searchsorted(titles, side="right")
            found.append((places[row], terms_of(terms.entries[titles])))
        place, term = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return place, term

    def lengths(self, keys: Keys) -> Keys:
        """How many words the body of each key's article has, ``(n,)``."""
        lengths = np.zeros(len(keys), np.int64)
        for segment, places, rows in self._rows(keys):
            lengths[places] = segment.columns["field_length"][rows, TEXT_FIELDS.index("body")]
        return lengths

    def terms_in(self, texts: Mapping[str, str], language: str | None = None) -> TermCounts:
        """The terms of a text that is not in the archive, by its fields (see TEXT_FIELDS)."""
        terms = field_terms(texts, self._analyzer.terms, language)
        return _term_counts(Occurrences.of([terms]).counted(self._layers.terms.numbers).entries)

    def term_texts(self, terms: Keys) -> list[str]:
        """The terms with these numbers."""
        return self._layers.terms.texts(terms)

    def rarities(self, terms: Keys, anywhere: bool = False) -> NDArray[np.float64]:
        """How telling each term is in this archive (BM25's idf); 0 for one that no article has.

        A word that stands in no body and no title tells nothing, except ``anywhere``.
        """
        return self._layers.statistics.rarities(terms, anywhere)

    def words(self, text: str, language: str | None = "en") -> Words:
        """The words of a text as they are indexed in a language, in order, with their places."""
        return self._analyzer.words(text, language)

    def query_words(self, query: str, languages: Collection[str] = ()) -> Sequence[Word]:
        """The words of a query, each as it is indexed in the languages of the archive.

        A word comes once for each different term that some article has, or once if none has it.
        ``languages`` are those of the articles that are looked for, if not all. One that few
        articles are in is asked only for what the others do not know: in French "news" is "new".
        """
        asked = query, frozenset(languages)
        if asked not in self._query_words:  # one question is looked at from several sides
            self._query_words[asked] = self._read_query(*asked)
        return self._query_words[asked]

    def _read_query(self, query: str, languages: Collection[str]) -> Sequence[Word]:
        spoken = self._languages()
        widely = sorted(languages) or self._widely(spoken)
        known = self._stems(query, [*spoken]) | self._stems(query, widely)
        words = self._analyzer.words(query, next(iter(widely)))
        return [each for word in words for each in known.get((word.start, word.end), [word])]

    def _widely(self, spoken: Mapping[str, int]) -> Sequence[str]:
        # Of a dozen languages none may have its tenth: then it is that of the most articles.
        return [each for each in spoken if spoken[each] >= _WIDELY * len(self)] or [*spoken][:1]

    def _stems(self, query: str, languages: Iterable[str]) -> dict[tuple[int, int], list[Word]]:
        """By their range, the words of a query that some article has."""
        stemmers = {stemmer_of(each): each for each in languages}
        words = [w for each in stemmers.values() for w in self._analyzer.words(query, each)]
        known = self.known({word.term for word in words})
        found: dict[tuple[int, int], dict[str, Word]] = {}
        for word in words:
            if word.term in known:
                found.setdefault((word.start, word.end), {}).setdefault(word.term, word)
        return {span: [*terms.values()] for span, terms in found.items()}

    def forms(self, text: str) -> list[str]:
        """The words of a text with all their endings, but in small letters and without accents."""
        return self._analyzer.forms(text)

    def known(self, terms: Collection[str]) -> set[str]:
        """Those of the terms that some article has, visible or not."""
        return set(compress(terms, self._articles_with(terms)))

    def shown(self, terms: Collection[str]) -> set[str]:
        """Those of the terms that stand in some article that readers may see."""
        segments = self._layers.segments
        hidden = len(self) - sum(s.catalog.passing(s.catalog.visible(self.now)) for s in segments)
        counted = zip(terms, self._articles_with(terms), strict=True)
        # A word of more articles than are hidden need not be looked up.
        return {term for term, n in counted if n > hidden or (n and self._is_shown(term))}

    def _is_shown(self, term: str) -> bool:
        return len(self.matching(self.query({term: 1.0}), 1, Filter())) > 0

    def _articles_with(self, terms: Collection[str]) -> list[int]:
        """In how many articles each term stands, at least; visible or not."""
        numbers = self._layers.terms.numbers([*terms])
        found = self._layers.statistics.found(np.maximum(numbers, 0)).max(axis=1, initial=0)
        counts: list[int] = np.where(numbers >= 0, found, 0).tolist()
        return counts

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

    def terms_of_each(self, texts: Iterable[str], language: str | None = None) -> list[list[str]]:
        """The terms of each text: of many short ones in half the time."""
        return self._analyzer.terms_of_each(texts, language)

    def as_written(
        self, text: str, terms: Collection[str], language: str | None = None
    ) -> dict[str, str]:
        """For each of the terms that stands in a text, a word that it stands there for."""
        return self._analyzer.as_written(text, terms, language)

    def places(self, text: str, terms: Collection[str], language: str | None = None) -> list[Word]:
        """The words of a text that stand for one of the terms, in their order."""
        return self._analyzer.places(text, terms, language)


_WIDELY = 0.1  # the share of the articles in a language whose endings every query is cut by


def _term_counts(entries: NDArray[np.integer]) -> TermCounts:
    """From entries in ascending order, in which the fields of a term lie together."""
    term, field = terms_of(entries), fields_of(entries)
    first = first_of_each(term)
    table = np.zeros((int(first.sum()), len(TEXT_FIELDS)), np.int64)
    table[np.cumsum(first) - 1, field] = entries & MOST_COUNTED
    return TermCounts(term[first], table)
