import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from newsclip.api.cli import group, main

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


def documented() -> dict[str, str]:
    """The help of each command as the page shows it, such as ``config show``."""
    blocks = re.findall(
        r"```console\n\$ (newsclip[^\n]*?) --help\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    return {command.removeprefix("newsclip").strip(): text for command, text in blocks}


def all_commands(command: click.Command, path: str = "") -> dict[str, click.Command]:
    """Every command below this one, and itself, by its words."""
    found = {path: command}
    for name, child in getattr(command, "commands", {}).items():
        found |= all_commands(child, f"{path} {name}".strip())
    return found


def test_every_command_is_documented() -> None:
    assert list(documented()) == list(all_commands(main))


@pytest.mark.parametrize("command", all_commands(main))
def test_the_help_is_what_the_page_shows(command: str) -> None:
    arguments = [*command.split(), "--help"]
    result = CliRunner().invoke(main, arguments, prog_name="newsclip", terminal_width=80)
    assert result.stdout == documented()[command]


def test_every_exit_code_is_documented() -> None:
    codes = [
        int(code) for code in re.findall(r"^\| (\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    ]
    special = {0, group.SOME_REFUSED, group.FAULT, group.INTERRUPTED, group.READER_GONE}
    assert codes == sorted(special | set(group.EXIT_CODES.values()))
