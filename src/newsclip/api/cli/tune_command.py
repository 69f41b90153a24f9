"""`newsclip tune`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.options import common_options, json_option, open_archive, seed_option
from newsclip.api.cli.output import print_facts, print_json

if TYPE_CHECKING:
    from newsclip.index.archive import Archive
    from newsclip.recommender.evaluate import Estimate
    from newsclip.recommender.tune import Tuning


@click.command("tune")
@click.option("--dry-run", is_flag=True, help="Say what would be gained; install nothing.")
@click.option("--reset", is_flag=True, help="Go back to the plain blend.")
@click.option("--qrels", metavar="FILE", help="Learn from these judgments alone.")
@seed_option
@json_option
@common_options
def tune(dry_run: bool, reset: bool, qrels: str | None, seed: int, as_json: bool) -> None:
    """Learn from your own links which articles are related.

    Measures on a third of the linking articles what a ranker learned from the others gains over
    the plain blend, and installs one learned from all only if it gained. Running workers use it
    from their next request on.
    """
    with open_archive() as archive:
        if reset:
            _reset(archive, as_json)
        else:
            _tune(archive, qrels, seed, dry_run, as_json)


def _reset(archive: Archive, as_json: bool) -> None:
    removed = archive.store.rankers.forget()
    if as_json:
        print_json({"removed": removed})
    else:
        click.echo("The plain blend is in use." if removed else "It was in use already.")


def _tune(archive: Archive, qrels: str | None, seed: int, dry_run: bool, as_json: bool) -> None:
    from newsclip.api.cli.judgments import pairs_of
    from newsclip.recommender import tune as learning

    with archive.reading() as view:
        pairs, _ = pairs_of(view, qrels)
        tuning = learning.tune(view, pairs, seed, qrels)
        encoder = view.encoder_identity
    installed = tuning.gained and not dry_run
    if installed:
        archive.store.rankers.keep(encoder, tuning.ranker.to_json())
    if as_json:
        print_json(
            {
                "taught_by": tuning.taught_by,
                "sources": tuning.sources,
                "held_out": tuning.held_out,
                "report": asdict(tuning.report),
                "calibration_error": tuning.calibration_error,
                "gained": tuning.gained,
                "installed": installed,
            }
        )
    else:
        _print(tuning, installed, dry_run)


def _print(tuning: Tuning, installed: bool, dry_run: bool) -> None:
    measure = "ndcg@10"
    facts = [
        ("learned from", f"{tuning.sources:,} articles, by {tuning.taught_by}"),
        ("measured on", f"{tuning.held_out:,} of them, not learned from for that"),
    ]
    for name, estimates in tuning.report.rankers.items():
        facts.append((f"{measure} {name}", shown(estimates[measure])))
    for name, estimates in tuning.report.gains.items():
        facts.append((f"gain over {name}", shown(estimates[measure])))
    facts.append(("calibration error", f"{tuning.calibration_error:.3f}"))
    print_facts(facts)
    if installed:
        click.echo("Installed: the service uses it from its next request on.")
    elif tuning.gained and dry_run:
        click.echo("It would be installed: --dry-run.")
    else:
        click.echo("Not installed: the gain may be chance.")


def shown(estimate: Estimate) -> str:
    """A mean with its interval of 95 %."""
    return f"{estimate.mean:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
