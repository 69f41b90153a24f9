"""What the words of a source tell, worked out once for all lists of a page."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from newsclip.index.bm25 import TermQuery
from newsclip.index.view import View
from newsclip.recommender.source import Source
from newsclip.recommender.telling import telling_terms

_SHOWN = 4  # words that a reason names
_LOOKED_AT = 12  # most telling terms that are looked for in each hit

Held = NDArray[np.bool_]
"""Which of the telling terms some articles have, ``(articles, terms)``."""


class Told:
    """The telling words and names of a source, against the archive's common words.

    Each is worked out when it is first asked for: a list that editors have filled asks for none.
    """

    def __init__(self, view: View, source: Source) -> None:
        self.source = source
        self._view = view
        self._written: dict[str, str] = {}  # by term; empty for one that does not stand there

    @cached_property
    def query(self) -> TermQuery:
        """The most telling terms of the source, the most telling first."""
        return telling_terms(self._view, self.source.terms)

    def shared_words(self, held: Held) -> list[tuple[str, ...]]:
        """For each article, the most telling words that it shares, as the source writes them."""
        shared = [self._first_of(row) for row in held[:, :_LOOKED_AT].tolist()]
        written = self._as_written({term for found in shared for term in found})
        return [tuple(filter(None, map(written.__getitem__, found))) for found in shared]

    def likely_names(self, held: Held) -> list[list[str]]:
        """For each article, the names with telling terms of which it has all.

        Where a name stands, all its telling words do: most texts need not be looked at.
        """
        articles = [{*compress(self.query.texts, row)} for row in held.tolist()]
        names = self._telling_names.items()
        return [[name for name, own in names if own <= has] for has in articles]

    def _first_of(self, row: Sequence[bool]) -> list[str]:
        return [*compress(self.query.texts, row)][:_SHOWN]

    def _as_written(self, terms: set[str]) -> Mapping[str, str]:
        if missing := terms - self._written.keys():
            draft, language = self.source.draft, self.source.read_in
            self._written |= dict.fromkeys(missing, "")
            self._written |= self._view.as_written(draft.text, missing, language)
        return self._written

    @cached_property
    def _telling_names(self) -> Mapping[str, set[str]]:
        """The source's names with telling terms, each with those."""
        names, telling = self.source.names, {*self.query.texts}
        terms = self._view.terms_of_each(names, self.source.read_in)
        each = zip(names, map(telling.intersection, terms), strict=True)
        return {name: own for name, own in each if own}
