"""What the routes of the editors' rules take."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict, JsonValue

from newsclip.api.schemas import DATE, Limit, Name, Taken, whole_number
from newsclip.index.article import Instant
from newsclip.index.rules import MAX_POSITION, SELECTOR, Rule, Selector

_SELECTOR_SCHEMA: JsonDict = {"type": "string", "pattern": SELECTOR}
_SELECTOR_TEXT = 'as "article:ID", "tag:NAME" or "section:NAME"'
EVERYWHERE = "everywhere"
_MAX_NUMBER = 2**53

_Selector = Annotated[str, WithJsonSchema(_SELECTOR_SCHEMA)]
_Beside = Annotated[str, WithJsonSchema({"anyOf": [{"const": EVERYWHERE}, _SELECTOR_SCHEMA]})]
_Moment = Annotated[Instant, WithJsonSchema(DATE)]
_Position = Annotated[int, Field(ge=1, le=MAX_POSITION), BeforeValidator(whole_number)]
_Text = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]


def _kind(name: str, required: list[JsonValue], **properties: JsonValue) -> JsonDict:
    """What a rule of one kind has to say."""
    all_properties: JsonDict = {"kind": {"const": name}, **properties}
    return {"required": required, "properties": all_properties}


# Which fields go together; the domain checks the same, in words.
_KINDS: JsonDict = {
    "anyOf": [
        _kind("pin", ["position"], position={"type": "integer"}),
        _kind("hide", [], position={"type": "null"}),
        _kind("block", ["source"], position={"type": "null"}, source={"type": "string"}),
    ],
    "examples": [
        {
            "kind": "pin",
            "target": "article:politics/2026/harbour-law",
            "source": "section:Politics",
            "position": 1,
            "ends_at": "2026-02-01T00:00:00Z",
            "reason": "the background to the vote",
            "author": "Ada Byron",
        }
    ],
}


class RuleBody(Taken):
    """A rule. A pin has a position, a block has a source, and an end lies behind its start."""

    model_config = ConfigDict(json_schema_extra=_KINDS)

    kind: Literal["pin", "hide", "block"] = Field(description='"pin", "hide" or "block"')
    target: _Selector = Field(description=f"what is pinned, hidden or blocked, {_SELECTOR_TEXT}")
    source: _Selector | None = Field(
        None, description=f"beside what, {_SELECTOR_TEXT}; without it, everywhere"
    )
    position: _Position | None = Field(
        None, description=f"the position of a pin, 1 to {MAX_POSITION}"
    )
    starts_at: _Moment | None = Field(
        None, description="the moment from which it holds, in ISO 8601"
    )
    ends_at: _Moment | None = Field(
        None, description="the moment from which it no longer holds, in ISO 8601"
    )
    reason: _Text = Field("", description="the reason as text; of a pin, readers may see it")
    author: Name = Field(description="the name of who rules this")

    def rule(self, rule_id: str) -> Rule:
        """The domain's rule. Raises RuleInvalid."""
        return Rule(
            id=rule_id,
            kind=self.kind,
            target=Selector.parse(self.target, "target"),
            source=None if self.source is None else Selector.parse(self.source, "source"),
            position=self.position,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            reason=self.reason,
            author=self.author,
        )


class DeleteRuleQuery(Taken):
    """Who deletes a rule."""

    author: Name = Field(description="the name of who deletes it")


class RulesQuery(Taken):
    """Which rules to list."""

    kind: Literal["pin", "hide", "block"] | None = Field(
        None, description='"pin", "hide" or "block"'
    )
    target: _Selector | None = Field(None, description=f"the target, {_SELECTOR_TEXT}")
    source: _Beside | None = Field(
        None, description=f'the source, {_SELECTOR_TEXT}, or "everywhere"'
    )
    active: bool | None = Field(None, description="true for those that hold now, or false")
    limit: Limit = Field(50, description="the number of rules, 1 to 100")
    offset: Annotated[int, Field(ge=0, le=1_000_000), BeforeValidator(whole_number)] = Field(
        0, description="the number of rules to skip, 0 to 1000000"
    )

    def condition(self) -> Callable[[Rule], bool]:
        """Whether a rule is asked for, now. Raises RuleInvalid."""
        now = datetime.now(UTC)
        target = None if self.target is None else Selector.parse(self.target, "target").name
        everywhere = self.source == EVERYWHERE
        named = None if self.source is None or everywhere else self.source
        source = None if named is None else Selector.parse(named, "source").name

        def holds(rule: Rule) -> bool:
            return (
                (self.kind is None or rule.kind == self.kind)
                and (target is None or rule.target.name == target)
                and (source is None or (rule.source is not None and rule.source.name == source))
                and not (everywhere and rule.source is not None)
                and (self.active is None or rule.is_active(now) is self.active)
            )

        return holds


class AuditQuery(Taken):
    """Which part of the log to show."""

    kind: Name | None = Field(None, description='what was changed, such as "curation"')
    subject: Name | None = Field(None, description="the id of what was changed")
    actor: Name | None = Field(None, description="the name of who changed it")
    before: Annotated[int, Field(ge=0, le=_MAX_NUMBER), BeforeValidator(whole_number)] | None = (
        Field(None, description="a number: only entries with a lower one")
    )
    limit: Limit = Field(50, description="the number of entries, 1 to 100")
