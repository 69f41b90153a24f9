"""`newsclip curation`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from newsclip.api.cli.audit_log import log_options, print_log
from newsclip.api.cli.options import common_options, json_option, limit_option, open_store
from newsclip.api.cli.output import print_entries, print_facts, print_json

_KINDS = click.Choice(["pin", "hide", "block"])
_author_option = click.option("--author", required=True, help="Who rules this; for the log.")


@click.group("curation")
@common_options
def curation() -> None:
    """Pin articles, hide them, keep pairs apart; see who ruled what.

    An article is named as article:ID, all that have a tag as tag:NAME, all of a section as
    section:NAME.
    """


@curation.command("list")
@click.option("--kind", type=_KINDS, help="Only of this kind.")
@click.option("--target", metavar="NAME", help="Only about this article, tag or section.")
@click.option("--source", metavar="NAME", help='Only beside this one, or "everywhere".')
@click.option("--active/--inactive", default=None, help="Only those that hold now, or do not.")
@limit_option(50)
@click.option("--offset", type=int, default=0, show_default=True, help="Skip so many.")
@json_option
@common_options
def list_(as_json: bool, **parameters: Any) -> None:
    """List the rules, the newest first."""
    from newsclip.api.cli.query import checked
    from newsclip.api.curation_answers import rules_answer
    from newsclip.api.curation_schemas import RulesQuery

    asked = checked(RulesQuery, **parameters)
    with open_store() as store:
        answer = rules_answer(store, asked)
    print_entries(answer, "rules", _row, as_json)


@curation.command("put")
@click.argument("rule_id", metavar="RULE")
@click.option("--kind", type=_KINDS, required=True, help="What to do with the target.")
@click.option("--target", metavar="NAME", required=True, help="Which article, tag or section.")
@click.option("--source", metavar="NAME", help="Beside which. [default: everywhere]")
@click.option("--position", type=int, metavar="N", help="Where a pin stands, from 1.")
@click.option("--starts-at", metavar="DATE", help="From when it holds.")
@click.option("--ends-at", metavar="DATE", help="From when it no longer holds.")
@click.option("--reason", metavar="TEXT", help="Why; of a pin, readers may see it.")
@_author_option
@json_option
@common_options
def put(rule_id: str, as_json: bool, **parameters: Any) -> None:
    """Add a rule, or replace the one with this id.

    Each later request keeps to it, on every worker.
    """
    from newsclip.api.cli.query import checked
    from newsclip.api.curation_answers import rule_answer
    from newsclip.api.curation_schemas import RuleBody

    rule = checked(RuleBody, **parameters).rule(rule_id)
    with open_store() as store:
        _, after = store.curation.put(rule)
        answer = rule_answer(store, after)
    if as_json:
        print_json(answer)
        return
    print_facts([_row(answer)])
    for name in answer["unknown"]:
        click.echo(f"there is no article {name!r} yet", err=True)


@curation.command("delete")
@click.argument("rule_id", metavar="RULE")
@_author_option
@common_options
def delete(rule_id: str, author: str) -> None:
    """Delete a rule; the log keeps what it was."""
    from newsclip.api.cli.query import checked
    from newsclip.api.curation_schemas import DeleteRuleQuery

    asked = checked(DeleteRuleQuery, author=author)
    with open_store() as store:
        store.curation.delete(rule_id, asked.author)


@curation.command("log")
@log_options("RULE")
@json_option
@common_options
def log(as_json: bool, **parameters: Any) -> None:
    """Show who has changed which rule, the newest change first."""
    from newsclip.index.curation import AUDIT_KIND

    print_log(AUDIT_KIND, _change, as_json, **parameters)


def _row(rule: Mapping[str, Any]) -> tuple[str, ...]:
    place = f"{rule['kind']} at {rule['position']}" if rule["position"] else rule["kind"]
    beside = f"beside {rule['source']}" if rule["source"] else "everywhere"
    holds = "holds" if rule["active"] else "does not hold now"
    return rule["id"], place, rule["target"], beside, holds, rule["author"], rule["reason"]


def _change(entry: Mapping[str, Any]) -> tuple[str, ...]:
    before, after = entry["before"], entry["after"]
    done = "deleted" if after is None else "changed" if before else "added"
    rule = after or before
    what = f"{rule['kind']} {rule['target']}"
    return str(entry["number"]), entry["at"], entry["actor"], done, entry["subject"], what
