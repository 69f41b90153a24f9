"""What the routes take that are asked about a draft: itself, and which tags are wanted for it."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from newsclip.api.article_schema import SAYS_SOMETHING
from newsclip.api.schemas import MAX_LIMIT, Limit, Name, Names, Score, Taken
from newsclip.index.article import LanguageCode
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice

DRAFT: JsonDict = {
    "anyOf": [
        {"required": [name], "properties": {name: {"type": "string", "pattern": SAYS_SOMETHING}}}
        for name in ("title", "summary", "body")
    ],
    "examples": [
        {
            "title": "Dockers vote on the harbour law",
            "body": "The harbour strike is over. The Assembly wants a law for the port.",
        }
    ],
}


class DraftBody(Taken):
    """An article in the making. At least one of title, summary and body says something."""

    model_config = ConfigDict(json_schema_extra=DRAFT)

    title: str | None = Field(
        None, description="the draft's title as text", examples=["Harbour budget passes"]
    )
    summary: str | None = Field(None, description="the draft's summary as text")
    body: str | None = Field(None, description="the draft's body as text")
    tags: Names = Field([], description="a list of the tags that it already has")
    language: LanguageCode | None = Field(
        None, description='the code of the draft\'s language, such as "en" or "pt-BR"'
    )

    def draft(self) -> Draft:
        """The domain's draft."""
        return Draft(
            title=self.title or "",
            summary=self.summary or "",
            body=self.body or "",
            tags=tuple(self.tags),
            language=self.language,
        )


class SuggestBody(DraftBody):
    """A draft, and how many tags are wanted for it."""

    article: Name | None = Field(
        None, description="the id of the article; if the archive has it, it is no witness"
    )
    banned: Names = Field([], description="a list of tags that are not to be suggested")
    branch: Name | None = Field(
        None, description="a tag of the vocabulary, to keep to it and those beneath it"
    )
    group: Name | None = Field(None, description='a group of the vocabulary, such as "place"')
    limit: Limit = Field(8, description=f"the number of tags, 1 to {MAX_LIMIT}", examples=[8])
    min_score: Score = Field(0.0, description="the least score of a tag, 0 to 1")

    def choice(self) -> TagChoice:
        """The domain's choice."""
        return TagChoice(
            limit=self.limit,
            min_score=self.min_score,
            banned=frozenset(self.banned),
            branch=self.branch,
            group=self.group,
            article=self.article,
        )
