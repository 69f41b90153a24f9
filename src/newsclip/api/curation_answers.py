"""The editors' rules and the log, as HTTP and the command line answer them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from newsclip.api.curation_schemas import AuditQuery, RulesQuery
from newsclip.index.audit import entry_to_dict
from newsclip.index.rules import Rule, rule_to_dict
from newsclip.index.store import Store


def rules_answer(store: Store, query: RulesQuery) -> dict[str, Any]:
    """The rules that the query asks for. Raises RuleInvalid."""
    asked = query.condition()
    with store.reading():
        book = store.curation.rulebook()
        found = [rule for rule in book.newest_first() if asked(rule)]
        end = query.offset + query.limit
        rules = _answered(store, found[query.offset : end])
    following = end if end < len(found) else None
    return {"rules": rules, "total": len(found), "next_offset": following}


def audit_answer(store: Store, query: AuditQuery) -> dict[str, Any]:
    """The part of the log that the query asks for."""
    named = {"kind": query.kind, "subject": query.subject, "actor": query.actor}
    entries = store.audit.newest(query.limit + 1, query.before, **named)
    shown = entries[: query.limit]
    following = shown[-1].number if len(entries) > len(shown) else None
    return {"entries": [entry_to_dict(entry) for entry in shown], "next_before": following}


def rule_answer(store: Store, rule: Rule) -> dict[str, Any]:
    """One rule."""
    return _answered(store, [rule])[0]


def _answered(store: Store, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Each rule, whether it holds now, and which articles it names that are not there."""
    known = store.keys_of(list({name for rule in rules for name in rule.articles}))
    now = datetime.now(UTC)
    return [
        rule_to_dict(rule)
        | {
            "active": rule.is_active(now),
            "unknown": [name for name in rule.articles if name not in known],
        }
        for rule in rules
    ]
