"""Who may work beside whom, and that a lock ends with its holder."""

import subprocess
import sys
from pathlib import Path

import pytest

from newsclip.errors import StoreBusy, StoreUnavailable
from newsclip.index.locks import alone, exclusive, shared

HOLDER = """
import sys
from pathlib import Path
from newsclip.index.locks import shared
with shared(Path(sys.argv[1]), "lock"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_many_share_and_one_is_alone(tmp_path: Path) -> None:
    with shared(tmp_path, "lock"), shared(tmp_path, "lock"):
        with pytest.raises(StoreBusy, match="has it open") as caught, alone(tmp_path, "lock"):
            pass
        assert "stop the service" in caught.value.remedy
    with alone(tmp_path, "lock"):
        with pytest.raises(StoreBusy, match="being restored"), shared(tmp_path, "lock"):
            pass
        with pytest.raises(StoreBusy), alone(tmp_path, "lock"):
            pass
    with shared(tmp_path, "lock"):
        pass


def test_one_at_a_time_by_name(tmp_path: Path) -> None:
    with exclusive(tmp_path, "lock", "nap"):
        with pytest.raises(StoreBusy, match=r"nap by process \d+") as caught:
            exclusive(tmp_path, "lock", "nap", "wake it").__enter__()
        assert caught.value.remedy == "wake it"
        with alone(tmp_path, "another"):
            pass


def test_a_lock_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy), alone(tmp_path, "lock"):
            pass
        process.kill()
        process.wait()
        with alone(tmp_path, "lock"):
            pass


def test_an_error_inside_ends_it_and_stays_what_it_is(tmp_path: Path) -> None:
    for lock in (shared, alone):
        with pytest.raises(BlockingIOError, match="of the body"), lock(tmp_path, "lock"):
            raise BlockingIOError("of the body")
    with alone(tmp_path, "lock"):
        pass


def test_a_lock_that_root_has_made_is_shared(tmp_path: Path) -> None:
    (tmp_path / "lock").touch(mode=0o444)
    with shared(tmp_path, "lock"), shared(tmp_path, "lock"):
        pass


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    for lock in (shared, alone):
        with pytest.raises(StoreUnavailable) as caught, lock(tmp_path / "missing", "lock"):
            pass
        assert caught.value.remedy
