"""A making that is cut short leaves the older snapshot, and says what was wrong."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.doubles import article, axis_archive

from newsclip.errors import StoreBusy, StoreUnavailable
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.compaction import compact
from newsclip.index.locks import exclusive
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store

from .crashing import left_by_crashes
from .view_answers import NOON, Answers, answers, assert_same


def asked(directory: Path) -> Answers:
    """What an archive answers that is opened anew."""
    with axis_archive(directory) as reader, reader.reading(NOON) as view:
        return answers(view, ["fish law", "star"])


def test_two_at_once_are_refused(archive: Archive) -> None:
    archive.put([article("a")])
    with exclusive(archive.directory, "snapshot.lock", "making of a snapshot"):
        for make in (compact, compaction.rebuild):
            with pytest.raises(StoreBusy, match="making of a snapshot by process"):
                make(archive.store)
    assert compact(archive.store) is not None


@pytest.fixture
def older(archive: Archive) -> Iterator[Archive]:
    """An archive with a snapshot and changes after it; at the end nothing of it is broken."""
    archive.put([article(n, title="fish law", tags=["X"]) for n in range(5)])
    compact(archive.store)
    archive.put([article("0", title="star"), article("new", title="goal")])
    expected = asked(archive.directory)
    yield archive
    folder = Snapshots(archive.directory).folder
    assert [entry.name for entry in folder.iterdir()] == ["000001"]
    assert_same(asked(archive.directory), expected)
    assert compact(archive.store) is not None
    assert_same(asked(archive.directory), expected)


@pytest.mark.parametrize("step", ["_lexicon", "_indexed", "derived_arrays", "_write_vectors"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_making_leaves_the_older_one(
    older: Archive, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(compaction, step, fails)
        with pytest.raises(error):
            compact(older.store)


def test_nobody_writes_into_what_is_given_up(older: Archive) -> None:
    before = writing_threads()

    def fails(*_: object) -> None:
        until(lambda: bool(writing_threads() - before))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        compact(older.store, fails)
    assert raised.tb, "it keeps all objects alive"
    until(lambda: not writing_threads() - before)


def writing_threads() -> set[str]:
    """This process's threads in which tantivy writes."""
    writing = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has ended meanwhile
            if "thrd-tantivy" in (task / "comm").read_text():
                writing.add(task.name)
    return writing


def until(condition: Callable[[], bool]) -> None:
    """The system lists a thread a moment after its start, and a moment longer than it lives."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        RuntimeError("Error in void faiss::FileIOWriter::write: No space left"),
        ValueError("An IO error occurred: 'File too large (os error 27)'"),
    ],
)
def test_a_fault_of_the_disk_is_told_in_our_words(
    older: Archive, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(compaction, "_write_vectors", fails)
        with pytest.raises(StoreUnavailable) as caught:
            compact(older.store)
    assert "the snapshot cannot be written" in caught.value.message
    assert "disk has room" in caught.value.remedy


def test_a_fault_of_ours_is_not_laid_to_the_disk(
    older: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("operands could not be broadcast together")

    with monkeypatch.context() as patch:
        patch.setattr(compaction, "_write_vectors", fails)
        with pytest.raises(ValueError, match="broadcast"):
            compact(older.store)


@pytest.mark.parametrize("make", [compact, compaction.rebuild])
def test_a_folder_that_cannot_be_made_is_told_in_our_words(
    older: Archive, monkeypatch: pytest.MonkeyPatch, make: Callable[[Store], Path | None]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", fails)
        with pytest.raises(StoreUnavailable, match="the snapshot cannot be written"):
            make(older.store)


FULL_DISK = """
import resource, sys
from pathlib import Path
from newsclip.errors import StoreUnavailable
from newsclip.index import compaction
from newsclip.index.store import Store

store = Store.open(Path(sys.argv[1]))
for limit in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        getattr(compaction, sys.argv[2])(store)
    except StoreUnavailable as error:
        print(limit, error.remedy, flush=True)
    else:
        sys.exit(f"a snapshot was made with files of {limit} bytes")
"""


@pytest.mark.parametrize("make", ["compact", "rebuild"])
def test_wherever_the_disk_is_full_the_older_one_stays(
    older: Archive, tmp_path: Path, make: str
) -> None:
    """Every file of a snapshot in turn may not be written to its end."""
    shutil.copytree(older.directory, tmp_path / "copy")
    with axis_archive(tmp_path / "copy") as copy:
        made = getattr(compaction, make)(copy.store)
    files = {file.name: file.stat().st_size for file in made.rglob("*") if file.is_file()}
    files["manifest.json"] -= 50  # its checksums have more or fewer digits
    limits = [str(size - 1) for size in sorted(set(files.values())) if size > 1]
    command = [sys.executable, "-c", FULL_DISK, str(older.directory), make, "1", *limits]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == len(limits) + 1
    assert all("disk has room" in line for line in told)


# Without waiting for the disk: a process that is killed loses nothing that it has written.
MAKE = """
compaction.sync_all = lambda folder: None
store = Store.open(Path("archive"))
compaction.{}(store)
"""


@pytest.mark.parametrize("make", ["compact", "rebuild"])
def test_a_crash_at_any_step_leaves_an_archive_that_answers(tmp_path: Path, make: str) -> None:
    scene = tmp_path / "scene"
    with axis_archive(scene / "archive") as archive:
        archive.put([article(n, title="fish law", tags=["X"]) for n in range(5)])
        compact(archive.store)
        archive.put([article("0", title="star"), article("new", title="goal")])
        expected = asked(archive.directory)
    states = {}
    for folder in left_by_crashes(MAKE.format(make), scene, tmp_path / "left"):
        snapshots = folder / "archive" / "snapshots"
        files = {str(file.relative_to(snapshots)) for file in snapshots.rglob("*")}
        # What is left of one that is being removed is all the same.
        states[frozenset(name for name in files if not name.startswith(".removed-"))] = folder
    mended = set()
    for state, folder in states.items():
        directory = folder / "archive"
        assert_same(asked(directory), expected)
        if (folders := frozenset(name for name in state if "/" not in name)) in mended:
            continue
        mended.add(folders)
        with axis_archive(directory) as archive:
            compaction.rebuild(archive.store)
            assert len(list(Snapshots(directory).folder.iterdir())) <= 2
        assert_same(asked(directory), expected)
    assert {name for folders in mended for name in folders} == {"000001", ".making", "000002"}
