"""Kills work on archives with SIGKILL, at random moments, and looks at what is left.

    python -m tests.durability.kill --trials 300 --seed 1

Prints JSON: for each kind of work how many trials there were, how many met it at work, and what
lay about afterwards; and every problem that was found, for which the exit code is then 1. A kill
is no power cut: what the operating system has taken over reaches the disk.
"""

import argparse
import json
import logging
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from newsclip.index import compaction
from newsclip.index.encoder import load_encoder

from .checks import Checks
from .children import ChildFailed, Ended, in_child, run_group
from .jobs import Job, jobs
from .plants import PLANTS
from .scenes import ARCHIVE, BACKUP, empty, grown
from .stories import states, story

_LEFTOVERS = ("-wal", "-journal", ".part", ".making", ".removed-", ".replaced-")
_LATEST = 1.05  # of a job's duration: now and then it ends before the kill
_EXACT_ROWS = 300  # so that the small archives here have a file of the nearest, too


@dataclass(frozen=True)
class Outcome:
    """What a trial found."""

    job: str
    ended: Ended
    left: Sequence[str]
    problems: Sequence[str]


@dataclass(frozen=True)
class Harness:
    """Everything that the trials of a run share."""

    folder: Path
    jobs: Mapping[str, Job]
    checks: Checks
    encoder: Any

    def trial(self, name: str, kill_after: float | None) -> Outcome:
        """Does a job in a copy of its scene, kills it, and looks at what is left."""
        job = self.jobs[name]
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            folder = Path(temporary, "copy")
            shutil.copytree(job.scene.folder, folder)
            log = Path(temporary, "log")
            ended = run_group(job.roles(folder, self.encoder), log, kill_after)
            left = [part for part in _LEFTOVERS if any(folder.rglob(f"*{part}*"))]
            try:
                problems = in_child(lambda: self._problems(job, ended, folder))
            except ChildFailed as error:
                problems = [f"the checks have failed: {error}"]
            if ended.failures:
                problems.append(f"{ended.failures}: {log.read_text()}")
        return Outcome(name, ended, left, problems)

    def _problems(self, job: Job, ended: Ended, folder: Path) -> list[str]:
        history = states(job.scene.contents, job.steps)
        done = ended.acknowledged
        # What was acknowledged is there; the step after it may be, too, but then wholly.
        allowed = history[done : done + 2]
        if job.restores and job.scene.backup is not None:
            allowed.append(job.scene.backup)
        problems = [*self.checks.of_archive(folder / ARCHIVE, allowed)]
        copied = [*history[: done + 2]]
        if job.scene.backup is not None:
            copied.append(job.scene.backup)
            problems += self.checks.of_backup(folder / BACKUP, copied, may_lack=False)
        shutil.rmtree(folder / "restored", ignore_errors=True)
        problems += self.checks.of_backup(folder / "another.sqlite3", copied, may_lack=True)
        return problems


def run(
    trials: int, seed: int, articles: int, names: Sequence[str], processes: int, plant: str
) -> dict[str, Any]:
    """The figures of a run; see the module."""
    began = time.monotonic()
    compaction.EXACT_ROWS = _EXACT_ROWS
    logging.disable(logging.WARNING)  # that a restored archive has no snapshot yet is no news
    encoder = load_encoder()
    with tempfile.TemporaryDirectory(prefix="newsclip-kill-") as temporary:
        folder = Path(temporary)
        scenes = (
            empty(folder / "empty"),
            in_child(lambda: grown(folder / "grown", encoder, articles)),
        )
        chosen = {name: job for name, job in jobs(*scenes).items() if name in names or not names}
        written = [article for job in chosen.values() for step in job.steps for article in step.put]
        harness = Harness(
            folder, chosen, Checks(encoder, [*map(story, range(articles)), *written]), encoder
        )
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            seconds = _measured(
                pool.imap(partial(_trial, harness), [(n, None) for n in chosen] * 2)
            )
        with multiprocessing.get_context("fork").Pool(processes, PLANTS.get(plant)) as pool:
            outcomes = []
            moments = _moments(trials, seed, seconds)
            for outcome in pool.imap_unordered(partial(_trial, harness), moments):
                outcomes.append(outcome)
                _tell(outcome, len(outcomes), trials)
    return _summary(seed, time.monotonic() - began, seconds, outcomes)


def _measured(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """How long each job takes. Raises RuntimeError if one finds problems though nobody kills it."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.problems:
            raise RuntimeError(f"{outcome.job}, not killed: {outcome.problems}")
        seconds[outcome.job].append(outcome.ended.seconds)
    means = {name: sum(each) / len(each) for name, each in seconds.items()}
    _say(f"seconds: {json.dumps({name: round(mean, 2) for name, mean in means.items()})}")
    return means


def _moments(trials: int, seed: int, seconds: Mapping[str, float]) -> list[tuple[str, float]]:
    """The job of each trial, in turn, and when it is killed: at any moment of its duration."""
    chance = random.Random(seed)
    names = list(seconds)
    chosen = [names[number % len(names)] for number in range(trials)]
    return [(name, chance.uniform(0, _LATEST * seconds[name])) for name in chosen]


def _trial(harness: Harness, moment: tuple[str, float | None]) -> Outcome:
    return harness.trial(*moment)


def _tell(outcome: Outcome, done: int, trials: int) -> None:
    if outcome.problems:
        _say(f"{outcome.job}, killed after {outcome.ended.seconds:.3f} s: {outcome.problems}")
    if done % 10 == 0 or done == trials:
        _say(f"{done} of {trials} trials")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _summary(
    seed: int, spent: float, seconds: Mapping[str, float], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    by_job = {}
    for name, duration in seconds.items():
        own = [outcome for outcome in outcomes if outcome.job == name]
        by_job[name] = {
            "seconds": round(duration, 2),
            "trials": len(own),
            "killed_at_work": sum(outcome.ended.killed for outcome in own),
            "acknowledged_writes": sum(outcome.ended.acknowledged for outcome in own),
            "left": dict(Counter(part for outcome in own for part in outcome.left)),
        }
    problems = [
        {"job": outcome.job, "killed_after": round(outcome.ended.seconds, 4), "problem": problem}
        for outcome in outcomes
        for problem in outcome.problems
    ]
    return {
        "seed": seed,
        "trials": len(outcomes),
        "killed_at_work": sum(outcome.ended.killed for outcome in outcomes),
        "minutes": round(spent / 60, 1),
        "jobs": by_job,
        "problems": problems,
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=1_200, help="in the snapshot")
    parser.add_argument(
        "--job", dest="names", action="append", default=[], help="this kind of work alone"
    )
    parser.add_argument("--processes", type=int, default=2, help="trials at a time")
    parser.add_argument("--plant", default="", choices=["", *PLANTS], help="a fault to be found")
    given = parser.parse_args()
    found = run(**vars(given))
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    sys.exit(1 if found["problems"] else 0)


if __name__ == "__main__":
    main()
