"""`newsclip export-similar`."""

from pathlib import Path
from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    load_settings,
    open_archive,
    rail_options,
)
from newsclip.api.cli.output import print_facts, print_json
from newsclip.api.cli.progress_bar import progress_bar


@click.command("export-similar")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@limit_option(10)
@rail_options
@click.option("--all", "everything", is_flag=True, help="Make all of them, whatever has changed.")
@json_option
@common_options
def export_similar(directory: Path, everything: bool, as_json: bool, **given: Any) -> None:
    """Write the related articles of each article to a file, for a CDN.

    DIR/{id}.json holds what the service would answer, with the id percent-encoded. Started again,
    it makes anew what may have changed, and removes the files of articles that are gone.
    """
    from dataclasses import asdict

    from newsclip.api.asking import choice_of
    from newsclip.api.cli.query import checked
    from newsclip.api.export import export_rails
    from newsclip.api.related_schemas import SimilarQuery

    asked = checked(SimilarQuery, **given)
    choice = choice_of(asked, asked.filter(), load_settings())
    with open_archive() as archive, progress_bar(" rails") as progress:
        summary = asdict(export_rails(archive, directory, choice, everything, progress))
    if as_json:
        print_json(summary)
    else:
        print_facts((name, f"{count:,}") for name, count in summary.items())
