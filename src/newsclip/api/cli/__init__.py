"""The command line.

The modules of the commands import what is heavy inside their functions, so that every ``--help``
is there at once; tests/unit/test_startup.py counts the modules.
"""

import os

import click

from newsclip import __version__
from newsclip.api.cli.backup_command import backup
from newsclip.api.cli.config_command import config
from newsclip.api.cli.curation_command import curation
from newsclip.api.cli.demo_command import demo
from newsclip.api.cli.evaluate_command import evaluate
from newsclip.api.cli.export_onnx_command import export_onnx
from newsclip.api.cli.export_similar_command import export_similar
from newsclip.api.cli.group import CommandGroup
from newsclip.api.cli.import_command import import_
from newsclip.api.cli.info_command import info
from newsclip.api.cli.options import common_options
from newsclip.api.cli.reembed_command import reembed
from newsclip.api.cli.restore_command import restore
from newsclip.api.cli.search_command import search
from newsclip.api.cli.serve_command import serve
from newsclip.api.cli.similar_command import similar
from newsclip.api.cli.snapshot_command import rebuild, snapshot
from newsclip.api.cli.suggest_command import suggest
from newsclip.api.cli.suggest_tags_command import suggest_tags
from newsclip.api.cli.tags_command import tags
from newsclip.api.cli.train_model_command import train_model
from newsclip.api.cli.tune_command import tune
from newsclip.api.cli.verify_command import verify

_SERVING = ("serve", "demo")
_NICENESS = 10  # decision 75


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="newsclip %(version)s")
@common_options
def main() -> None:
    """Related articles, archive search and tag suggestions from your own archive.

    --data, --encoder and --config may stand before or after the command.
    """
    if click.get_current_context().invoked_subcommand not in _SERVING:
        _give_way()


def _give_way() -> None:
    """Lowers the priority of this process: whoever waits for the service's answer goes first."""
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(niceness, _NICENESS))


for command in (
    import_,
    serve,
    similar,
    export_similar,
    search,
    suggest,
    suggest_tags,
    tags,
    curation,
    info,
    backup,
    restore,
    snapshot,
    verify,
    rebuild,
    reembed,
    train_model,
    export_onnx,
    tune,
    evaluate,
    config,
    demo,
):
    main.add_command(command)
