"""`newsclip similar`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    load_settings,
    open_archive,
    rail_options,
    where_options,
)
from newsclip.api.cli.output import print_json

if TYPE_CHECKING:
    from newsclip.recommender.onward import Slot
    from newsclip.recommender.similar import Related


@click.command("similar")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@limit_option(10)
@where_options
@click.option("--exclude", multiple=True, metavar="ID", help="Leave this out; repeatable.")
@rail_options
@click.option(
    "--time",
    type=click.Choice(["any", "background", "latest", "around", "evergreen"]),
    default="any",
    show_default=True,
    help="Prefer by date: older ones alone, the newest, of the same weeks, or whatever the age.",
)
@click.option(
    "--explain", is_flag=True, default=False, help="Show the parts of each score and the passages."
)
@click.option("--unlike", multiple=True, metavar="ID", help="Less like this; repeatable.")
@click.option("--slots", metavar="LIST", help="For a page: story,section,tag,related.")
@json_option
@common_options
def similar(
    ids: tuple[str, ...], unlike: tuple[str, ...], slots: str | None, as_json: bool, **given: Any
) -> None:
    """Show what else a reader of an article should read.

    Of several articles, what they have in common counts. Each hit comes with the reason why.
    """
    from newsclip.api.asking import choice_of, source_of_ids
    from newsclip.api.cli.query import checked
    from newsclip.api.related_schemas import OnwardQuery, SimilarQuery
    from newsclip.recommender.onward import onward
    from newsclip.recommender.similar import similar as related_to

    asked = checked(SimilarQuery, **given)
    choice = choice_of(asked, asked.filter(), load_settings())
    names = checked(OnwardQuery, slots=slots).names if slots else None
    with open_archive() as archive, archive.reading() as view:
        source = source_of_ids(view, ids, unlike)
        if names:
            _print_page(onward(view, source, names, choice), as_json)
        else:
            _print_rail(related_to(view, source, choice), as_json)


def _print_rail(related: Related, as_json: bool) -> None:
    from newsclip.api.cli.hit_list import print_hits
    from newsclip.api.rendering import related_to_dict

    if as_json:
        print_json(related_to_dict(related))
        return
    click.secho(f"{related.heading}\n", bold=True)
    print_hits(related.hits)
    if not related.hits:
        click.echo("Nothing similar.", err=True)


def _print_page(slots: Sequence[Slot], as_json: bool) -> None:
    from newsclip.api.cli.hit_list import print_hits
    from newsclip.api.rendering import onward_to_dict

    if as_json:
        print_json(onward_to_dict(slots))
        return
    for slot in slots:
        click.secho(f"{slot.heading}\n", bold=True)
        print_hits(slot.hits)
        click.echo()
    if not slots:
        click.echo("Nothing to show.", err=True)
