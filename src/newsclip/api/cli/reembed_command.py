"""`newsclip reembed`."""

from dataclasses import asdict

import click

from newsclip.api.cli.options import common_options, encoder_options, json_option, load_settings
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar


@click.command("reembed")
@click.option("--rollback", is_flag=True, help="Go back to the encoder before the last change.")
@encoder_options
@json_option
@common_options
def reembed(rollback: bool, as_json: bool) -> None:
    """Change the model that the archive is embedded with.

    Embeds every article with --encoder NAME (default: the archive's own, for a new release of
    it) beside the old embeddings, from which the service goes on answering, then switches all
    workers in one step. A run that is interrupted goes on where it stopped.
    """
    from newsclip.index import reembed as change
    from newsclip.index.store import Store

    settings = load_settings()
    store = Store.open(settings.data)
    try:
        active = store.embeddings.active()
        name = str(settings.encoder_choice.over(active.name if active else None))
        with progress_bar(" articles") as progress:
            if rollback:
                summary = change.roll_back(store, progress)
            else:
                summary = change.reembed(store, name, progress)
    finally:
        store.close()
    if as_json:
        print_json(asdict(summary))
    else:
        print_facts(
            [
                ("encoder", summary.encoder),
                ("embedded", f"{summary.embedded:,} articles"),
                ("seconds", f"{summary.seconds:.1f}"),
            ]
        )
