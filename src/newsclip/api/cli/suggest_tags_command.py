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
@limit_option(8)
@min_score_option
@json_option
@common_options
def suggest_tags(file: str, as_json: bool, **parameters: Any) -> None:
    """Suggest tags for a draft, each with its evidence.

    FILE ("-" reads standard input) holds an article as JSON, or plain text whose first line is
    the title.
    """
    from newsclip.api.cli.draft import read_draft
    from newsclip.api.cli.query import checked
    from newsclip.api.cli.tag_list import print_suggestions
    from newsclip.api.rendering import suggestions_to_dict
    from newsclip.api.schemas import SuggestBody
    from newsclip.recommender import tags

    asked = checked(SuggestBody, **parameters)
    with open_source(file) as source, reading(file):
        draft = read_draft(source.stream.read(), file)
    with open_archive() as archive, archive.reading() as view:
        suggestions = tags.suggest_tags(view, draft, limit=asked.limit, min_score=asked.min_score)
    if as_json:
        print_json(suggestions_to_dict(suggestions))
        return
    print_suggestions(suggestions)
    if not suggestions:
        click.echo("No tag to suggest.", err=True)
