"""What is not to be believed is refused, by commands and by the service, with what mends it."""

import json
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers import Server, free_port, start

from newsclip.index.encoder import BUILTIN_FOLDER
from newsclip.index.manifest import FORMAT_VERSION

from .disks import Commands

MANIFEST = Path("snapshots", "000001", "manifest.json")


@pytest.fixture
def archive(material: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(material / "archive", tmp_path / "archive"))


@pytest.fixture
def service(archive: Path) -> Iterator[Server]:
    """The service, starting; the archive may still be changed before it is asked for."""
    server = start(archive, free_port(), "--workers", "2")
    yield server
    server.process.kill()
    server.process.wait()


def found(commands: Commands, directory: Path) -> list[object]:
    done = commands.run("search", "harbour", "--limit", "50", "--json", "--data", directory)
    assert done.code == 0, done
    hits: list[object] = json.loads(done.stdout)["hits"]
    return hits


def from_the_future(archive: Path) -> None:
    """Gives a snapshot the format of a newer release, with a checksum that is right."""
    content = json.loads((archive / MANIFEST).read_text())["content"] | {"format": 99}
    crc32 = zlib.crc32(json.dumps(content, sort_keys=True).encode())
    (archive / MANIFEST).write_text(json.dumps({"content": content, "crc32": crc32}))


# A snapshot of a newer release


@pytest.mark.parametrize("command", [["search", "harbour"], ["snapshot"]])
def test_a_snapshot_of_a_newer_release_is_refused(
    commands: Commands, archive: Path, command: list[str]
) -> None:
    from_the_future(archive)
    done = commands.run(*command, "--data", archive)
    assert (done.code, done.stdout) == (5, "")
    error, remedy = done.stderr.splitlines()
    assert error == (
        f"error: the snapshot '{(archive / MANIFEST).parent}' has format 99,"
        f" this Newsclip reads up to {FORMAT_VERSION}"
    )
    assert remedy == (
        "remedy: install the newer Newsclip that wrote it, or make it anew: newsclip rebuild"
    )


def test_a_service_does_not_start_on_it(archive: Path) -> None:
    from_the_future(archive)
    code, log = start(archive, free_port()).end()
    assert code == 5
    assert "has format 99" in log
    assert "newsclip rebuild" in log
    assert "Traceback" not in log


def test_rebuild_mends_it(commands: Commands, archive: Path) -> None:
    expected = found(commands, archive)
    from_the_future(archive)
    assert commands.run("rebuild", "--data", archive).code == 0
    assert found(commands, archive) == expected
    assert commands.run("verify", "--data", archive).code == 0


def test_nothing_else_is_kept_from_working(
    commands: Commands, archive: Path, material: Path, tmp_path: Path
) -> None:
    """The store is of this release: it can be written, and copied to safety."""
    from_the_future(archive)
    assert commands.run("backup", tmp_path / "copy.sqlite3", "--data", archive).code == 0
    commands.run("import", material / "later.jsonl", "--data", archive)
    commands.run("rebuild", "--data", archive)
    assert json.loads(commands.run("info", "--json", "--data", archive).stdout)["articles"] == 360


# Another model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that differs from the built-in one by a blank, and so may differ in everything."""
    folder = tmp_path_factory.mktemp("model") / "another"
    shutil.copytree(BUILTIN_FOLDER, folder)
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    return folder


def test_another_model_is_refused_until_the_archive_is_reembedded(
    commands: Commands, archive: Path, model: Path
) -> None:
    search = ["search", "harbour", "--data", archive, "--encoder", model]
    done = commands.run(*search)
    assert (done.code, done.stdout) == (7, "")
    error, remedy = done.stderr.splitlines()
    assert error.startswith("error: the archive's embeddings come from newsclip-static-v1@")
    assert "not from another@" in error
    assert remedy.endswith("newsclip reembed --encoder NAME")

    assert commands.run("reembed", "--data", archive, "--encoder", model).code == 0
    assert commands.run(*search).code == 0
    assert commands.run("verify", "--data", archive).code == 0


def test_a_model_that_has_changed_in_its_folder_is_refused(
    commands: Commands, archive: Path, model: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(model, tmp_path / "model"))
    commands.run("reembed", "--data", archive, "--encoder", folder)
    with (folder / "tokenizer.json").open("a") as file:
        file.write(" ")
    done = commands.run("search", "harbour", "--data", archive)
    assert done.code == 7
    assert "newsclip reembed" in done.stderr
    assert commands.run("reembed", "--data", archive).code == 0
    assert commands.run("search", "harbour", "--data", archive).code == 0
    assert commands.run("verify", "--data", archive).code == 0


def test_a_service_does_not_start_with_another_model(archive: Path, model: Path) -> None:
    code, log = start(archive, free_port(), "--encoder", str(model)).end()
    assert code == 7
    assert "newsclip reembed --encoder NAME" in log
    assert "Traceback" not in log


# A damaged snapshot


@pytest.mark.parametrize("damaged", ["embedding.column", "terms.text.array", "manifest.json"])
def test_a_service_makes_a_damaged_snapshot_anew(
    commands: Commands, archive: Path, damaged: str
) -> None:
    expected = found(commands, archive)
    file = (archive / MANIFEST).with_name(damaged)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x10
    file.write_bytes(data)

    server = start(archive, free_port(), "--workers", "2")
    try:
        server.wait_until_ready()
        for _ in range(4):  # either worker
            _, answer = server.ask("/v1/search?q=harbour&limit=50")
            assert [hit["id"] for hit in answer["hits"]] == [hit["id"] for hit in expected]
    finally:
        code, log = server.stop()
    assert code == 0
    assert damaged in log
    assert commands.run("verify", "--data", archive).code == 0
