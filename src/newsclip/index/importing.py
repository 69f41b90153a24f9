"""Many articles at once into an archive, and what became of them."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from newsclip.index.archive import Archive
from newsclip.index.locks import exclusive
from newsclip.index.sources.jsonlines import Line

_BATCH = 256  # articles a transaction: enough to share its sync, few enough to lose little


@dataclass
class ImportSummary:
    """What an import did. ``repeated_ids`` counts lines whose id stood in an earlier line."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    repeated_ids: int = 0
    unknown_fields: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        """Articles that are in the archive now, as their lines say."""
        return self.added + self.updated + self.unchanged

    @property
    def articles_per_second(self) -> float:
        """Accepted articles a second of the whole import."""
        return self.accepted / self.seconds if self.seconds else 0.0


def import_articles(
    archive: Archive,
    lines: Iterable[Line],
    *,
    strict: bool = False,
    on_progress: Callable[[int], None] | None = None,
    on_refused: Callable[[Line], None] | None = None,
) -> ImportSummary:
    """Puts the article of each line; lines that hold none are refused and counted.

    ``strict`` raises the first refused line's error before anything is written, and holds
    all articles in memory for it. ``on_progress`` hears of each batch how many lines it had.
    Raises StoreBusy if another import into this archive is running.
    """
    summary = ImportSummary()
    started = time.monotonic()
    with exclusive(archive.directory, "import.lock", "import"):
        batch = _BATCH
        if strict:
            lines = list(_raising(lines))
            batch = max(1, len(lines))  # one transaction
        iterator = iter(lines)
        seen: set[str] = set()
        while part := list(islice(iterator, batch)):
            _import_batch(archive, part, summary, seen, on_refused)
            if on_progress:
                on_progress(len(part))
    summary.seconds = time.monotonic() - started
    return summary


def _import_batch(
    archive: Archive,
    lines: Sequence[Line],
    summary: ImportSummary,
    seen: set[str],
    on_refused: Callable[[Line], None] | None,
) -> None:
    articles = []
    for line in lines:
        summary.unknown_fields.update(line.unknown)
        if line.article is None:
            summary.refused += 1
            if on_refused:
                on_refused(line)
        else:
            summary.repeated_ids += line.article.id in seen
            seen.add(line.article.id)
            articles.append(line.article)
    counts = Counter(archive.put(articles))
    summary.added += counts["added"]
    summary.updated += counts["updated"]
    summary.unchanged += counts["unchanged"]


def _raising(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if line.error is not None:
            where = f"line {line.number}: "
            line.error.message = where + line.error.message.removeprefix(where)
            raise line.error
        yield line
