"""`newsclip tags train`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.options import common_options, json_option, open_archive, seed_option
from newsclip.api.cli.output import print_facts, print_json

if TYPE_CHECKING:
    from newsclip.recommender.tagging.tagger import Tagger


@click.command("train")
@click.option("--if-due", is_flag=True, help="Only if enough has changed since the last time.")
@click.option("--reset", is_flag=True, help="Go back to votes and names.")
@seed_option
@json_option
@common_options
def train(if_due: bool, reset: bool, seed: int, as_json: bool) -> None:
    """Learn from tagged articles and editors' feedback which tags fit.

    The service does so by itself when a tenth has changed. Needs 200 tagged articles. Running
    workers use the result from their next request on.
    """
    from newsclip.index.locks import exclusive
    from newsclip.recommender.tagging.schedule import is_due
    from newsclip.recommender.tagging.training import gather, learn

    with open_archive() as archive, exclusive(archive.directory, "train.lock", "training of tags"):
        if reset:
            removed = archive.store.taggers.forget()
            _say_reset(removed, as_json)
            return
        if if_due and not is_due(archive.store):
            return
        started = time.monotonic()
        with archive.reading() as view:
            revision, encoder = archive.revision(), view.encoder_identity
            material = gather(view, seed=seed)
        tagger = learn(material, seed)
        weights = tagger.to_bytes()
        archive.store.taggers.keep(encoder, revision, weights)
    _print(tagger, len(weights), time.monotonic() - started, as_json)


def _say_reset(removed: int, as_json: bool) -> None:
    if as_json:
        print_json({"removed": removed})
    else:
        click.echo("Votes and names are in use." if removed else "They were in use already.")


def _print(tagger: Tagger, size: int, seconds: float, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "tags": len(tagger.tags),
                "learned_from": tagger.learned_from,
                "calibration_error": round(tagger.calibration_error, 4),
                "bytes": size,
                "seconds": round(seconds, 2),
            }
        )
        return
    print_facts(
        [
            ("tags", f"{len(tagger.tags):,}"),
            ("learned from", f"{tagger.learned_from:,} articles and drafts"),
            ("calibration error", f"{tagger.calibration_error:.3f}"),
            ("size", f"{size / 2**20:.1f} MiB"),
            ("seconds", f"{seconds:.1f}"),
        ]
    )
