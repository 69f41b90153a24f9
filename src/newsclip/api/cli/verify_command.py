"""`newsclip verify`."""

from __future__ import annotations

from dataclasses import asdict

import click

from newsclip.api.cli.group import FAULTS_FOUND
from newsclip.api.cli.options import common_options, json_option, open_store
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar


@click.command("verify")
@json_option
@common_options
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Check the store, and the snapshot against it.

    Reads everything: SQLite's own check, each article against the hash of what was written, each
    embedding against the model, the checksum of each file of the snapshot, and each row of it
    against the article. Names what is wrong and what mends it; the exit code is then 1. The
    service may go on meanwhile.
    """
    from newsclip.index.verification import verify as verify_store

    with open_store() as store, progress_bar(" articles") as progress:
        found = verify_store(store, progress)
    if as_json:
        print_json(asdict(found))
    else:
        made = "none" if found.snapshot_revision is None else f"revision {found.snapshot_revision}"
        print_facts(
            [
                ("articles", f"{found.articles:,}"),
                ("revision", f"{found.revision:,}"),
                ("snapshot", made),
                ("faults", f"{len(found.faults):,}"),
            ]
        )
        for fault in found.faults:
            click.echo(f"{fault.part}: {fault.problem}\n  remedy: {fault.remedy}", err=True)
    context.exit(FAULTS_FOUND if found.faults else 0)
