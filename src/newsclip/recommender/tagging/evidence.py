"""What speaks for a tag: the archive's articles that carry it, and a sentence of the draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsclip.index.chunks import spelled_out
from newsclip.index.filters import Filter, fold
from newsclip.index.sentences import SENTENCE
from newsclip.index.view import View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.fusion import keyword_scores, meaning_scores
from newsclip.recommender.passages import Sentences, sentences_of
from newsclip.recommender.tagging.scoring import TagScores
from newsclip.recommender.tagging.witnesses import SEMANTIC_WEIGHT, Named

_ARTICLES = 3  # shown for each tag
_FEW = 2  # with fewer among the draft's neighbours, the tag's other articles are looked through
_NEWEST = 1_000  # of those; of thousands the nearest newer ones speak as well
_NEAREST = 10  # of those, in meaning; the words decide among them


@dataclass(frozen=True)
class NeighbourEvidence:
    """An article of the archive that is like the draft and carries the tag."""

    article_id: str
    title: str
    url: str | None
    score: float


@dataclass(frozen=True)
class TextEvidence:
    """The sentence of the draft that speaks for the tag, and what in it does so the most."""

    sentence: str
    matched: str


Evidence = NeighbourEvidence | TextEvidence


def evidence_for(
    view: View, draft: Draft, tags: Sequence[str], found: TagScores, where: Filter
) -> dict[str, tuple[Evidence, ...]]:
    """For each tag a sentence of the draft, then the nearest articles that carry the tag.

    The sentence is the first one with the tag's name in it, or else the one whose telling words
    set the tag's articles apart from the draft's other neighbours, or are of its name.
    """
    tags_of = _tags_of_neighbours(view, found)
    carriers = {tag: _carriers(view, tag, found, tags_of, where) for tag in tags}
    sentences = _sentences(view, draft, carriers, found)
    nearest = {tag: [*keys.items()][:_ARTICLES] for tag, keys in carriers.items()}
    shown = sorted({key for tag in nearest.values() for key, _ in tag})
    told = dict(zip(shown, view.typed.titles(np.array(shown, np.int64)), strict=True))
    return {
        tag: (*sentences[tag], *(_neighbour(*told[key], score) for key, score in near))
        for tag, near in nearest.items()
    }


def _neighbour(article: str, url: str | None, title: str, score: float) -> NeighbourEvidence:
    return NeighbourEvidence(article, title, url, score)


def _tags_of_neighbours(view: View, found: TagScores) -> dict[int, tuple[str, ...]]:
    keys = np.array([*found.neighbours], np.int64)
    return dict(zip(found.neighbours, view.tags(keys), strict=True))


def _carriers(
    view: View,
    tag: str,
    found: TagScores,
    tags_of: Mapping[int, tuple[str, ...]],
    where: Filter,
) -> dict[int, float]:
    """Articles that carry a tag with their likeness to the draft, the nearest first."""
    near = {key: score for key, score in found.neighbours.items() if tag in tags_of[key]}
    if len(near) >= _FEW:
        return near
    keys = view.tagged(fold(tag))
    keys = keys[view.passing(keys, where)][-_NEWEST:]
    cosines = view.cosines(found.embedding, keys)
    nearest = np.lexsort((keys, -cosines))[:_NEAREST]
    keys, meaning = keys[nearest], meaning_scores(view, found.embedding, cosines[nearest])
    words = keyword_scores(view, found.query, keys)
    scores = SEMANTIC_WEIGHT * meaning + (1 - SEMANTIC_WEIGHT) * words
    order = np.lexsort((keys, -scores))[: np.count_nonzero(scores > 0)]
    return dict(zip(keys[order].tolist(), scores[order].tolist(), strict=True))


def _sentences(
    view: View, draft: Draft, carriers: Mapping[str, Mapping[int, float]], found: TagScores
) -> dict[str, list[TextEvidence]]:
    """For each tag the sentence that speaks for it, if there is one."""
    named = {
        tag: [_named_sentence(draft.text, found.named[tag])]
        for tag in carriers
        if tag in found.named
    }
    others = {
        tag: keys if tag in found.parts else {}
        for tag, keys in carriers.items()
        if tag not in named
    }
    if not any(others.values()):
        return {tag: [] for tag in others} | named
    language = language_of(view, draft)
    sentences = sentences_of(view, draft.text, language)
    keys = np.array([*{*found.neighbours, *(k for tag in others.values() for k in tag)}], np.int64)
    telling = np.isin(sentences.terms, found.query.terms)
    holding = view.containing(sentences.terms, keys) & telling

    def found_for(tag: str) -> list[TextEvidence]:
        shares = _apart(holding, np.isin(keys, [*others[tag]]))
        name = view.query(dict.fromkeys(view.terms(spelled_out(tag), language), 1.0)).terms
        weights = shares + telling * np.isin(sentences.terms, name)
        return _telling_sentence(view, sentences, weights, language)

    return named | {tag: found_for(tag) for tag in others}


def _named_sentence(text: str, place: Named) -> TextEvidence:
    """The sentence around a place of the text."""
    around = (found.group() for found in SENTENCE.finditer(text) if found.end() > place.start)
    return TextEvidence(next(around, text).strip(), text[place.start : place.end])


def _telling_sentence(
    view: View, sentences: Sentences, terms: NDArray[np.float64], language: str
) -> list[TextEvidence]:
    """The sentence with the most of the terms that speak for a tag, each with its weight."""
    weights = sentences.weights * terms
    if not weights.any():
        return []
    best = int(np.argmax(weights.sum(axis=1)))
    (term,) = view.term_texts(sentences.terms[[int(np.argmax(weights[best]))]])
    sentence = sentences.texts[best]
    return [TextEvidence(sentence, view.as_written(sentence, {term}, language)[term])]


def _apart(holding: NDArray[np.bool_], of_tag: NDArray[np.bool_]) -> NDArray[np.float64]:
    """By how much more of a tag's articles than of the others have each term, 0 to 1.

    ``holding`` says which articles have which term, ``(articles, terms)``; ``of_tag`` which of the
    articles carry the tag. Where nothing sets them apart, the share of those.
    """
    shares = _share(holding[of_tag])
    apart: NDArray[np.float64] = np.maximum(shares - _share(holding[~of_tag]), 0)
    return apart if apart.any() else shares


def _share(holding: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share of the articles that have each term; 0 where there is no article."""
    shares: NDArray[np.float64] = holding.sum(axis=0) / max(1, len(holding))
    return shares
