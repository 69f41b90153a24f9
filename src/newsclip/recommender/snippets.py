"""The passage of an article that answers a query, with the words that match marked."""

from collections.abc import Mapping, Sequence
from math import fsum

from newsclip.index.chunks import Word
from newsclip.index.sentences import SENTENCE_END
from newsclip.index.view import View
from newsclip.recommender.hit import Snippet

CHARACTERS = 200
"""The length of a passage at most."""

_LEAD_IN = 40  # characters shown before the first mark, if no sentence begins among them


def snippet(
    view: View, text: str, weights: Mapping[str, float], language: str | None = None
) -> Snippet:
    """The passage of a text, in a language, whose different terms weigh most, the first of equals.

    ``weights`` is by term, for the terms that may stand in the text; where none does, the
    passage is the text's beginning, and nothing is marked.
    """
    found = view.places(text, weights, language)
    places = [place for place in found if place.end - place.start < CHARACTERS]
    if not places:
        return Snippet(text[:CHARACTERS])
    start = _start(text, *_heaviest(places, weights))
    end = _end(text, start)
    marks = [(p.start - start, p.end - start) for p in places if start <= p.start and p.end <= end]
    return Snippet(text[start:end], tuple(marks))


def _heaviest(places: Sequence[Word], weights: Mapping[str, float]) -> tuple[int, int]:
    """Where the run of places begins and ends that fits in a passage and weighs most."""
    best, span, end = -1.0, (0, 0), 0
    for first, place in enumerate(places):
        before = end
        while end < len(places) and places[end].end - place.start <= CHARACTERS:
            end += 1
        if end == before:  # a part of the run before
            continue
        # Exactly, lest of equal passages chance decides: a set is in another order in each process.
        weight = fsum(weights[term] for term in {p.term for p in places[first:end]})
        if weight > best:
            best, span = weight, (place.start, places[end - 1].end)
    return span


def _start(text: str, first: int, last: int) -> int:
    """The beginning of the sentence, or of a word a little before the first mark."""
    earliest = max(0, last - CHARACTERS)
    sentences = [end.end() for end in SENTENCE_END.finditer(text, earliest, first)]
    if sentences or not earliest:
        return max(sentences, default=0)
    blank = text.find(" ", max(earliest, first - _LEAD_IN) - 1, first)
    return first if blank < 0 else blank + 1


def _end(text: str, start: int) -> int:
    """The end of the last word that still fits."""
    end = start + CHARACTERS
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", start, end + 1)
    return end if blank <= start else blank
