"""`newsclip similar`."""

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
@json_option
@common_options
def similar(article_id: str, as_json: bool, **parameters: Any) -> None:
    """Show what else a reader of an article should read.

    Each comes with the reason why.
    """
    from newsclip.api.cli.hit_list import print_hits
    from newsclip.api.cli.query import checked
    from newsclip.api.rendering import related_to_dict
    from newsclip.api.schemas import SimilarQuery
    from newsclip.recommender.similar import similar_to_article

    asked = checked(SimilarQuery, **parameters)
    with open_archive() as archive, archive.reading() as view:
        related = similar_to_article(
            view,
            article_id,
            limit=asked.limit,
            where=asked.filter(asked.exclude),
            min_score=asked.min_score,
            fallback=asked.fallback,
        )
    if as_json:
        print_json(related_to_dict(related))
        return
    click.secho(f"{related.heading}\n", bold=True)
    print_hits(related.hits)
    if not related.hits:
        click.echo("Nothing similar.", err=True)
