"""How answers look as JSON, and how a reason reads: one place for HTTP, command line and pages."""

from collections.abc import Sequence
from typing import Any

from newsclip.api.marks import marked
from newsclip.index.article import article_to_dict, format_instant
from newsclip.index.importing import ImportSummary
from newsclip.index.statistics import Statistics
from newsclip.recommender.hit import Explanation, Hit, Reason, Snippet
from newsclip.recommender.onward import Slot
from newsclip.recommender.search_page import SearchPage
from newsclip.recommender.similar import Related
from newsclip.recommender.suggest import Completion
from newsclip.recommender.tagging.current import Doubt
from newsclip.recommender.tagging.evidence import Evidence, NeighbourEvidence, TextEvidence
from newsclip.recommender.tagging.proposals import Proposal
from newsclip.recommender.tags import TagAnswer, TagSuggestion

_SCORE_DIGITS = 4  # what lies behind is float32 noise, and makes answers hard to compare

# What a list of articles shows; the text stays behind, it would be most of the answer.
_HIT_FIELDS = (
    "id",
    "url",
    "title",
    "summary",
    "section",
    "tags",
    "authors",
    "language",
    "image_url",
    "published_at",
    "updated_at",
)


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """One article of an answer, flat: its fields without the body, then score and reasons.

    ``fallback`` is true where it only fills a related list, ``pinned`` where an editor put it;
    ``snippet`` and ``passage`` are null but in a search.
    """
    article = article_to_dict(hit.article)
    return {name: article[name] for name in _HIT_FIELDS} | {
        "score": round(hit.score, _SCORE_DIGITS),
        "reasons": [reason_to_dict(reason) for reason in hit.reasons],
        "fallback": hit.fallback,
        "pinned": hit.pinned,
        "snippet": None if hit.snippet is None else snippet_to_dict(hit.snippet),
        "passage": hit.passage,
        "duplicates": [
            {"id": copy.id, "url": copy.url, "title": copy.title} for copy in hit.duplicates
        ],
        "explanation": None if hit.explanation is None else explanation_to_dict(hit.explanation),
    }


def reason_to_dict(reason: Reason) -> dict[str, Any]:
    """Why an article is in the answer: ``kind`` and the ``values`` that it shares."""
    return {"kind": reason.kind, "values": list(reason.values)}


def explanation_to_dict(explanation: Explanation) -> dict[str, Any]:
    """How a score came about."""
    return {
        "relevance": round(explanation.relevance, _SCORE_DIGITS),
        "time": round(explanation.time, _SCORE_DIGITS),
        "parts": {name: round(part, _SCORE_DIGITS) for name, part in explanation.parts.items()},
    }


def snippet_to_dict(snippet: Snippet) -> dict[str, Any]:
    """Where the words stand; ``marks`` are ``[start, end)`` character ranges of its text.

    ``html`` is the same as markup: escaped, with the matches in ``<mark>``.
    """
    marks = [[start, end] for start, end in snippet.marks]
    return {"text": snippet.text, "marks": marks, "html": str(marked(snippet.text, snippet.marks))}


def related_to_dict(related: Related) -> dict[str, Any]:
    """The answer of ``/v1/articles/{id}/similar`` and ``/v1/similar``."""
    return {"heading": related.heading, "hits": [hit_to_dict(hit) for hit in related.hits]}


def onward_to_dict(slots: Sequence[Slot]) -> dict[str, Any]:
    """The answer of ``/v1/articles/{id}/onward``."""
    return {
        "slots": [
            {
                "slot": slot.name,
                "heading": slot.heading,
                "tag": slot.tag,
                "hits": [hit_to_dict(hit) for hit in slot.hits],
            }
            for slot in slots
        ]
    }


def search_page_to_dict(page: SearchPage) -> dict[str, Any]:
    """The answer of ``/v1/search``; ``next_offset`` is null on the last page."""
    return {
        "hits": [hit_to_dict(hit) for hit in page.hits],
        "offset": page.offset,
        "limit": page.limit,
        "next_offset": page.next_offset,
        "next_cursor": page.next_cursor,
        "total": page.total,
        "total_is_exact": page.total_is_exact,
        "facets": {
            name: [{"value": each.value, "articles": each.articles} for each in values]
            for name, values in page.facets.items()
        },
        "did_you_mean": page.did_you_mean,
        "suggestions": list(page.suggestions),
        "degraded": page.degraded,
    }


def completions_to_dict(completions: Sequence[Completion]) -> dict[str, Any]:
    """The answer of ``/v1/suggest``."""
    return {
        "suggestions": [
            {
                "kind": each.kind,
                "text": each.text,
                "articles": each.articles,
                "id": each.article_id,
                "url": each.url,
            }
            for each in completions
        ]
    }


def suggestions_to_dict(answer: TagAnswer) -> dict[str, Any]:
    """The answer of ``/v1/tags/suggest``."""
    return {
        "suggestions": [_suggestion_to_dict(tag) for tag in answer.suggestions],
        "confirmed": [_suggestion_to_dict(tag) for tag in answer.confirmed],
        "doubtful": [
            _suggestion_to_dict(tag) | {"why": tag.doubt.why, "instead": tag.doubt.instead}
            for tag in answer.doubtful
            if tag.doubt
        ],
        "proposals": [_proposal_to_dict(proposal) for proposal in answer.proposals],
        "notes": [{"code": note.code, "text": note.text} for note in answer.notes],
    }


def _suggestion_to_dict(suggestion: TagSuggestion) -> dict[str, Any]:
    return {
        "tag": suggestion.tag,
        "score": round(suggestion.score, _SCORE_DIGITS),
        "evidence": [evidence_to_dict(evidence) for evidence in suggestion.evidence],
    }


def _proposal_to_dict(proposal: Proposal) -> dict[str, Any]:
    evidence = TextEvidence(proposal.sentence, proposal.matched)
    return {
        "tag": proposal.tag,
        "score": round(proposal.score, _SCORE_DIGITS),
        "articles": proposal.articles,
        "evidence": [evidence_to_dict(evidence)],
    }


def evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    """What speaks for a tag: a tagged article (``article``) or a place in the draft (``text``)."""
    if isinstance(evidence, NeighbourEvidence):
        return {
            "kind": "article",
            "id": evidence.article_id,
            "title": evidence.title,
            "url": evidence.url,
            "score": round(evidence.score, _SCORE_DIGITS),
        }
    return {"kind": "text", "matched": evidence.matched, "sentence": evidence.sentence}


def statistics_to_dict(statistics: Statistics) -> dict[str, Any]:
    """The answer of ``/v1/stats``: what the archive holds."""
    return {
        "articles": statistics.articles,
        "visible": statistics.visible,
        "by_status": dict(statistics.by_status),
        "by_section": dict(statistics.by_section),
        "tags": statistics.tags,
        "authors": statistics.authors,
        "oldest": format_instant(statistics.oldest),
        "newest": format_instant(statistics.newest),
        "revision": statistics.revision,
        "encoder": statistics.encoder,
        "dimension": statistics.dimension,
        "store_bytes": statistics.store_bytes,
        "snapshot_revision": statistics.snapshot_revision,
        "changes_since_snapshot": statistics.changes_since_snapshot,
    }


def import_summary_to_dict(summary: ImportSummary) -> dict[str, Any]:
    """What `newsclip import --json` prints."""
    return {
        "added": summary.added,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
        "repeated_ids": summary.repeated_ids,
        "unknown_fields": dict(summary.unknown_fields),
        "seconds": round(summary.seconds, 3),
        "articles_per_second": round(summary.articles_per_second, 1),
    }


_SENTENCES = {
    "pinned": "chosen by the editors",
    "story": "the same story",
    "tags": "tags: {}",
    "names": "names: {}",
    "age": "{}",
    "passages": "passages: {}",
    "words": "words: {}",
    "section": "section: {}",
    "meaning": "close in meaning",
    "newest": "among the newest",
}


def reason_text(reason: Reason) -> str:
    """A reason as a reader reads it, such as ``tags: #Colombia, #USRelations``."""
    if reason.kind == "pinned" and reason.values:
        return f"chosen by the editors: {reason.values[0]}"
    values = [f"#{value}" if reason.kind == "tags" else value for value in reason.values]
    separator = " | " if reason.kind == "passages" else ", "
    return _SENTENCES[reason.kind].format(separator.join(values))


_DOUBTS = {
    "banned": "banned",
    "replaced": "replaced by another",
    "unknown": "used by no article",
    "unlikely": "little speaks for it",
}


def doubt_text(doubt: Doubt) -> str:
    """Why a tag is in doubt, and what to use in its place, such as ``banned; use #Harbour``."""
    why = _DOUBTS[doubt.why]
    return f"{why}; use #{doubt.instead}" if doubt.instead else why
