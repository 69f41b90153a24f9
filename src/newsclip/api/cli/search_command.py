"""`newsclip search`."""

from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    open_archive,
    where_options,
)
from newsclip.api.cli.output import print_json


@click.command("search")
@click.argument("query")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "keyword", "semantic"]),
    default="hybrid",
    show_default=True,
    help="By words and meaning, by words, or by meaning.",
)
@limit_option(10)
@click.option("--offset", type=int, default=0, show_default=True, help="Skip so many.")
@where_options
@click.option("--author", multiple=True, help="By this author; repeat it for any of several.")
@click.option("--from", metavar="DATE", help="Published on that day or later.")
@click.option("--to", metavar="DATE", help="Published on that day or earlier.")
@json_option
@common_options
def search(query: str, as_json: bool, **parameters: Any) -> None:
    """Find articles by their words and their meaning.

    Each comes with the passage that matched. A DATE is in ISO 8601, such as 2026-01-08.
    """
    from newsclip.api.cli.hit_list import print_hits
    from newsclip.api.cli.query import checked
    from newsclip.api.rendering import search_page_to_dict
    from newsclip.api.schemas import SearchQuery
    from newsclip.recommender.search import search as ask

    asked = checked(SearchQuery, q=query, **parameters)
    with open_archive() as archive, archive.reading() as view:
        page = ask(view, asked.q, asked.options())
    if as_json:
        print_json(search_page_to_dict(page))
        return
    print_hits(page.hits)
    if not page.hits:
        click.echo("Nothing found.", err=True)
    if page.next_offset is not None:
        click.echo(f"More with --offset {page.next_offset}", err=True)
