"""What speaks for a tag: the archive's articles that carry it, and a sentence of the draft."""

from collections.abc import Iterable
from dataclasses import dataclass

from newsclip.index.view import View
from newsclip.recommender.passages import SENTENCE
from newsclip.recommender.tagging.scoring import Named, TagScores

_ARTICLES = 3  # shown for each tag


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


def evidence_for(
    view: View, text: str, tags: Iterable[str], scored: TagScores
) -> dict[str, tuple[Evidence, ...]]:
    """For each of the tags its name in the draft's text, then the nearest articles that have it."""
    return {
        tag: (*_sentences(text, scored.named.get(tag)), *articles)
        for tag, articles in _carriers(view, tags, scored).items()
    }


def _sentences(text: str, place: Named | None) -> list[TextEvidence]:
    """The sentence around a place of the text, if there is one."""
    if place is None:
        return []
    around = (found.group() for found in SENTENCE.finditer(text) if found.end() > place.start)
    return [TextEvidence(next(around, text).strip(), text[place.start : place.end])]


def _carriers(
    view: View, tags: Iterable[str], scored: TagScores
) -> dict[str, list[NeighbourEvidence]]:
    """For each tag the nearest articles that carry it, nearest first."""
    near = scored.neighbours
    carriers = {tag: [key for key in near if tag in view.tags_of(key)][:_ARTICLES] for tag in tags}
    articles = view.articles({key for keys in carriers.values() for key in keys})
    return {
        tag: [
            NeighbourEvidence(articles[k].id, articles[k].title, articles[k].url, near[k])
            for k in keys
        ]
        for tag, keys in carriers.items()
    }
