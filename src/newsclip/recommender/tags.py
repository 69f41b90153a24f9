"""How should this draft be tagged? Tags of the house vocabulary, each with its evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from newsclip.index.filters import Filter, fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.fusion import candidates
from newsclip.recommender.passages import SENTENCE
from newsclip.recommender.telling import telling_terms, terms_of_draft

NEIGHBOURS = 30
SEMANTIC_WEIGHT = 0.3
_VOTE_POWER = 3.0  # how much more a close neighbour's vote counts than a distant one's
_NAMED = 0.2  # the chance that a tag fits because its name stands in the text, all else equal
_DEPTH = 200  # candidates, since not all of them carry tags
_EVIDENCE = 3  # articles shown for each tag


@dataclass(frozen=True)
class NeighbourEvidence:
    """An article of the archive that is like the draft and carries the tag."""

    article_id: str
    title: str
    url: str | None
    score: float


@dataclass(frozen=True)
class TextEvidence:
    """The first sentence of the draft in which the tag's name stands; ``matched`` is the name."""

    sentence: str
    matched: str


Evidence = NeighbourEvidence | TextEvidence


@dataclass(frozen=True)
class TagSuggestion:
    """A tag of the vocabulary, its score (0 to 1) and what speaks for it."""

    tag: str
    score: float
    evidence: tuple[Evidence, ...]


def suggest_tags(
    view: View, draft: Draft, *, limit: int = 8, min_score: float = 0.0
) -> list[TagSuggestion]:
    """Tags that fit the draft, best first; none of those that it has already.

    Two witnesses speak for a tag: the share of the nearest articles that carry it, weighted by
    their likeness, and its name in the text. Their chances combine as independent ones do,
    ``1 - (1 - vote)(1 - named)``.
    """
    neighbours = _neighbours(view, draft)
    votes = _votes(view, neighbours)
    names = _names_in_text(view, draft)
    own = {fold(tag) for tag in draft.tags}
    scores = {
        tag: _either(votes.get(tag, 0.0), _NAMED if tag in names else 0.0)
        for tag in votes.keys() | names.keys()
        if fold(tag) not in own
    }
    best = sorted((t for t in scores if scores[t] >= min_score), key=lambda t: (-scores[t], t))
    best = best[:limit]
    evidence = _article_evidence(view, neighbours, best)
    return [
        TagSuggestion(tag, scores[tag], (*filter(None, [names.get(tag)]), *evidence[tag]))
        for tag in best
    ]


def _either(one: float, other: float) -> float:
    """The chance that at least one of two independent things is so."""
    return one + other - one * other


def _neighbours(view: View, draft: Draft) -> dict[int, float]:
    """The nearest tagged articles with their scores, nearest first."""
    query = telling_terms(view, terms_of_draft(view, draft))
    embedding = view.embed_document(draft.text)
    ranked = candidates(view, query, embedding, Filter(), SEMANTIC_WEIGHT, _DEPTH).above(0)
    scored = zip(ranked.keys.tolist(), ranked.scores.tolist(), strict=True)
    return dict([(key, score) for key, score in scored if view.tags_of(key)][:NEIGHBOURS])


def _votes(view: View, neighbours: Mapping[int, float]) -> dict[str, float]:
    """Each tag's share of the neighbours' votes, 0 to 1."""
    votes: dict[str, float] = defaultdict(float)
    for key, score in neighbours.items():
        for tag in view.tags_of(key):
            votes[tag] += score**_VOTE_POWER
    total = sum(score**_VOTE_POWER for score in neighbours.values())
    return {tag: vote / total for tag, vote in votes.items()}


def _names_in_text(view: View, draft: Draft) -> dict[str, TextEvidence]:
    """The vocabulary's tags whose spelled-out name stands in the draft, at its first place."""
    text = draft.text
    named = view.tags_named_in(view.terms(text))
    words = view.words(text)
    found: dict[str, TextEvidence] = {}
    for tag, start, end in named:
        place = words[start].start
        written = text[place : words[end - 1].end]
        # "WHO" and "US" are words, too; only in capitals are they the names.
        if tag not in found and (not tag.isupper() or written.isupper()):
            found[tag] = TextEvidence(_sentence_at(text, place), written)
    return found


def _sentence_at(text: str, place: int) -> str:
    for match in SENTENCE.finditer(text):
        if match.end() > place:
            return match.group().strip()
    return text.strip()


def _article_evidence(
    view: View, neighbours: Mapping[int, float], tags: Iterable[str]
) -> dict[str, list[NeighbourEvidence]]:
    """For each tag the nearest articles that carry it, nearest first."""
    carriers = {
        tag: [key for key in neighbours if tag in view.tags_of(key)][:_EVIDENCE] for tag in tags
    }
    articles = view.articles({key for keys in carriers.values() for key in keys})
    return {
        tag: [
            NeighbourEvidence(articles[k].id, articles[k].title, articles[k].url, neighbours[k])
            for k in keys
        ]
        for tag, keys in carriers.items()
    }
