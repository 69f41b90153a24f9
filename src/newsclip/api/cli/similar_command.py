"""`newsclip similar`."""

from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    load_settings,
    min_score_option,
    open_archive,
    where_options,
)
from newsclip.api.cli.output import print_json


@click.command("similar")
@click.argument("article_id", metavar="ID")
@limit_option(10)
@where_options
@click.option("--exclude", multiple=True, metavar="ID", help="Leave this out; repeatable.")
@min_score_option
@click.option(
    "--fallback",
    type=click.Choice(["fill", "none"]),
    default="fill",
    show_default=True,
    help="Fill up with the newest of the section, or do not.",
)
@click.option(
    "--time",
    type=click.Choice(["any", "background", "latest", "around", "evergreen"]),
    default="any",
    show_default=True,
    help="Prefer by date: older ones alone, the newest, of the same weeks, or whatever the age.",
)
@click.option(
    "--diversity", type=float, default=0.0, show_default=True, help="How much they differ, 0 to 1."
)
@click.option(
    "--languages",
    type=click.Choice(["same", "any"]),
    help="In the article's language alone, or in any. [default: the setting languages]",
)
@click.option("--explain", is_flag=True, help="Show the parts of each score and the passages.")
@json_option
@common_options
def similar(article_id: str, as_json: bool, **parameters: Any) -> None:
    """Show what else a reader of an article should read.

    Each comes with the reason why.
    """
    from newsclip.api.asking import choice_of
    from newsclip.api.cli.hit_list import print_hits
    from newsclip.api.cli.query import checked
    from newsclip.api.rendering import related_to_dict
    from newsclip.api.schemas import SimilarQuery
    from newsclip.recommender.similar import similar as related_to
    from newsclip.recommender.source import source_of_article

    asked = checked(SimilarQuery, **parameters)
    choice = choice_of(asked, asked.filter(), load_settings())
    with open_archive() as archive, archive.reading() as view:
        related = related_to(view, source_of_article(view, article_id), choice)
    if as_json:
        print_json(related_to_dict(related))
        return
    click.secho(f"{related.heading}\n", bold=True)
    print_hits(related.hits)
    if not related.hits:
        click.echo("Nothing similar.", err=True)
