"""A command answers at once because it imports only what it uses.

Modules are counted, not seconds: a busy machine must not fail a test.
"""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "faiss",
    "flask",
    "granian",
    "numpy",
    "pydantic",
    "scipy",
    "sklearn",
    "tantivy",
    "tokenizers",
    "torch",
}

RUN_AND_LIST_MODULES = """
import json, sys
from newsclip.api.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit as stop:
    assert not stop.code, stop.code
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(*arguments: str) -> set[str]:
    """What is imported once ``newsclip *arguments`` has run, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_AND_LIST_MODULES, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_package_itself_imports_nothing() -> None:
    command = (
        "import sys; before = set(sys.modules); import newsclip; print(set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "{'newsclip'}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["import", "--help"],
        ["search", "--help"],
        ["serve", "--help"],
        ["backup", "--help"],
        ["restore", "--help"],
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    assert modules_after(*arguments) & HEAVY == set()
