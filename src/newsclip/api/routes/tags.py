"""How should this draft be tagged, and which tags are there?"""

from newsclip.api.answers import SuggestionsAnswer, VocabularyAnswer
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.rendering import suggestions_to_dict
from newsclip.api.schemas import SuggestBody
from newsclip.api.service import Service
from newsclip.api.vocabulary_answers import VocabularyQuery, vocabulary_answer
from newsclip.errors import QueryInvalid
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
    """Tags of the house vocabulary for a draft, each with its evidence."""
    with service.archive.reading() as view:
        suggestions = suggest(view, body.draft(), limit=body.limit, min_score=body.min_score)
    return suggestions_to_dict(suggestions)


@operations.add("GET", "/v1/tags", {200: VocabularyAnswer})
def list_tags(service: Service, query: VocabularyQuery) -> Answer:
    """The vocabulary: every tag that the house lists or a visible article has, most used first."""
    return vocabulary_answer(service.archive, query)
