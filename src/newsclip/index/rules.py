"""What editors rule about related articles, and which rules matter where."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

from newsclip.errors import RuleInvalid
from newsclip.index.article import format_instant
from newsclip.index.filters import fold

RuleKind = Literal["pin", "hide", "block"]
Name = tuple[str, str]
"""An article, a tag or a section: its kind, and its id or folded name."""

MAX_POSITION = 100
RULE_ID = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$"
SELECTOR = r"^(article:(?=.*[^\s])|(tag|section):(?=.*[^\s#]))[^\x00-\x1f\x7f-\x9f]{1,512}$"

_NARROWNESS = {"article": 0, "tag": 1, "section": 2}
_SELECTOR_REMEDY = 'write "article:ID", "tag:NAME" or "section:NAME"'


@dataclass(frozen=True)
class Selector:
    """One article by its id, or all with a tag or of a section; as text, ``tag:Elections``."""

    kind: Literal["article", "tag", "section"]
    value: str

    @classmethod
    def parse(cls, text: str, field: str) -> Self:
        """The selector that a text says. Raises RuleInvalid, which names the ``field``."""
        if not re.fullmatch(SELECTOR, text.strip()):
            raise RuleInvalid(field, text, _SELECTOR_REMEDY, "names no article, tag or section")
        kind, _, value = text.strip().partition(":")
        return cls(kind, value.strip())  # type: ignore[arg-type]  # the pattern knows no other

    @property
    def name(self) -> Name:
        """In the form in which names are compared."""
        return self.kind, self.value if self.kind == "article" else fold(self.value)

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Rule:
    """One thing that an editor rules about the articles related to ``source``.

    ``pin``: the target stands at ``position``; of a tag or a section, the newest article ·
    ``hide``: the target is not there · ``block``: target and source are never beside each other,
    whichever of them is the source. Without a source it holds everywhere. ``starts_at`` is
    inclusive, ``ends_at`` exclusive. Two rules are equal if they rule the same, whenever they were
    made. Raises RuleInvalid.
    """

    id: str
    kind: RuleKind
    target: Selector
    author: str
    source: Selector | None = None
    position: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""
    created_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(RULE_ID, self.id):
            remedy = (
                'use up to 100 letters, digits, "-", "_" and ".", first a letter, a digit or "_"'
            )
            raise RuleInvalid("id", self.id, remedy, "is no id for a rule")
        self._check_position()
        self._check_source()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            remedy = "give an end after starts_at, or leave it out"
            raise RuleInvalid("ends_at", format_instant(self.ends_at), remedy, "is not later")

    def _check_position(self) -> None:
        if self.kind != "pin" and self.position is not None:
            remedy = "leave it out, or use the kind pin"
            raise RuleInvalid("position", self.position, remedy, f"means nothing to {self.kind}")
        if self.kind == "pin" and not 1 <= (self.position or 0) <= MAX_POSITION:
            remedy = f"give a pin the position where it stands, 1 to {MAX_POSITION}"
            raise RuleInvalid("position", self.position, remedy, "is no position")

    def _check_source(self) -> None:
        if self.kind == "block" and self.source is None:
            remedy = "name the other of the pair, or use the kind hide"
            raise RuleInvalid("source", None, remedy, "is missing")
        own = self.source is not None and self.source.name == self.target.name
        if own and self.target.kind == "article":
            remedy = "name two articles: none is ever related to itself"
            raise RuleInvalid("source", str(self.source), remedy, "is the target")

    @property
    def articles(self) -> tuple[str, ...]:
        """The ids of the articles that it names; a rule may be there before its article is."""
        named = (self.target, self.source)
        return tuple(side.value for side in named if side and side.kind == "article")

    def is_active(self, now: datetime) -> bool:
        """Whether it holds at ``now``."""
        return (self.starts_at is None or self.starts_at <= now) and (
            self.ends_at is None or now < self.ends_at
        )


def rule_to_dict(rule: Rule) -> dict[str, Any]:
    """The rule as JSON-ready values."""
    return {
        "id": rule.id,
        "kind": rule.kind,
        "target": str(rule.target),
        "source": None if rule.source is None else str(rule.source),
        "position": rule.position,
        "starts_at": format_instant(rule.starts_at),
        "ends_at": format_instant(rule.ends_at),
        "reason": rule.reason,
        "author": rule.author,
        "created_at": format_instant(rule.created_at),
    }


class Rulebook:
    """All rules of one revision, found by what they are about."""

    def __init__(self, revision: int = 0, rules: Iterable[Rule] = ()) -> None:
        self.revision = revision
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._beside: dict[Name | None, list[Rule]] = {}  # None: everywhere
        self._blocked: dict[Name, list[Rule]] = {}  # the pairs once more, by their other side
        for rule in sorted(self.rules.values(), key=_precedence):
            beside = rule.source.name if rule.source else None
            self._beside.setdefault(beside, []).append(rule)
            if rule.kind == "block":
                self._blocked.setdefault(rule.target.name, []).append(rule)
        sides = {*self._blocked, *self._beside} - {None}
        self.names_articles = any(kind == "article" for kind, _ in filter(None, sides))
        """Whether any rule depends on which article the source is."""
        self.articles = tuple({name for rule in self.rules.values() for name in rule.articles})
        """The ids of all articles that a rule names."""

    def __len__(self) -> int:
        return len(self.rules)

    def newest_first(self) -> list[Rule]:
        """All rules, the newest first, of one moment by id."""
        return sorted(self.rules.values(), key=lambda rule: _precedence(rule)[2:])

    def holding(self, now: datetime) -> list[str]:
        """The ids of the rules that hold at ``now``, in their order: it changes with the clock."""
        return sorted(rule.id for rule in self.rules.values() if rule.is_active(now))

    def pins(self, source: Sequence[Name], now: datetime) -> list[Rule]:
        """The pins beside a source, by position; at one position the narrower, then the newer."""
        found = [rule for rule in self._about(source, now) if rule.kind == "pin"]
        return sorted(found, key=_precedence)

    def hidden(self, source: Sequence[Name], now: datetime) -> frozenset[Name]:
        """What must not be beside a source: hidden there, or blocked from either side."""
        targets = [rule.target for rule in self._about(source, now) if rule.kind != "pin"]
        others = [
            rule.source
            for name in source
            for rule in self._blocked.get(name, ())
            if rule.source and rule.is_active(now)
        ]
        return frozenset(selector.name for selector in (*targets, *others))

    def _about(self, source: Sequence[Name], now: datetime) -> list[Rule]:
        beside = (self._beside.get(name, ()) for name in (None, *source))
        return [rule for rules in beside for rule in rules if rule.is_active(now)]


def _precedence(rule: Rule) -> tuple[int, int, float, str]:
    narrowness = _NARROWNESS[rule.source.kind] if rule.source else len(_NARROWNESS)
    age = -rule.created_at.timestamp() if rule.created_at else 0.0
    return rule.position or 0, narrowness, age, rule.id
