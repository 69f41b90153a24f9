"""`newsclip backup`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsclip.api.cli.options import common_options, json_option, load_settings
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar

if TYPE_CHECKING:
    from newsclip.index.backup import Copied


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Take the place of a FILE that is there already.")
@json_option
@common_options
def backup(file: Path, replace: bool, as_json: bool) -> None:
    """Copy the archive to a file while the service runs.

    FILE is the archive as it is at one moment, whatever is written meanwhile: articles,
    embeddings, tags. It is there whole and checked, or not at all. Put it back with: newsclip
    restore FILE
    """
    from newsclip.index.backup import back_up

    with progress_bar("B", unit_scale=True) as show:
        made = back_up(load_settings().data, file, replace, show)
    if as_json:
        print_json({"file": str(file), **copied_to_dict(made)})
    else:
        print_facts([("file", str(file)), *copied_facts(made)])


def copied_to_dict(copied: Copied) -> dict[str, Any]:
    """What is in a copy, as JSON."""
    return {
        "articles": copied.articles,
        "revision": copied.revision,
        "size_bytes": copied.size_bytes,
    }


def copied_facts(copied: Copied) -> Iterator[tuple[str, str]]:
    """What is in a copy, as labels and texts."""
    yield "articles", f"{copied.articles:,}"
    yield "revision", f"{copied.revision:,}"
    yield "size", f"{copied.size_bytes / 2**20:,.1f} MiB"
