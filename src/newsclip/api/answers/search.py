"""What a search finds, and how to go on typing."""

from pydantic import Field

from newsclip.api.answers.given import Count, Given
from newsclip.api.answers.related import Hit
from newsclip.recommender.suggest import CompletionKind


class FacetValue(Given):
    """One value of a facet, and how many articles of the answer have it."""

    value: str
    articles: Count


class SearchAnswer(Given):
    """One part of the hits, best first."""

    hits: list[Hit]
    offset: Count
    limit: Count
    next_offset: Count | None = Field(description="where the next part begins; null at the end")
    next_cursor: str | None = Field(description="for the next part at any depth")
    total: Count = Field(description="the number of articles in the whole answer")
    total_is_exact: bool = Field(description="false where there are at least so many")
    facets: dict[str, list[FacetValue]] = Field(description="those that were asked for, by name")
    did_you_mean: str | None = Field(description="the query as it was probably meant")
    suggestions: list[str] = Field(description="queries that find something")
    degraded: str | None = Field(description="what could not be done; null where all went well")


class Completion(Given):
    """One way to go on typing."""

    kind: CompletionKind
    text: str = Field(description="a name, a query or a title, as its kind says")
    articles: Count | None = Field(description="how many have it; null but for a name")
    id: str | None = Field(description="the article's; null but for a title")
    url: str | None = Field(description="the article's; null but for a title")


class CompletionsAnswer(Given):
    """Ways to go on: names first, then queries, then articles by their titles."""

    suggestions: list[Completion]
