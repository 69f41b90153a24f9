"""`newsclip train-model`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsclip.api.cli.options import common_options, json_option, load_settings, seed_option
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.source import open_source, reading

if TYPE_CHECKING:
    from newsclip.training import Outcome


@click.command("train-model")
@click.option(
    "--articles", "files", metavar="FILE", multiple=True, required=True, help="Texts to learn from."
)
@click.option("--teacher", metavar="NAME", help="Model to learn from. [default: all-MiniLM-L6-v2]")
@click.option("--out", metavar="DIR", required=True, help="Folder to write the model to.")
@seed_option
@json_option
@common_options
def train_model(
    files: Sequence[str], teacher: str | None, out: str, seed: int, as_json: bool
) -> None:
    """Make an encoder like the built-in one from your own articles.

    --articles takes what `newsclip import` takes, and may be repeated. Needs the extra:
    pip install 'newsclip[train]'. Use the model with: newsclip reembed --encoder DIR
    """
    from newsclip.training import TEACHER, Recipe
    from newsclip.training import train_model as train

    limit = load_settings().max_line_bytes
    outcome = train(_texts(files, limit), Path(out), teacher or TEACHER, Recipe(seed=seed))
    if as_json:
        print_json(asdict(outcome) | {"folder": str(outcome.folder)})
    else:
        print_facts(_facts(outcome))


def _facts(outcome: Outcome) -> Iterator[tuple[str, str]]:
    yield "model", f"{outcome.folder} ({outcome.megabytes:.1f} MB)"
    yield "pieces", f"{outcome.pieces:,} of {outcome.dimension} dimensions"
    yield "articles", f"{outcome.articles:,}"
    yield "minutes", f"{outcome.seconds / 60:.1f}"
    yield (
        "held out",
        f"title -> body MRR {outcome.started_at:.3f} before, {outcome.reached:.3f} now",
    )


def _texts(files: Sequence[str], max_line_bytes: int) -> Iterator[tuple[str, str]]:
    """Title and body of each article; lines that hold none are passed over."""
    from newsclip.index.sources.jsonlines import read_articles

    for name in files:
        with open_source(name) as source, reading(name):
            for line in read_articles(source.stream, name, max_line_bytes):
                if line.article is not None:
                    yield line.article.title, line.article.body
