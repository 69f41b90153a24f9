"""`newsclip info`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.options import common_options, json_option, open_archive
from newsclip.api.cli.output import print_facts, print_json

if TYPE_CHECKING:
    from newsclip.index.statistics import Statistics

_SHOWN = 12  # sections, the largest first; --json has all


@click.command("info")
@json_option
@common_options
def info(as_json: bool) -> None:
    """Show what the archive holds."""
    from newsclip.api.rendering import statistics_to_dict

    with open_archive() as archive:
        statistics = archive.statistics()
        directory = archive.directory
    if as_json:
        print_json(statistics_to_dict(statistics))
    else:
        print_facts([("archive", str(directory)), *_facts(statistics)])


def _facts(statistics: Statistics) -> Iterator[tuple[str, str]]:
    statuses = _counts(statistics.by_status)
    yield "articles", f"{statistics.articles:,}" + (f" ({statuses})" if statuses else "")
    yield "visible", f"{statistics.visible:,} to readers now"
    yield "sections", _counts(statistics.by_section) or "none"
    yield "tags", f"{statistics.tags:,}"
    yield "authors", f"{statistics.authors:,}"
    if statistics.oldest is not None and statistics.newest is not None:
        yield "dates", f"{statistics.oldest:%Y-%m-%d} to {statistics.newest:%Y-%m-%d}"
    yield "encoder", f"{statistics.encoder} ({statistics.dimension} dimensions)"
    yield "revision", f"{statistics.revision:,}"
    yield "snapshot", _snapshot(statistics)
    yield "on disk", f"{statistics.store_bytes / 2**20:,.1f} MiB"


def _snapshot(statistics: Statistics) -> str:
    revision, changes = statistics.snapshot_revision, statistics.changes_since_snapshot
    return "none" if revision is None else f"revision {revision:,}, {changes:,} changes since"


def _counts(counts: dict[str, int]) -> str:
    shown = [f"{name} {count:,}" for name, count in counts.items()][:_SHOWN]
    return ", ".join(shown + [f"and {len(counts) - _SHOWN} more"] * (len(counts) > _SHOWN))
