"""An article as a row: what the columns of a segment hold of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclip.index.article import Article
from newsclip.index.chunks import spelled_out
from newsclip.index.columns import TEXT_FIELDS, Block
from newsclip.index.filters import NEVER, attributes, seconds, visible_span
from newsclip.index.occurrences import FieldTerms, Occurrences
from newsclip.index.sketch import Sketcher
from newsclip.index.strings import Strings

TermsOf = Callable[[str, str | None], Sequence[str]]
"""The terms of a text in a language."""


def attribute_name(attribute: str, folded: str) -> str:
    """The name under which the rows with a folded section, tag, author or language are found."""
    return f"{attribute}/{folded}"


def written_name(attribute: str, written: str) -> str:
    """The name that keeps how an article writes its section or a tag."""
    return f"{attribute}={written}"


def field_texts(article: Article) -> dict[str, str]:
    """The text of each field that is searched for words.

    ``tags`` are all names that the article is filed under: its tags as written and spelled out, its
    section and its authors.
    """
    tags = [f"{tag} {spelled_out(tag)}" for tag in article.tags]
    filed = filter(None, (*tags, article.section, *article.authors))
    return {
        "title": article.title,
        "summary": article.summary,
        "body": article.body,
        "tags": " ".join(filed),
    }


def field_terms(
    texts: Mapping[str, str], terms_of: TermsOf, language: str | None = None
) -> FieldTerms:
    """The terms of a text, which is given by field, in a language."""
    return [terms_of(texts.get(name, ""), language) for name in TEXT_FIELDS]


def article_terms(article: Article, terms_of: TermsOf) -> FieldTerms:
    """The terms of an article."""
    return field_terms(field_texts(article), terms_of, article.language)


class Digester:
    """Makes blocks of articles, and numbers the terms and names that are new with them."""

    def __init__(self, terms_of: TermsOf, terms: Strings, names: Strings) -> None:
        self._terms_of = terms_of
        self._terms = terms
        self._names = names
        self._sketcher = Sketcher()

    def block(
        self,
        articles: Mapping[int, Article],
        embeddings: NDArray[np.float32],
        terms: Sequence[FieldTerms] = (),
    ) -> Block:
        """The rows of some articles by ascending key; ``embeddings`` is ``(n, dimension)``.

        ``terms`` are those of the articles, where they are known.
        """
        terms = terms or [article_terms(each, self._terms_of) for each in articles.values()]
        occurrences = Occurrences.of(terms)
        counted = occurrences.counted(self._terms.add)
        attributes = [self._attributes(article) for article in articles.values()]
        for article in articles.values():
            self._written("author", article.authors)  # no column; to be shown as it is written
        tags = [self._written("tag", article.tags) for article in articles.values()]
        return Block(
            plain=self._plain(articles),
            wide={
                "embedding": embeddings.astype(np.float16),
                "field_length": counted.lengths,
                "sketch": self._sketcher.sketches(
                    occurrences.terms, *occurrences.bodies(), len(articles)
                ),
            },
            lengths={
                "term": np.diff(counted.ends, prepend=0),
                "attribute": _lengths(attributes),
                "tag": _lengths(tags),
            },
            values={
                "term.entry": counted.entries,
                "attribute.name": np.concatenate(attributes),
                "tag.written": np.concatenate(tags),
            },
        )

    def _plain(self, articles: Mapping[int, Article]) -> dict[str, NDArray[np.int64]]:
        spans = [visible_span(article) for article in articles.values()]
        sections = [
            self._written("section", [article.section])[0] if article.section else -1
            for article in articles.values()
        ]
        dates = [seconds(article.published_at, NEVER) for article in articles.values()]
        columns = {
            "key": list(articles),
            "visible_from": [start for start, _ in spans],
            "visible_until": [end for _, end in spans],
            "published_at": dates,
            "section": sections,
        }
        return {name: np.array(values, np.int64) for name, values in columns.items()}

    def _written(self, attribute: str, names: Iterable[str]) -> NDArray[np.int64]:
        return self._names.add([written_name(attribute, name) for name in names])

    def _attributes(self, article: Article) -> NDArray[np.int64]:
        names = [
            attribute_name(attribute, folded)
            for attribute, folds in attributes(article).items()
            for folded in sorted(folds)
        ]
        return self._names.add(names)


def _lengths(rows: Iterable[Sequence[object] | NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.array([len(row) for row in rows], np.int64)
