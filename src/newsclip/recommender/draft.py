"""A text that is not in the archive: what an editor is writing, or a page from elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from newsclip.errors import QueryInvalid
from newsclip.index.article import Article
from newsclip.index.recipe import recipe_text
from newsclip.index.view import View


@dataclass(frozen=True)
class Draft:
    """A text with or without a headline.

    Raises QueryInvalid if title, summary and body are all blank.
    """

    title: str = ""
    summary: str = ""
    body: str = ""
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    published_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            remedy = "give the draft a title, a summary or a body"
            problem = "the draft has tags, but no text" if self.tags else "the draft has no text"
            raise QueryInvalid("title", self.title, remedy, problem)

    @property
    def text(self) -> str:
        """The text that gets embedded."""
        return recipe_text(self.title, self.summary, self.body)

    @classmethod
    def of(cls, article: Article) -> "Draft":
        """An article seen as a draft."""
        return cls(
            article.title,
            article.summary,
            article.body,
            article.section,
            article.tags,
            article.language,
            article.published_at,
        )


def language_of(view: View, draft: Draft) -> str:
    """The language that a draft is read in: what it says, or that of most articles."""
    return draft.language or view.main_language()
