"""Where did we write about this?"""

from newsclip.api.answers import SearchAnswer
from newsclip.api.operations import Answer, Operations
from newsclip.api.rendering import search_page_to_dict
from newsclip.api.schemas import SearchQuery
from newsclip.api.service import Service
from newsclip.errors import QueryInvalid
from newsclip.recommender import search as recommender

operations = Operations("Search")


@operations.add("GET", "/v1/search", {200: SearchAnswer}, raises=[QueryInvalid])
def search(service: Service, query: SearchQuery) -> Answer:
    """Search the archive by words and by meaning.

    Only articles that readers may see now, best first, each with the passage that matched.
    """
    with service.archive.reading() as view:
        page = recommender.search(view, query.q, query.options())
    return search_page_to_dict(page)
