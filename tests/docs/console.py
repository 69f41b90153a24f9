"""Runs the shell commands of a document, and compares what they print with what it shows.

In a fenced block marked ``console`` a line that begins with ``$ `` is a command (one that ends in a
backslash goes on), and the lines up to the next command are its output. Other fences are not run.
Of the output that is shown

- ``...`` stands for what is left out: on a line of its own for any number of lines, within a line
  for any text (``"score": 0.4...``);
- an answer in JSON may be laid out as the document likes;
- the comment ``<!-- varies: seconds, 0. -->`` above a block says that the numbers in the lines that
  begin so may be others: they differ from run to run, or from model to model.

The comment ``<!-- file: articles.jsonl -->`` above a block, whatever its fence is marked with,
says that the reader saves the block under that name.

A document's commands run in order in one empty directory that has the virtual environment as
``.venv``. ``newsclip serve`` and ``newsclip demo`` keep running until the next of them, at a free
port that is called 8000 in the document.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

PATIENCE = 60  # seconds for one command
SHOWN_PORT = "8000"
BIN = Path(sys.executable).parent

_BLOCK = re.compile(
    r"^(?:<!-- (?P<note>file|varies): (?P<value>.*?) -->\n+)?"
    r"```(?P<fence>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_SERVER = re.compile(r"(?:\S*/)?newsclip (?:serve|demo)\b")
_NUMBER = re.compile(r"\d[\d,.]*")


@dataclass(frozen=True)
class Block:
    """A fenced block of a document; ``line`` is that of its first line of text."""

    line: int
    fence: str
    text: str
    file: str | None = None
    varies: Sequence[str] = ()


@dataclass(frozen=True)
class Step:
    """A command and the output that the document shows for it."""

    line: int
    command: str
    shown: str
    varies: Sequence[str]


def blocks(document: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown document, in their order."""
    for match in _BLOCK.finditer(document):
        line = document.count("\n", 0, match.start("text")) + 1
        notes = {match["note"]: match["value"]}
        varies = [word.strip() for word in notes.get("varies", "").split(",") if word.strip()]
        yield Block(line, match["fence"], match["text"], notes.get("file"), varies)


def steps(block: Block) -> Iterator[Step]:
    """The commands of a ``console`` block, each with its output."""
    for match in re.finditer(r"^\$ ((?:.*\\\n)*.+)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        line = block.line + block.text.count("\n", 0, match.start())
        yield Step(line, match[1], match[2].rstrip("\n"), block.varies)


def agrees(shown: str, printed: str, varies: Sequence[str] = ()) -> bool:
    """Whether ``printed`` is what a document means by ``shown``."""
    if _is_json(printed):
        shown, printed = "".join(shown.split()), "".join(printed.split())
        return bool(re.fullmatch(_pattern(shown), printed))
    lines = []
    for line in shown.splitlines():
        if line.strip() == "...":
            lines.append(r"(?:.*\n)*?")
            continue
        pattern = _pattern(line.rstrip())
        if line.lstrip().startswith(tuple(varies)):
            pattern = _NUMBER.sub(lambda number: r"\d[\d,.]*", pattern.replace(r"\.", "."))
        lines.append(pattern + r"[ ]*\n")
    return bool(re.fullmatch("".join(lines), printed.rstrip("\n") + "\n" if printed else ""))


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _pattern(shown: str) -> str:
    return ".*?".join(map(re.escape, shown.split("...")))


class Session:
    """A directory in which commands run, and the server that runs beside them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = _free_port()
        self._server: subprocess.Popen[str] | None = None
        (directory / ".venv").symlink_to(BIN.parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_server()

    def run(self, command: str) -> str:
        """What a command prints on both streams; of a server, until it answers."""
        if _SERVER.search(command):
            printed = self._serve(f"{command} --port {self.port}")
        else:
            printed = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command.replace(SHOWN_PORT, self.port)],
                cwd=self.directory,
                env=_environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=PATIENCE,
                check=False,
            ).stdout
        return printed.replace(self.port, SHOWN_PORT)

    def _serve(self, command: str) -> str:
        self.stop_server()
        output = self.directory / "server-output"
        with output.open("w") as stream:
            self._server = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.directory,
                env=_environment(),
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
            )
        for _ in range(PATIENCE * 10):
            if self._server.poll() is not None or self._is_ready():
                break
            time.sleep(0.1)
        return output.read_text("utf-8")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5):
                return True
        except OSError:  # urllib's errors are some, too
            return False

    def stop_server(self) -> None:
        """Ends the server, if one runs."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(PATIENCE)
            self._server = None


def check(document: Path, directory: Path, stand_ins: Mapping[str, str] | None = None) -> None:
    """Runs all commands of a document in ``directory``; fails with all that differ.

    ``stand_ins`` are run in place of the commands that they are given for.
    """
    wrong = []
    ran = 0
    with Session(directory) as session:
        for block in blocks(document.read_text("utf-8")):
            if block.file:
                (directory / block.file).write_text(block.text, "utf-8")
            for step in steps(block) if block.fence == "console" else ():
                ran += 1
                printed = session.run((stand_ins or {}).get(step.command, step.command))
                if not agrees(step.shown, printed, step.varies):
                    wrong.append(
                        f"{document.name}:{step.line}: $ {step.command}\n"
                        f"--- it shows\n{step.shown}\n--- it prints\n{printed}"
                    )
    assert ran, f"{document.name} has no commands"
    assert not wrong, "\n".join(wrong)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skips a test on a machine that lacks one of the programs that its document uses."""
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not on this machine: {', '.join(missing)}")


def _environment() -> dict[str, str]:
    """The environment of a reader who has set nothing of Newsclip's."""
    kept = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - the environment to run in
        if not name.startswith("NEWSCLIP_")
    }
    return kept | {"PATH": f"{BIN}:{kept['PATH']}", "LANG": "C.UTF-8"}


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])
