"""`newsclip suggest-tags`."""

from typing import Any

import click

from newsclip.api.cli.options import (
    common_options,
    json_option,
    limit_option,
    min_score_option,
    open_archive,
)
from newsclip.api.cli.output import print_json
from newsclip.api.cli.source import open_source, reading


@click.command("suggest-tags")
@click.argument("file")
@click.option("--banned", multiple=True, metavar="TAG", help="Not this tag; may repeat.")
@click.option("--branch", metavar="TAG", help="Only this tag and those beneath it.")
@click.option("--group", metavar="NAME", help="Only tags of this group of the vocabulary.")
@limit_option(8)
@min_score_option
@json_option
@common_options
def suggest_tags(file: str, as_json: bool, **parameters: Any) -> None:
    """Suggest tags for a draft, each with its evidence.

    FILE ("-" reads standard input) holds an article as JSON, or plain text whose first line is
    the title. Tags that it has are confirmed or called in doubt.
    """
    from newsclip.api.cli.draft import read_draft
    from newsclip.api.cli.query import checked
    from newsclip.api.cli.tag_list import print_answer
    from newsclip.api.draft_schemas import SuggestBody
    from newsclip.api.rendering import suggestions_to_dict
    from newsclip.recommender import tags

    with open_source(file) as source, reading(file):
        draft, article = read_draft(source.stream.read(), file)
    banned = list(parameters.pop("banned"))
    choice = checked(SuggestBody, article=article, banned=banned, **parameters).choice()
    with open_archive() as archive, archive.reading() as view:
        answer = tags.suggest_tags(view, draft, choice)
    if as_json:
        print_json(suggestions_to_dict(answer))
        return
    print_answer(answer)
    if not answer.suggestions:
        click.echo("No tag to suggest.", err=True)
