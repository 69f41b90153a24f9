"""Commands give way to the service."""

import os

import pytest

from .conftest import Run


@pytest.mark.parametrize(
    ("command", "before", "after"),
    [("import", 0, [10]), ("info", 15, [15]), ("serve", 0, []), ("demo", 0, [])],
)
def test_commands_give_way_to_the_service(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, before: int, after: list[int]
) -> None:
    set_to: list[int] = []
    monkeypatch.setattr(os, "getpriority", lambda *_: before)
    monkeypatch.setattr(os, "setpriority", lambda _, __, niceness: set_to.append(niceness))
    assert run(command, "--help").exit_code == 0
    assert set_to == after
