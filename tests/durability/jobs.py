"""What is killed: each kind of work on an archive, as one or several processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from newsclip.api.cli import main
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.encoder import Encoder
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import Line

from .children import Acknowledge, Role
from .scenes import ARCHIVE, BACKUP, Scene, take
from .stories import Step, edits, story

_BATCH = 256  # articles that an import puts at a time
_EDITS = 150


@dataclass(frozen=True)
class Job:
    """Steps that one process takes, commands that another one runs meanwhile, in a scene.

    ``imports`` takes the steps as an import; ``restores`` says that a command puts the backup in
    the archive's place.
    """

    scene: Scene
    steps: Sequence[Step] = ()
    commands: Sequence[Sequence[str]] = ()
    imports: bool = False

    def roles(self, folder: Path, encoder: Encoder) -> list[Role]:
        """What its processes do in a copy of the scene."""
        roles: list[Role] = []
        if self.steps:
            write = _import if self.imports else _take
            roles.append(partial(write, folder / ARCHIVE, encoder, self.steps))
        if self.commands:
            roles.append(partial(_run, folder, self.commands))
        return roles

    @property
    def restores(self) -> bool:
        """Whether a command puts the backup in the archive's place."""
        return any(command[0] == "restore" for command in self.commands)


def jobs(empty: Scene, grown: Scene) -> Mapping[str, Job]:
    """Every kind of work, by name."""
    size = len(grown.contents)
    imported = range(size // 4, size // 4 + size)
    written = list(edits(grown.contents, _EDITS, seed=1, version=2))
    deleted = [Step(delete=article_id) for article_id in sorted(grown.contents)[:_EDITS]]
    copied, replaced = ["backup", "another.sqlite3"], ["backup", BACKUP, "--replace"]
    return {
        "first import": Job(empty, _batches(imported, 0), imports=True),
        "import": Job(grown, _batches(imported, 3), imports=True),
        "update": Job(grown, written),
        "delete": Job(grown, deleted),
        "snapshot": Job(grown, commands=[["snapshot"]]),
        "rebuild": Job(grown, commands=[["rebuild"]]),
        "snapshots while writing": Job(grown, written, [["snapshot"]] * 4),
        "backup": Job(grown, commands=[copied]),
        "backups while writing": Job(grown, written, [replaced] * 6),
        "restore": Job(grown, commands=[["restore", BACKUP, "--replace"]]),
    }


def _batches(numbers: range, version: int) -> list[Step]:
    """Every fourth article as it may be in the archive already."""
    articles = [story(number, version if number % 4 else 0) for number in numbers]
    starts = range(0, len(articles), _BATCH)
    return [Step(put=articles[start : start + _BATCH]) for start in starts]


def _take(
    directory: Path, encoder: Encoder, steps: Sequence[Step], acknowledge: Acknowledge
) -> None:
    with Archive.open(directory, encoder, create=True) as archive:
        for step in steps:
            take(archive, [step])
            acknowledge()


def _import(
    directory: Path, encoder: Encoder, steps: Sequence[Step], acknowledge: Acknowledge
) -> None:
    """As `newsclip import` does, with a snapshot at the end."""
    articles = [article for step in steps for article in step.put]
    with Archive.open(directory, encoder, create=True) as archive:
        lines = (Line(number, article) for number, article in enumerate(articles, start=1))
        import_articles(archive, lines, on_progress=lambda _: acknowledge())
        if compaction.is_due(archive.store):
            compaction.compact(archive.store)


def _run(folder: Path, commands: Sequence[Sequence[str]], _: Acknowledge) -> None:
    for name, *arguments in commands:
        paths = [str(folder / part) if part.endswith(".sqlite3") else part for part in arguments]
        code = main([name, *paths, "--data", str(folder / ARCHIVE)], standalone_mode=False)
        if code:
            raise SystemExit(code)
