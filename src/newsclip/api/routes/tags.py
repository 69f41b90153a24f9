"""How should this draft be tagged, and which tags are there?"""

from newsclip.api.answers.tags import (
    FeedbackAnswer,
    FeedbackListAnswer,
    SuggestionsAnswer,
    VocabularyAnswer,
)
from newsclip.api.draft_schemas import SuggestBody
from newsclip.api.feedback_answers import feedback_list, give_feedback, undo_feedback
from newsclip.api.feedback_schemas import FeedbackBody, FeedbackQuery, UndoFeedbackQuery
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.rendering import suggestions_to_dict
from newsclip.api.service import Service
from newsclip.api.vocabulary_answers import VocabularyQuery, vocabulary_answer
from newsclip.errors import ArticleNotFound, FeedbackNotFound, QueryInvalid, StoreBusy
from newsclip.recommender.tags import suggest_tags as suggest

operations = Operations("Tags")


@operations.add(
    "POST",
    "/v1/tags/suggest",
    {200: SuggestionsAnswer},
    body=model_body(SuggestBody),
    raises=[QueryInvalid],
)
def suggest_tags(service: Service, body: SuggestBody) -> Answer:
    """Tags of the house vocabulary for a draft, and which of its own fit; each with its evidence.

    What editors made of earlier suggestions counts at once for drafts that are alike.
    """
    with service.archive.reading() as view:
        answer = suggest(view, body.draft(), body.choice())
    return suggestions_to_dict(answer)


@operations.add(
    "POST",
    "/v1/tags/feedback",
    {201: FeedbackAnswer},
    body=model_body(FeedbackBody),
    raises=[QueryInvalid, ArticleNotFound, StoreBusy],
)
def give_tag_feedback(service: Service, body: FeedbackBody) -> Answer:
    """Say which tags fit a draft and which do not; suggestions for like drafts follow at once.

    Counts at the next request of every worker, and is learned from. Of what is said of a tag for
    one draft the last counts: for the same `article`, or without one for the same text.
    """
    return give_feedback(service.archive, body), 201


@operations.add("GET", "/v1/tags/feedback", {200: FeedbackListAnswer})
def list_tag_feedback(service: Service, query: FeedbackQuery) -> Answer:
    """List the feedback, the newest first, with what is undone."""
    return feedback_list(service.archive.store, query)


@operations.add(
    "DELETE", "/v1/tags/feedback/{number}", {204: None}, raises=[FeedbackNotFound, StoreBusy]
)
def undo_tag_feedback(service: Service, number: str, query: UndoFeedbackQuery) -> Answer:
    """Take feedback back: it counts no more, and stays in the list and in the log."""
    undo_feedback(service.archive.store, number, query.author)
    return None


@operations.add("GET", "/v1/tags", {200: VocabularyAnswer})
def list_tags(service: Service, query: VocabularyQuery) -> Answer:
    """The vocabulary: every tag that the house lists or a visible article has, most used first."""
    return vocabulary_answer(service.archive, query)
