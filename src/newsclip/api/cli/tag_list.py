"""How suggested tags look in a terminal."""

from collections.abc import Iterable

import click

from newsclip.api.cli.output import plain
from newsclip.recommender.tagging.evidence import Evidence, NeighbourEvidence
from newsclip.recommender.tags import TagSuggestion


def print_suggestions(suggestions: Iterable[TagSuggestion]) -> None:
    """Prints each tag with its score and what speaks for it."""
    for suggestion in suggestions:
        tag = click.style("#" + plain(suggestion.tag), bold=True)
        click.echo(f"{suggestion.score:.2f}  {tag}")
        for evidence in suggestion.evidence:
            click.echo("      " + click.style(_evidence_text(evidence), dim=True))


def _evidence_text(evidence: Evidence) -> str:
    if isinstance(evidence, NeighbourEvidence):
        title = plain(evidence.title or evidence.article_id)
        return f"on a similar article ({evidence.score:.2f}): {title}"
    return f"in the text: {plain(evidence.sentence)}"
