"""How should this draft be tagged? Tags of the house vocabulary, each with its evidence."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import islice

from newsclip.index.filters import fold
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import ANY_TAG, TagChoice, allowed, banned_of
from newsclip.recommender.tagging.current import Doubt, doubt_about, of_draft
from newsclip.recommender.tagging.evidence import Evidence, evidence_for
from newsclip.recommender.tagging.feedback import judged, said_of_like_drafts
from newsclip.recommender.tagging.notes import Note, cut, notes_on
from newsclip.recommender.tagging.proposals import Proposal, proposals
from newsclip.recommender.tagging.scoring import TagScores, scored

PROPOSED = 5
"""New tags that are proposed at most."""


@dataclass(frozen=True)
class TagSuggestion:
    """A tag of the vocabulary, its score (0 to 1) and what speaks for it.

    ``doubt`` says why a tag that the draft has should perhaps not be there.
    """

    tag: str
    score: float
    evidence: tuple[Evidence, ...]
    doubt: Doubt | None = None


@dataclass(frozen=True)
class TagAnswer:
    """What an editor is told of a draft's tags.

    ``confirmed`` and ``doubtful`` are those that it has, in its order; ``suggestions`` are
    others, the best first; ``proposals`` are new to the house. ``notes`` say what is odd about
    the draft.
    """

    confirmed: Sequence[TagSuggestion]
    doubtful: Sequence[TagSuggestion]
    suggestions: Sequence[TagSuggestion]
    proposals: Sequence[Proposal]
    notes: Sequence[Note]


def suggest_tags(view: View, draft: Draft, choice: TagChoice = ANY_TAG) -> TagAnswer:
    """Tags that fit a draft, and whether those fit that it has already."""
    read = cut(draft)
    found = scored(view, read, choice.where)
    said = said_of_like_drafts(view, found.embedding)
    found = judged(found, said)
    current = of_draft(draft.tags, found)
    best = best_tags(view, found, choice, draft.tags)
    tags = list(dict.fromkeys([*best, *current.values()]))
    evidence = evidence_for(view, read, tags, found, choice.where)
    banned = banned_of(view.house(), choice)
    judged_tags = [
        TagSuggestion(tag, score, evidence[known], doubt_about(view, tag, score, banned))
        for tag, known in current.items()
        for score in [found.scores.get(known, 0.0)]
    ]
    return TagAnswer(
        confirmed=[each for each in judged_tags if not each.doubt],
        doubtful=[each for each in judged_tags if each.doubt],
        suggestions=[TagSuggestion(tag, found.scores[tag], evidence[tag]) for tag in best],
        proposals=_proposals(view, read, choice, {*best, *said.refused}),
        notes=notes_on(view, draft, choice),
    )


def _proposals(
    view: View, draft: Draft, choice: TagChoice, besides: AbstractSet[str]
) -> list[Proposal]:
    """New tags; none where only those of a branch or a group are asked for."""
    if choice.branch is not None or choice.group is not None:
        return []
    return proposals(view, draft, PROPOSED, choice.banned | besides)


def ranked_tags(view: View, draft: Draft, choice: TagChoice) -> list[tuple[str, float]]:
    """The tags that may be suggested with their scores, the best first, without evidence."""
    found = scored(view, draft, choice.where)
    found = judged(found, said_of_like_drafts(view, found.embedding))
    return [(tag, found.scores[tag]) for tag in best_tags(view, found, choice, draft.tags)]


def best_tags(
    view: View, found: TagScores, choice: TagChoice, besides: Sequence[str] = ()
) -> list[str]:
    """The tags that may be suggested, the best first; none of those ``besides``."""
    own = set(map(fold, besides))
    may_be = allowed(view.house(), choice)
    enough = [(-score, tag) for tag, score in found.scores.items() if score >= choice.min_score]
    heapify(enough)  # a few of perhaps thousands are taken
    ranked = (heappop(enough)[1] for _ in range(len(enough)))
    return list(islice((t for t in ranked if fold(t) not in own and may_be(t)), choice.limit))
