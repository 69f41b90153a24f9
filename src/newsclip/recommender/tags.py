"""How should this draft be tagged? Tags of the house vocabulary, each with its evidence."""

from dataclasses import dataclass

from newsclip.index.filters import fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.evidence import Evidence, evidence_for
from newsclip.recommender.tagging.scoring import scored


@dataclass(frozen=True)
class TagSuggestion:
    """A tag of the vocabulary, its score (0 to 1) and what speaks for it."""

    tag: str
    score: float
    evidence: tuple[Evidence, ...]


def suggest_tags(
    view: View, draft: Draft, *, limit: int = 8, min_score: float = 0.0
) -> list[TagSuggestion]:
    """Tags that fit the draft, best first; none of those that it has already."""
    found = scored(view, draft)
    own = {fold(tag) for tag in draft.tags}
    wanted = [t for t, score in found.scores.items() if score >= min_score and fold(t) not in own]
    best = sorted(wanted, key=lambda tag: (-found.scores[tag], tag))[:limit]
    evidence = evidence_for(view, draft.text, best, found)
    return [TagSuggestion(tag, found.scores[tag], evidence[tag]) for tag in best]
