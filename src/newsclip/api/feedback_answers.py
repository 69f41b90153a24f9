"""Feedback on tags: taken in, and answered, by HTTP and command line alike."""

from collections.abc import Mapping
from typing import Any

from newsclip.api.feedback_schemas import FeedbackBody, FeedbackQuery
from newsclip.errors import FeedbackNotFound, QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.article import format_instant
from newsclip.index.filters import fold
from newsclip.index.store import Store
from newsclip.index.tag_feedback import Feedback
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.notes import cut

_MOST_DIGITS = 18  # of a number that SQLite can hold


def give_feedback(archive: Archive, body: FeedbackBody) -> dict[str, Any]:
    """Keeps what somebody made of suggested tags. Raises QueryInvalid or ArticleNotFound."""
    accepted, rejected = (_plain(tags) for tags in (body.accepted, body.rejected))
    if both := accepted.keys() & rejected.keys():
        remedy = "name each tag once, as accepted or as rejected"
        raise QueryInvalid("rejected", rejected[min(both)], remedy, "holds a tag that is accepted")
    if not (accepted or rejected):
        raise QueryInvalid("accepted", [], "name at least one tag", "is empty, as is rejected")
    draft = cut(_draft(archive, body))
    texts = {"title": draft.title, "summary": draft.summary, "body": draft.body}
    given = archive.give_feedback(
        body.author, body.article, texts, [*accepted.values()], [*rejected.values()]
    )
    return feedback_to_dict(given)


def undo_feedback(store: Store, number: str, author: str) -> None:
    """Takes an entry back. Raises FeedbackNotFound, also for what is no number."""
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        raise FeedbackNotFound(number)
    store.tag_feedback.undo(int(number), author)


def feedback_list(store: Store, query: FeedbackQuery) -> dict[str, Any]:
    """The part of the feedback that the query asks for."""
    named = {"actor": query.author, "article": query.article}
    asked = {name: value for name, value in named.items() if value is not None}
    entries = store.tag_feedback.newest(query.limit + 1, query.before, asked)
    shown = entries[: query.limit]
    following = shown[-1].number if len(entries) > len(shown) else None
    return {"feedback": [feedback_to_dict(entry) for entry in shown], "next_before": following}


def feedback_to_dict(entry: Feedback) -> dict[str, Any]:
    """The entry as JSON-ready values, of the draft only its title."""
    return {
        "number": entry.number,
        "at": format_instant(entry.at),
        "author": entry.actor,
        "article": entry.article,
        "title": entry.draft.get("title", ""),
        "accepted": list(entry.accepted),
        "rejected": list(entry.rejected),
        "undone_at": format_instant(entry.undone_at),
    }


def _plain(tags: list[str]) -> Mapping[str, str]:
    """The tags without what people put around them, each spelling once, by their folded form."""
    return {fold(tag): tag.strip().lstrip("#").strip() for tag in tags}


def _draft(archive: Archive, body: FeedbackBody) -> Draft:
    title, summary, text = body.title or "", body.summary or "", body.body or ""
    if body.article is not None and not (title + summary + text).strip():
        return Draft.of(archive.get(body.article))
    return Draft(title, summary, text)
