"""Where did we write about this?"""

from newsclip.api.answers.search import CompletionsAnswer, SearchAnswer
from newsclip.api.operations import Answer, Operations
from newsclip.api.rendering import completions_to_dict, search_page_to_dict
from newsclip.api.search_schemas import CompletionsQuery, SearchQuery
from newsclip.api.service import Service
from newsclip.errors import QueryInvalid
from newsclip.recommender import search as recommender
from newsclip.recommender.suggest import suggest as completions

operations = Operations("Search")


@operations.add("GET", "/v1/search", {200: SearchAnswer}, raises=[QueryInvalid])
def search(service: Service, query: SearchQuery) -> Answer:
    """Search the archive by words and by meaning.

    Only articles that readers may see now, best first, each with the passage that matched.
    """
    with service.archive.reading() as view:
        page = recommender.search(view, query.q, query.options())
    return search_page_to_dict(page)


@operations.add("GET", "/v1/suggest", {200: CompletionsAnswer})
def suggest(service: Service, query: CompletionsQuery) -> Answer:
    """Complete what somebody has begun to type.

    Tags, sections and authors, queries that find something, and titles, all from what readers
    may see now. One letter may be wrong.
    """
    with service.archive.reading() as view:
        found = completions(view, query.q, query.limit)
    return completions_to_dict(found)
