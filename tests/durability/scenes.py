"""Where a trial begins: an archive on disk, and what is known to be in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.backup import back_up
from newsclip.index.encoder import Encoder

from .stories import Contents, Step, edits, states, story

ARCHIVE = "archive"
BACKUP = "backup.sqlite3"
_EDITS = 100  # after the snapshot


@dataclass(frozen=True)
class Scene:
    """A folder with an archive; ``backup`` is what the backup beside it holds, if there is one."""

    folder: Path
    contents: Contents
    backup: Contents | None


def empty(folder: Path) -> Scene:
    """Nothing yet."""
    folder.mkdir()
    return Scene(folder, {}, None)


def grown(folder: Path, encoder: Encoder, articles: int) -> Scene:
    """A snapshot of some articles, changes after it, and a backup from between the two."""
    folder.mkdir()
    first = [Step(put=[story(number) for number in range(articles)])]
    early = states({}, first)[-1]
    later = list(edits(early, _EDITS, seed=0, version=1))
    with Archive.open(folder / ARCHIVE, encoder, create=True) as archive:
        take(archive, first)
        compaction.compact(archive.store)
        back_up(folder / ARCHIVE, folder / BACKUP)
        take(archive, later)
    return Scene(folder, states(early, later)[-1], early)


def take(archive: Archive, steps: Sequence[Step]) -> None:
    """Takes each step."""
    for step in steps:
        if step.delete is None:
            archive.put(step.put)
        else:
            archive.delete(step.delete)
