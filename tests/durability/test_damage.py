"""Snapshots that are not as they were written: told by name, mended from the store, never believed.

The files are those that are found in a snapshot, whichever they are.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.doubles import AxisEncoder, article, axis_archive

from newsclip.api import compactor
from newsclip.errors import SnapshotDamaged
from newsclip.index import compaction
from newsclip.index.archive import Archive
from newsclip.index.manifest import Manifest
from newsclip.index.snapshot import Snapshots
from newsclip.index.store import Store
from newsclip.index.verification import verify

from .answers import Answers, answers

WORDS = AxisEncoder.WORDS
Damage = Callable[[Path], None]


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


DAMAGES: dict[str, Damage] = {
    "a flipped bit": flip_a_bit,
    "a byte too few": truncate,
    "missing": Path.unlink,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a snapshot that has every kind of file, and changes after it."""
    directory = tmp_path_factory.mktemp("sound")
    with axis_archive(directory) as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "EXACT_ROWS", 20)
        archive.put([_story(number) for number in range(60)])
        compaction.compact(archive.store)
        archive.put([_story(number) for number in range(50, 70)])
    return directory


def _story(number: int) -> object:
    words = [WORDS[(number * step) % len(WORDS)] for step in (1, 2, 5)]
    return article(number, title=" ".join(words), section=words[0], tags=words[1:])


@pytest.fixture
def directory(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "archive"))


def files_of(directory: Path) -> Iterator[str]:
    [folder] = Snapshots(directory).generations()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.stat().st_size:
            yield str(file.relative_to(folder))


def test_there_is_something_to_damage(sound: Path) -> None:
    files = set(files_of(sound))
    assert {"manifest.json", "embedding.column", "vectors.faiss", "lexicon/meta.json"} <= files
    assert len(files) > 30


def answers_of(directory: Path, trusting: bool = False) -> Answers:
    with (
        Archive.open(directory, AxisEncoder(), trusting=trusting) as archive,
        archive.reading() as view,
    ):
        return answers(view, WORDS)


def damaged_copies(sound: Path, into: Path, damage: str) -> Iterator[tuple[str, Path]]:
    """For each file of the snapshot, a copy of the archive where it alone is damaged."""
    for number, name in enumerate(files_of(sound)):
        directory = Path(shutil.copytree(sound, into / str(number)))
        [folder] = Snapshots(directory).generations()
        DAMAGES[damage](folder / name)
        yield name, directory
        shutil.rmtree(directory)


@pytest.mark.parametrize("damage", DAMAGES)
def test_verify_names_the_file_and_the_remedy(sound: Path, tmp_path: Path, damage: str) -> None:
    unnamed = []
    for name, directory in damaged_copies(sound, tmp_path, damage):
        with closing(Store.open(directory)) as store:
            faults = [f for f in verify(store).faults if f.part == "snapshot 000001"]
        if not any(name in fault.problem and "rebuild" in fault.remedy for fault in faults):
            unnamed.append(name)
    assert unnamed == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_service_says_it_and_makes_the_snapshot_anew(
    sound: Path, tmp_path: Path, damage: str
) -> None:
    expected = answers_of(sound)
    unsaid, wrong = [], []
    for name, directory in damaged_copies(sound, tmp_path, damage):
        with capture_logs() as logs:
            compactor.prepare(directory)
        if not any(name in line.get("problem", "") for line in logs):
            unsaid.append(name)
        assert [folder.name for folder in Snapshots(directory).generations()] == ["000002"]
        if answers_of(directory, trusting=True) != expected:
            wrong.append(name)
    assert (unsaid, wrong) == ([], [])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_command_answers_from_the_store_instead(
    sound: Path, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected = answers_of(sound)
    unsaid, wrong = [], []
    for name, directory in damaged_copies(sound, tmp_path, damage):
        caplog.clear()
        if answers_of(directory) != expected:
            wrong.append(name)
        if not any(name in record.getMessage() for record in caplog.records):
            unsaid.append(name)
    assert (unsaid, wrong) == ([], [])


def test_no_snapshot_is_made_of_a_damaged_one(sound: Path, tmp_path: Path) -> None:
    """Else a flipped bit would be copied, and have a checksum that is right."""
    with closing(Store.open(shutil.copytree(sound, tmp_path / "sound"))) as store:
        compaction.compact(store)
    expected = answers_of(tmp_path / "sound")
    wrong = []
    for name, directory in damaged_copies(sound, tmp_path, "a flipped bit"):
        with closing(Store.open(directory)) as store:
            compaction.compact(store)
            if verify(store).faults:
                wrong.append(name)
        assert answers_of(directory) == expected, name
    assert wrong == []


def test_any_bit_of_a_manifest_may_flip(sound: Path, tmp_path: Path) -> None:
    [folder] = Snapshots(sound).generations()
    expected = Manifest.read(folder)
    whole = (folder / "manifest.json").read_bytes()
    for place in range(len(whole)):
        for bit in range(0, 8, 3):
            data = bytearray(whole)
            data[place] ^= 1 << bit
            (tmp_path / "manifest.json").write_bytes(data)
            with contextlib.suppress(SnapshotDamaged):
                assert Manifest.read(tmp_path) == expected, (place, bit)


def test_a_snapshot_that_is_gone_is_no_loss(sound: Path, directory: Path) -> None:
    expected = answers_of(sound)
    shutil.rmtree(directory / "snapshots")
    with closing(Store.open(directory)) as store:
        assert verify(store).faults == []
    assert answers_of(directory) == expected
    compactor.prepare(directory)
    assert answers_of(directory, trusting=True) == expected


def test_a_snapshot_that_is_replaced_while_it_is_verified_is_no_fault(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Snapshots(directory).generations()
    gone = found[0].with_name("000000")
    monkeypatch.setattr(Snapshots, "generations", lambda _: [*found, gone])
    with closing(Store.open(directory)) as store:
        assert verify(store).faults == []
