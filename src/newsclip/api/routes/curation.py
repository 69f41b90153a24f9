"""The editors' rules about related articles, and the log of who has changed what."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from newsclip.api.answers import AuditAnswer, RuleAnswer, RulesAnswer
from newsclip.api.curation_schemas import AuditQuery, DeleteRuleQuery, RuleBody, RulesQuery
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.rendering import rules_to_dicts
from newsclip.api.service import Service
from newsclip.errors import RuleInvalid, RuleNotFound, StoreBusy
from newsclip.index.audit import entry_to_dict
from newsclip.index.rules import Rule
from newsclip.index.store import Store

operations = Operations("Curation")


@operations.add(
    "PUT",
    "/v1/curation/{rule}",
    {200: RuleAnswer, 201: RuleAnswer},
    body=model_body(RuleBody),
    raises=[RuleInvalid, StoreBusy],
)
def put_rule(service: Service, rule: str, body: RuleBody) -> Answer:
    """Pin an article, hide one, or block a pair.

    Adds the rule (201), or replaces the one with the same id (200); the same again changes
    nothing. It may name an article that is not there yet: `unknown` says so. Each later request
    keeps to it, on every worker.
    """
    before, after = service.archive.store.curation.put(body.rule(rule))
    return _answered(service.archive.store, [after])[0], 200 if before else 201


@operations.add("GET", "/v1/curation/{rule}", {200: RuleAnswer}, raises=[RuleNotFound])
def get_rule(service: Service, rule: str) -> Answer:
    """Read a rule."""
    store = service.archive.store
    [answer] = _answered(store, [store.curation.get(rule)])
    return dict(answer)


@operations.add("DELETE", "/v1/curation/{rule}", {204: None}, raises=[RuleNotFound, StoreBusy])
def delete_rule(service: Service, rule: str, query: DeleteRuleQuery) -> Answer:
    """Delete a rule; the log keeps what it was."""
    service.archive.store.curation.delete(rule, query.author)
    return None


@operations.add("GET", "/v1/curation", {200: RulesAnswer}, raises=[RuleInvalid])
def list_rules(service: Service, query: RulesQuery) -> Answer:
    """List the rules, the newest first."""
    return rules_answer(service.archive.store, query)


@operations.add("GET", "/v1/audit", {200: AuditAnswer})
def read_audit(service: Service, query: AuditQuery) -> Answer:
    """Read who changed what, the newest first. The log only grows, and is part of each backup."""
    return audit_answer(service.archive.store, query)


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


def _answered(store: Store, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    named = list({article for rule in rules for article in rule.articles})
    return rules_to_dicts(rules, datetime.now(UTC), store.keys_of(named))
