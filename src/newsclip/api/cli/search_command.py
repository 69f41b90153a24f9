"""`newsclip search`."""

from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    min_score_option,
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
@click.option("--cursor", help="Go on where an answer ended.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help="In which order.",
)
@click.option(
    "--recency",
    type=float,
    default=0.0,
    show_default=True,
    help="How much of a score is lost with age, 0 to 1.",
)
@min_score_option
@click.option("--collapse", type=click.Choice(["story"]), help="One article for all its copies.")
@click.option("--facets", metavar="LIST", help="Count by section,tag,author,year.")
@click.option("--passage/--no-passage", default=None, help="Show the sentences nearest in meaning.")
@where_options
@click.option("--author", multiple=True, help="By this author; repeat it for any of several.")
@click.option("--language", multiple=True, help="In this language, or in any of several.")
@click.option("--from", metavar="DATE", help="Published on that day or later.")
@click.option("--to", metavar="DATE", help="Published on that day or earlier.")
@click.option("--last", metavar="SPAN", help="Published in the last 30d, 4w, 6m or 1y.")
@json_option
@common_options
def search(query: str, as_json: bool, **parameters: Any) -> None:
    """Find articles by their words and their meaning.

    Each comes with the place that matched. A DATE is in ISO 8601, such as
    2026-01-08.
    """
    from newsclip.api.cli.hit_list import print_hits, print_page_end
    from newsclip.api.cli.query import checked
    from newsclip.api.rendering import search_page_to_dict
    from newsclip.api.search_schemas import SearchQuery
    from newsclip.recommender.search import search as ask

    asked = checked(SearchQuery, q=query, **parameters)
    options = asked.options()
    with open_archive() as archive, archive.reading() as view:
        page = ask(view, asked.q, options)
    if as_json:
        print_json(search_page_to_dict(page))
        return
    print_hits(page.hits)
    print_page_end(page)
