"""`newsclip suggest`."""

import click

from newsclip.api.cli.options import common_options, json_option, limit_option, open_archive
from newsclip.api.cli.output import plain, print_json


@click.command("suggest")
@click.argument("text")
@limit_option(8)
@json_option
@common_options
def suggest(text: str, limit: int, as_json: bool) -> None:
    """Complete the beginning of a query.

    Tags, sections and authors, queries that find something, and titles. One letter may be wrong.
    """
    from newsclip.api.cli.query import checked
    from newsclip.api.rendering import completions_to_dict
    from newsclip.api.search_schemas import CompletionsQuery
    from newsclip.recommender.suggest import suggest as complete

    asked = checked(CompletionsQuery, q=text, limit=limit)
    with open_archive() as archive, archive.reading() as view:
        found = complete(view, asked.q, asked.limit)
    if as_json:
        print_json(completions_to_dict(found))
        return
    for each in found:
        count = "" if each.articles is None else f" ({each.articles:,})"
        click.echo(f"{each.kind:<7}  {plain(each.text)}{count}")
    if not found:
        click.echo("Nothing begins so.", err=True)
