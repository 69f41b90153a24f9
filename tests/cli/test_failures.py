import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from newsclip import errors
from newsclip.api.cli.group import CommandGroup, exit_code

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.Popen[str]"]

HERE = Path("archive")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.QueryInvalid("limit", 0, "", ""), 2),
        (errors.SettingInvalid("port", 0, "", "", ""), 2),
        (errors.ArticleNotFound("a"), 3),
        (errors.ArticleInvalid("id", "", "", ""), 4),
        (errors.SourceUnreadable("-", "", ""), 4),
        (errors.StoreMissing(HERE), 5),
        (errors.StoreUnavailable(HERE, "", ""), 5),
        (errors.StoreVersionUnknown(HERE, 2, 1), 5),
        (errors.BackupUnusable(HERE, "", ""), 5),
        (errors.StoreBusy("process 1"), 6),
        (errors.EncoderUnavailable("", ""), 7),
        (errors.EncoderMismatch("", ""), 7),
        (errors.NewsclipError(""), 8),
    ],
)
def test_exit_codes(error: errors.NewsclipError, code: int) -> None:
    assert exit_code(error) == code


def failing(error: BaseException) -> Result:
    """The end of a command that raises ``error``."""

    @click.group(cls=CommandGroup)
    def group() -> None:
        pass

    @group.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(group, ["fail"])


def test_an_error_of_the_domain_has_no_traceback() -> None:
    result = failing(errors.StoreBusy("process 7"))
    assert result.exit_code == 6
    assert result.stdout == ""
    assert result.stderr == (
        "error: the archive is busy: process 7\n"
        "remedy: wait until it has ended, then start again: what is already in is skipped\n"
    )


def test_an_error_without_a_remedy() -> None:
    assert failing(errors.NewsclipError("alas")).stderr == "error: alas\n"


def test_a_fault_of_ours_shows_where_and_asks_for_a_report() -> None:
    result = failing(ZeroDivisionError("division by zero"))
    assert result.exit_code == 70
    assert "ZeroDivisionError: division by zero" in result.stderr
    assert "please report it" in result.stderr


def test_an_interrupt() -> None:
    result = failing(KeyboardInterrupt())
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_usage(run: Run) -> None:
    for arguments in (["no-such-command"], ["search"], ["search", "x", "--limit", "many"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Usage: " in result.stderr


# As processes


def test_a_reader_that_goes_away_is_no_trouble(archive: Path, spawn: Spawn) -> None:
    process = spawn("info")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 141
    process.communicate()


@pytest.mark.parametrize("buffered", ["", "1"])
def test_an_output_that_cannot_be_written_is_no_fault_of_ours(archive: Path, buffered: str) -> None:
    command = [sys.executable, "-m", "newsclip.api.cli", "info"]
    with Path("/dev/full").open("wb") as full:
        environment = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": buffered}
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    assert done.stderr == (
        "error: the output cannot be written: No space left on device\n"
        "remedy: check that there is room where it is written to\n"
    )
    assert done.returncode == 5


def test_an_interrupted_import_says_what_it_keeps(spawn: Spawn, run: Run) -> None:
    process = spawn("import", "-")
    assert process.stdin is not None
    for number in range(300):
        process.stdin.write(json.dumps({"id": str(number), "title": "T"}) + "\n")
    process.stdin.flush()
    while not (kept := json.loads(run("info", "--json").stdout or "{}").get("articles")):
        pass
    time.sleep(0.5)  # until it waits for more lines
    process.send_signal(signal.SIGINT)
    output, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == ""
    assert message == (
        f"The archive holds {kept} articles. Start the same import again to go on:"
        " what is already in is skipped.\ninterrupted\n"
    )


def test_progress_and_logs_stay_off_stdout_and_out_of_files(spawn: Spawn, archive: Path) -> None:
    line = json.dumps({"id": "a", "title": "A"})
    output, message = spawn("import", "-").communicate(line, timeout=60)
    assert output.startswith("added")
    assert message == ""


def test_the_command_is_installed(archive: Path) -> None:
    command = Path(sys.executable).with_name("newsclip")
    done = subprocess.run([command, "info"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("archive   newsclip-data\n")
