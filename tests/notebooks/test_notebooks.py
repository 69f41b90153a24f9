"""Notebooks run from top to bottom, and what is stored is what they print today."""

import re
from difflib import unified_diff
from pathlib import Path

import nbformat
import pytest

from .notebook import NOTEBOOKS, executed

LARGEST = 300_000  # bytes, outputs and all: a notebook is read in a browser
NUMBER = re.compile(r"\d+(?:\.\d+)?")

pytestmark = [
    pytest.mark.slow,
    # The kernel's own libraries, in this process: not ours to mend.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]


def printed(notebook: nbformat.NotebookNode) -> str:
    """All text outputs in order; a picture counts by its being there."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            picture = "<picture>" if "image/png" in data else None
            texts.append(output.get("text") or picture or data.get("text/plain", ""))
    return "\n".join(texts)


def numbers(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_prints_what_is_stored(path: Path) -> None:
    before, after = printed(nbformat.read(path, as_version=4)), printed(executed(path))
    changes = "\n".join(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))
    # Another processor rounds another way, so numbers may differ in their last digit.
    same_words = NUMBER.sub("0", after) == NUMBER.sub("0", before)
    same_numbers = numbers(after) == pytest.approx(numbers(before), abs=0.011)
    assert (same_words, same_numbers) == (True, True), f"renew it: make notebooks\n{changes}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_light(path: Path) -> None:
    assert path.stat().st_size < LARGEST


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS
