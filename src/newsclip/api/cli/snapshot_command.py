"""`newsclip snapshot` and `newsclip rebuild`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.options import common_options, json_option, open_store
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar

if TYPE_CHECKING:
    from newsclip.index.compaction import Progress
    from newsclip.index.store import Store

    _Making = Callable[[Store, Progress], Path | None]


@click.command("snapshot")
@click.option("--if-due", is_flag=True, help="Only if enough has changed since the last one.")
@json_option
@common_options
def snapshot(if_due: bool, as_json: bool) -> None:
    """Write the indexes to disk, with what has changed since the last snapshot.

    The service does so by itself. A snapshot makes the next start quick; readers and writers go
    on meanwhile, and each worker changes to it by itself.
    """
    from newsclip.index import compaction

    with open_store() as store:
        if if_due and not compaction.is_due(store):
            return
        _make(store, compaction.compact, as_json)


@click.command("rebuild")
@json_option
@common_options
def rebuild(as_json: bool) -> None:
    """Make the indexes anew from the store alone.

    For a snapshot that is damaged, or that newsclip verify finds at fault. The service may go on.
    """
    from newsclip.index import compaction

    with open_store() as store:
        _make(store, compaction.rebuild, as_json)


def _make(store: Store, make: _Making, as_json: bool) -> None:
    started = time.monotonic()
    with progress_bar(" articles") as progress:
        folder = make(store, progress)
    seconds = time.monotonic() - started
    if as_json:
        name = folder.name if folder else None
        print_json({"snapshot": name, "revision": store.revision(), "seconds": round(seconds, 2)})
    else:
        made = str(folder) if folder else "nothing has changed since the last one"
        print_facts([("snapshot", made), ("seconds", f"{seconds:.1f}")])
