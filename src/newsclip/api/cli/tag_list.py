"""How suggested tags look in a terminal."""

from collections.abc import Iterable

import click

from newsclip.api.cli.output import plain
from newsclip.api.rendering import doubt_text
from newsclip.recommender.tagging.evidence import Evidence, NeighbourEvidence
from newsclip.recommender.tags import TagAnswer, TagSuggestion


def print_answer(answer: TagAnswer) -> None:
    """Prints each tag with its score and what speaks for it, then the draft's own."""
    _print(answer.suggestions, "")
    _print(answer.confirmed, "fits")
    _print(answer.doubtful, "in doubt")
    for proposal in answer.proposals:
        tag = click.style("#" + plain(proposal.tag), bold=True)
        click.echo(f"new   {tag}  would be on {proposal.articles:,} recent articles")
        click.echo("      " + click.style(f"in the text: {plain(proposal.sentence)}", dim=True))
    for note in answer.notes:
        click.echo(note.text, err=True)


def _print(suggestions: Iterable[TagSuggestion], standing: str) -> None:
    for suggestion in suggestions:
        tag = click.style("#" + plain(suggestion.tag), bold=True)
        doubt = plain(doubt_text(suggestion.doubt)) if suggestion.doubt else ""
        said = ": ".join(filter(None, [standing, doubt]))
        click.echo(f"{suggestion.score:.2f}  {tag}" + (f"  {said}" if said else ""))
        for evidence in suggestion.evidence:
            click.echo("      " + click.style(_evidence_text(evidence), dim=True))


def _evidence_text(evidence: Evidence) -> str:
    if isinstance(evidence, NeighbourEvidence):
        title = plain(evidence.title or evidence.article_id)
        return f"on a similar article ({evidence.score:.2f}): {title}"
    return f"in the text: {plain(evidence.sentence)}"
