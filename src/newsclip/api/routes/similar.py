"""More like this: articles related to one of the archive, to several, or to a draft."""

from newsclip.api.answers.related import OnwardAnswer, RelatedAnswer
from newsclip.api.asking import choice_of, source_of_body
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.related_schemas import OnwardQuery, SimilarBody, SimilarByUrlQuery, SimilarQuery
from newsclip.api.rendering import onward_to_dict, related_to_dict
from newsclip.api.service import Service
from newsclip.errors import ArticleNotFound, QueryInvalid, UrlUnknown
from newsclip.index.filters import Filter
from newsclip.recommender.onward import onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article, source_of_key

operations = Operations("Related articles")


@operations.add(
    "GET",
    "/v1/articles/{id}/similar",
    {200: RelatedAnswer},
    raises=[ArticleNotFound, QueryInvalid],
)
def similar_articles(service: Service, id: str, query: SimilarQuery) -> Answer:
    """What else to read beside an article, each with the reason.

    Only articles that readers may see now, and each story once. Where too few are similar, the
    newest of the section fill up the list unless `fallback=none`.
    """
    choice = choice_of(query, query.filter(), service.settings)
    with service.archive.reading() as view:
        related = similar(view, source_of_article(view, id), choice)
    return related_to_dict(related)


@operations.add(
    "GET",
    "/v1/similar",
    {200: RelatedAnswer},
    raises=[UrlUnknown, QueryInvalid],
)
def similar_by_url(service: Service, query: SimilarByUrlQuery) -> Answer:
    """What else to read beside the article at an address.

    The address may differ in its scheme, in `www.`, a trailing slash, or parameters that track.
    """
    choice = choice_of(query, query.filter(), service.settings)
    with service.archive.reading() as view:
        related = similar(view, source_of_key(view, view.key_of_url(query.url)), choice)
    return related_to_dict(related)


@operations.add(
    "GET",
    "/v1/articles/{id}/onward",
    {200: OnwardAnswer},
    raises=[ArticleNotFound, QueryInvalid],
)
def onward_from_article(service: Service, id: str, query: OnwardQuery) -> Answer:
    """Several titled lists for the page of an article, with no article twice on it.

    A slot that has nothing to show is left out.
    """
    choice = choice_of(query, Filter(), service.settings)
    with service.archive.reading() as view:
        slots = onward(view, source_of_article(view, id), query.names, choice)
    return onward_to_dict(slots)


@operations.add(
    "POST",
    "/v1/similar",
    {200: RelatedAnswer},
    body=model_body(SimilarBody),
    raises=[ArticleNotFound, QueryInvalid],
)
def similar_to_text(service: Service, body: SimilarBody) -> Answer:
    """What to read beside an article that is still being written, or after several that were read.

    Send a draft, or in `like` the ids of articles to go by.
    """
    choice = choice_of(body, body.where.filter(), service.settings)
    with service.archive.reading() as view:
        related = similar(view, source_of_body(view, body), choice)
    return related_to_dict(related)
