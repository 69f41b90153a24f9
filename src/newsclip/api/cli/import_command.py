"""`newsclip import`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.group import SOME_REFUSED
from newsclip.api.cli.options import common_options, json_option, load_settings
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar
from newsclip.api.cli.source import Source, open_source, reading
from newsclip.errors import SourceUnreadable

if TYPE_CHECKING:
    from newsclip.index.importing import ImportSummary
    from newsclip.index.sources.jsonlines import Line
    from newsclip.index.store import Store

_REPORTED_IN_FULL = 20


@click.command("import")
@click.argument("file")
@click.option("--strict", is_flag=True, help="Stop at the first line refused; write nothing.")
@json_option
@common_options
@click.pass_context
def import_(context: click.Context, file: str, strict: bool, as_json: bool) -> None:
    """Bring articles into the archive.

    FILE ("-" reads standard input) holds JSON Lines or one JSON array, as it is or compressed
    (.gz, .xz, .bz2). An article whose id is known replaces the stored one; an unchanged one is
    skipped. A line that is refused is reported, the good ones are kept, and the exit code is 1.
    """
    from newsclip.api.rendering import import_summary_to_dict
    from newsclip.index.archive import Archive
    from newsclip.index.importing import import_articles

    settings = load_settings()
    with (
        open_source(file) as source,
        Archive.open(settings.data, settings.encoder_choice, create=True) as archive,
        _Progress(source) as progress,
    ):
        try:
            summary = import_articles(
                archive,
                _lines(source, settings.max_line_bytes),
                strict=strict,
                on_progress=progress.show,
                on_refused=progress.report,
            )
        except (KeyboardInterrupt, SourceUnreadable) as error:
            if progress.has_begun or isinstance(error, KeyboardInterrupt):
                progress.interrupted(archive.statistics().articles)
            raise
        _snapshot(archive.store)
    if as_json:
        print_json(import_summary_to_dict(summary))
    else:
        print_facts(_facts(summary))
    context.exit(SOME_REFUSED if summary.refused else 0)


def _snapshot(store: Store) -> None:
    """A large import ends with a snapshot, lest the next start has to index it all."""
    from newsclip.errors import StoreBusy
    from newsclip.index import compaction

    with contextlib.suppress(StoreBusy), progress_bar(" articles indexed") as progress:
        if compaction.is_due(store):
            compaction.compact(store, progress)


def _lines(source: Source, max_line_bytes: int) -> Iterator[Line]:
    from newsclip.index.sources.jsonlines import read_articles

    with reading(source.name):
        yield from read_articles(source.stream, source.name, max_line_bytes)


class _Progress:
    """On stderr: a bar, if it is a terminal, and the lines that are refused."""

    def __init__(self, source: Source) -> None:
        from tqdm import tqdm

        self._source = source
        self._refused = 0
        self.has_begun = False
        unit = "B" if source.size else " lines"
        # disable=None: tqdm draws nothing where stderr is no terminal.
        self._bar = tqdm(total=source.size, unit=unit, unit_scale=True, leave=False, disable=None)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        if self._refused > _REPORTED_IN_FULL:
            more = self._refused - _REPORTED_IN_FULL
            click.echo(f"{more:,} more lines refused", err=True)

    def show(self, lines: int) -> None:
        """Moves the bar by the ``lines`` that are done since the last time."""
        self.has_begun = True
        self._bar.update(self._source.position - self._bar.n if self._source.size else lines)

    def report(self, line: Line) -> None:
        """Says what is wrong with a line and how to mend it; after twenty it only counts."""
        self._refused += 1
        if self._refused <= _REPORTED_IN_FULL and line.error is not None:
            where = f"line {line.number}: "
            message = where + line.error.message.removeprefix(where)
            self._bar.write(f"{message}\n  remedy: {line.error.remedy}", file=sys.stderr)

    def interrupted(self, articles: int) -> None:
        """Says what an interrupted import leaves behind."""
        self._bar.clear()
        click.echo(
            f"The archive holds {articles:,} articles. Start the same import again to go on: "
            "what is already in is skipped.",
            err=True,
        )


def _facts(summary: ImportSummary) -> Iterator[tuple[str, str]]:
    for name in ("added", "updated", "unchanged", "refused"):
        yield name, f"{getattr(summary, name):,}"
    if summary.repeated_ids:
        yield "repeated ids", f"{summary.repeated_ids:,} (the last line with an id counts)"
    if summary.unknown_fields:
        counts = summary.unknown_fields.most_common()
        yield "ignored fields", ", ".join(f"{name} ({count:,})" for name, count in counts)
    yield "seconds", f"{summary.seconds:.1f}"
    yield "articles/s", f"{summary.articles_per_second:,.0f}"
