"""More like this: articles related to one of the archive, or to a draft."""

from newsclip.api.answers import RelatedAnswer
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.rendering import related_to_dict
from newsclip.api.schemas import SimilarBody, SimilarQuery
from newsclip.api.service import Service
from newsclip.errors import ArticleNotFound, QueryInvalid
from newsclip.recommender.similar import similar_to_article, similar_to_draft

operations = Operations("Related articles")


@operations.add(
    "GET",
    "/v1/articles/{id}/similar",
    {200: RelatedAnswer},
    raises=[ArticleNotFound, QueryInvalid],
)
def similar_articles(service: Service, id: str, query: SimilarQuery) -> Answer:
    """What else to read beside an article, each with the reason.

    Only articles that readers may see now. Where too few are similar, the newest of the section
    fill up the list unless `fallback=none`.
    """
    with service.archive.reading() as view:
        related = similar_to_article(
            view,
            id,
            limit=query.limit,
            where=query.filter(query.exclude),
            min_score=query.min_score,
            fallback=query.fallback,
        )
    return related_to_dict(related)


@operations.add(
    "POST",
    "/v1/similar",
    {200: RelatedAnswer},
    body=model_body(SimilarBody),
    raises=[QueryInvalid],
)
def similar_to_text(service: Service, body: SimilarBody) -> Answer:
    """What to read beside an article that is still being written."""
    with service.archive.reading() as view:
        related = similar_to_draft(
            view,
            body.draft(body.section),
            limit=body.limit,
            where=body.where.filter(body.exclude),
            min_score=body.min_score,
            fallback=body.fallback,
        )
    return related_to_dict(related)
