"""What is tested elsewhere is the source; what people install is the wheel. So it is used here."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from newsclip import __version__

PROJECT = Path(__file__).parents[2]
PINS = PROJECT / "constraints" / "dev.txt"
LARGEST = 16 * 2**20  # bytes; the built-in model is most of it

ARTICLES = [
    {"id": "2026/port", "title": "Port workers end strike", "body": "Dockers return to the port."},
    {"id": "2026/dock", "title": "Dockers vote", "body": "The port's dockers vote on the strike."},
    {"id": "2026/bread", "title": "Sourdough at home", "body": "Flour, water, salt and patience."},
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*command: str | Path, cwd: Path) -> str:
    """Run with no variable that could lead back to the source; give what it printed."""
    leading_back = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    env = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - the environment to run in
        if name not in leading_back and not name.startswith("NEWSCLIP_")
    }
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, so that both are known to be whole."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, PROJECT, cwd=out)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a new virtual environment with the wheel and what it requires."""
    venv = tmp_path_factory.mktemp("installed") / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=venv.parent)
    pip = (venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "-c", PINS, wheel, cwd=venv.parent)
    return venv / "bin"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder outside the project, with three articles in ``articles.jsonl``."""
    lines = "".join(json.dumps(article) + "\n" for article in ARTICLES)
    (tmp_path / "articles.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    source = PROJECT / "src"
    expected = {
        file.relative_to(source).as_posix()
        for file in (source / "newsclip").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_the_wheel_holds_what_is_no_python(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for ending in (
        "newsclip/py.typed",
        "/model.safetensors",
        "newsclip/newsroom/articles.jsonl",
        ".html",
        ".css",
        ".dist-info/licenses/LICENSE",
    ):
        assert any(name.endswith(ending) for name in names), f"no {ending}"


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST


def test_the_runtime_is_consistent_and_has_no_torch(venv: Path, elsewhere: Path) -> None:
    pip = (venv / "python", "-m", "pip", "--disable-pip-version-check")
    run(*pip, "check", cwd=elsewhere)
    installed = {
        entry["name"] for entry in json.loads(run(*pip, "list", "--format=json", cwd=elsewhere))
    }
    assert installed.isdisjoint({"torch", "transformers", "sentence-transformers"})


def test_help_and_version(venv: Path, elsewhere: Path) -> None:
    assert "import" in run(venv / "newsclip", "--help", cwd=elsewhere)
    assert run(venv / "newsclip", "--version", cwd=elsewhere).split()[-1] == __version__


def test_import_then_search(venv: Path, elsewhere: Path) -> None:
    newsclip, data = venv / "newsclip", elsewhere / "data"
    run(newsclip, "import", "articles.jsonl", "--data", data, cwd=elsewhere)
    found = run(newsclip, "search", "dockers strike", "--json", "--data", data, cwd=elsewhere)
    ids = [hit["id"] for hit in json.loads(found)["hits"]]
    assert set(ids[:2]) == {"2026/port", "2026/dock"}
