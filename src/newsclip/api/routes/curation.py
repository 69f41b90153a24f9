"""The editors' rules about related articles, and the log of who has changed what."""

from newsclip.api.answers.curation import AuditAnswer, RuleAnswer, RulesAnswer
from newsclip.api.curation_answers import audit_answer, rule_answer, rules_answer
from newsclip.api.curation_schemas import AuditQuery, DeleteRuleQuery, RuleBody, RulesQuery
from newsclip.api.operations import Answer, Operations
from newsclip.api.parameters import model_body
from newsclip.api.service import Service
from newsclip.errors import RuleInvalid, RuleNotFound, StoreBusy

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
    return rule_answer(service.archive.store, after), 200 if before else 201


@operations.add("GET", "/v1/curation/{rule}", {200: RuleAnswer}, raises=[RuleNotFound])
def get_rule(service: Service, rule: str) -> Answer:
    """Read a rule."""
    store = service.archive.store
    return rule_answer(store, store.curation.get(rule))


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
