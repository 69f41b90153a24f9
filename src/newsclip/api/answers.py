"""What the routes answer, as the document describes it; `newsclip.api.rendering` writes it.

The tests hold every answer against these schemas, and no field may stand in one that is missing
in the other.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from newsclip.index.rules import MAX_POSITION
from newsclip.recommender.hit import ReasonKind
from newsclip.recommender.onward import SlotName
from newsclip.recommender.suggest import CompletionKind
from newsclip.recommender.tagging.current import Why
from newsclip.recommender.tagging.notes import NoteCode
from newsclip.recommender.vocabulary import Standing

_MOMENT = {"type": "string", "format": "date-time", "examples": ["2026-01-08T00:00:00Z"]}
Moment = Annotated[str, WithJsonSchema(_MOMENT)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Outcome = Literal["added", "updated", "unchanged"]


class Given(BaseModel):
    """The base of all that routes answer: every field is always there, and no other."""

    model_config = ConfigDict(extra="forbid")


class Reason(Given):
    """Why an article is in the answer."""

    kind: ReasonKind
    values: list[str] = Field(description="what both share, such as tags or words")


class Snippet(Given):
    """Where the words of the query stand."""

    text: str
    html: str = Field(description="the text escaped, with what matches in `<mark>`")
    marks: list[Annotated[list[Count], Field(min_length=2, max_length=2)]] = Field(
        description="[start, end) character ranges of the text"
    )


class Duplicate(Given):
    """The same text again, under another id."""

    id: str
    url: str | None
    title: str


class Explanation(Given):
    """How a score came about: relevance times time."""

    relevance: Share
    time: Share
    parts: dict[str, float] = Field(description="what the relevance is made of")


class Hit(Given):
    """One article of an answer, without its body."""

    id: str
    url: str | None
    title: str
    summary: str
    section: str | None
    tags: list[str]
    authors: list[str]
    language: str | None
    image_url: str | None
    published_at: Moment | None
    updated_at: Moment | None
    score: Share
    reasons: list[Reason]
    fallback: bool = Field(description="true where it only fills up a related list")
    pinned: bool = Field(description="true where an editor put it")
    snippet: Snippet | None = Field(description="null but in a search")
    passage: str | None = Field(description="the sentences nearest to the query in meaning")
    duplicates: list[Duplicate] = Field(description="copies that the article stands for")
    explanation: Explanation | None = Field(description="null but with `explain=true`")


class RelatedAnswer(Given):
    """Related articles, best first; empty where nothing is similar."""

    heading: str = Field(examples=["More from General"])
    hits: list[Hit]


class Slot(Given):
    """One titled list of a page."""

    slot: SlotName
    heading: str = Field(examples=["More on Colombia"])
    tag: str | None = Field(description="that of a tag's slot")
    hits: list[Hit]


class OnwardAnswer(Given):
    """The slots that have something to show, in the order asked for."""

    slots: list[Slot]


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


class RuleAnswer(Given):
    """What an editor rules about related articles."""

    id: str
    kind: Literal["pin", "hide", "block"]
    target: str
    source: str | None = Field(description="beside what it holds; null is everywhere")
    position: Annotated[int, Field(ge=1, le=MAX_POSITION)] | None
    starts_at: Moment | None
    ends_at: Moment | None
    reason: str
    author: str
    created_at: Moment
    active: bool = Field(description="whether it holds now")
    unknown: list[str] = Field(description="ids that it names and that no article has now")


class RulesAnswer(Given):
    """One part of the rules, the newest first."""

    rules: list[RuleAnswer]
    total: Count = Field(description="the number of rules that were asked for")
    next_offset: Count | None = Field(description="where the next part begins; null at the end")


class AuditEntry(Given):
    """One change that somebody made."""

    number: Count
    at: Moment
    actor: str
    kind: str = Field(description="what was changed", examples=["curation"])
    subject: str = Field(description="the id of what was changed")
    before: dict[str, Any] | None = Field(description="as it was; null where there was nothing")
    after: dict[str, Any] | None = Field(description="as it is since; null where nothing is left")


class AuditAnswer(Given):
    """One part of the log, the newest first."""

    entries: list[AuditEntry]
    next_before: Count | None = Field(description="`before` for the next part; null at the end")


class StatsAnswer(Given):
    """What the archive holds."""

    articles: Count
    visible: Count = Field(description="those that a reader may see now")
    by_status: dict[str, Count]
    by_section: dict[str, Count]
    tags: Count
    authors: Count
    oldest: Moment | None
    newest: Moment | None
    revision: Count
    encoder: str
    dimension: Count
    store_bytes: Count
    snapshot_revision: Count | None = Field(description="of the indexes on disk")
    changes_since_snapshot: Count = Field(description="which each worker holds in memory")


class StoredAnswer(Given):
    """What became of an article that was handed in."""

    id: str
    outcome: Outcome
    ignored: list[str] = Field(description="fields that no article has, and that were left out")


class FaultItem(Given):
    """One value that breaks a rule."""

    field: str
    value: str | float | bool | None = Field(description="what was given, cut where it is long")
    problem: str
    remedy: str


class StoredItem(StoredAnswer):
    """What became of one article of several."""

    index: Count = Field(description="its place among the articles, from 0")


class RefusedItem(Given):
    """An article of several that was not taken, and why."""

    index: Count = Field(description="its place among the articles, from 0")
    id: str | None = Field(description="the id that was given, if it is a text")
    error: FaultItem


class BatchAnswer(Given):
    """What became of each article, in the order in which they came."""

    results: list[StoredItem | RefusedItem]
    added: Count
    updated: Count
    unchanged: Count
    refused: Count


class HealthAnswer(Given):
    """The service answers."""

    status: Literal["ok"]


class Problem(Given):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="a name for this kind of problem, made of its code")
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: str = Field(description="a stable word to switch on", examples=["article-not-found"])
    detail: str
    errors: list[FaultItem] = Field(description="the values that break a rule, if it is about some")
