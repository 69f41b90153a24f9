"""Tags: what is suggested, what editors made of it, and which there are."""

from typing import Literal

from pydantic import Field

from newsclip.api.answers.given import Count, Given, Moment, Share
from newsclip.recommender.tagging.current import Why
from newsclip.recommender.tagging.notes import NoteCode
from newsclip.recommender.vocabulary import Standing


class ArticleEvidence(Given):
    """A similar article that has the tag."""

    kind: Literal["article"]
    id: str
    title: str
    url: str | None
    score: Share


class TextEvidence(Given):
    """The sentence of the draft that speaks for the tag."""

    kind: Literal["text"]
    matched: str = Field(description="the tag's name in it, or its most telling word")
    sentence: str


class Suggestion(Given):
    """A tag of the house vocabulary that fits the draft."""

    tag: str
    score: Share
    evidence: list[ArticleEvidence | TextEvidence]


class DoubtfulTag(Suggestion):
    """A tag of the draft that should perhaps not be there."""

    why: Why = Field(description="what speaks against it")
    instead: str | None = Field(description="the tag to use in its place")


class Proposal(Given):
    """A tag that the house does not have yet, as it would write it."""

    tag: str
    score: Share = Field(description="ranks proposals; no chance, as that of a suggestion is")
    articles: Count = Field(description="how many of the newest 500 would carry it")
    evidence: list[TextEvidence]


class TagNote(Given):
    """What is odd about the draft."""

    code: NoteCode
    text: str


class SuggestionsAnswer(Given):
    """What is to be said of a draft's tags."""

    suggestions: list[Suggestion] = Field(description="tags that it lacks and that fit, best first")
    confirmed: list[Suggestion] = Field(description="tags that it has and that fit")
    doubtful: list[DoubtfulTag] = Field(description="tags that it has and perhaps should not")
    proposals: list[Proposal] = Field(description="tags that are new to the house, best first")
    notes: list[TagNote]


class FeedbackAnswer(Given):
    """What somebody made of suggested tags."""

    number: Count
    at: Moment
    author: str
    article: str | None = Field(description="the id of the article, if the draft has one")
    title: str
    accepted: list[str]
    rejected: list[str]
    undone_at: Moment | None = Field(description="since when it counts no more")


class FeedbackListAnswer(Given):
    """One part of the feedback, the newest first."""

    feedback: list[FeedbackAnswer]
    next_before: Count | None = Field(description="`before` for the next part; null at the end")


class VocabularyTag(Given):
    """A tag: how many visible articles have it, and what the house says of it."""

    tag: str
    articles: Count
    label: str | None = Field(description="how people read it, where that differs")
    uri: str | None = Field(description="what it is elsewhere")
    aliases: list[str] = Field(description="what means the same in a text")
    broader: str | None = Field(description="the tag above it")
    group: str | None
    status: Standing = Field(description="unlisted: on articles, but not in the house's list")
    replaced_by: str | None = Field(description="the tag that stands for a deprecated one")


class VocabularyAnswer(Given):
    """The vocabulary, most used first."""

    tags: list[VocabularyTag]
    total: Count = Field(description="the number of all tags that are asked for")
    style: str = Field(description='how the house writes "tag of words"')
