"""How found articles look in a terminal."""

from collections.abc import Iterable

import click

from newsclip.api.cli.output import one_line, plain
from newsclip.api.rendering import reason_text
from newsclip.recommender.hit import Explanation, Hit, Snippet
from newsclip.recommender.search_page import SearchPage

_INDENT = " " * 6  # as wide as a score


def print_hits(hits: Iterable[Hit]) -> None:
    """Prints each article with its score, where it stands and why it is here."""
    for hit in hits:
        article = hit.article
        title = click.style(plain(article.title) or "(untitled)", bold=True)
        click.echo(f"{hit.score:.2f}  {title}")
        day = None if article.published_at is None else f"{article.published_at:%Y-%m-%d}"
        _detail(" · ".join(plain(text) for text in (article.section, day, article.id) if text))
        if hit.snippet is not None:
            click.echo(_INDENT + _marked(hit.snippet))
        if hit.passage and not (hit.snippet and hit.passage in hit.snippet.text):  # as it often is
            _detail("in meaning: " + plain(hit.passage))
        _detail("; ".join(plain(reason_text(reason)) for reason in hit.reasons))
        if hit.duplicates:
            _detail("also as " + ", ".join(plain(copy.id) for copy in hit.duplicates))
        if hit.explanation is not None:
            _detail(_parts(hit.explanation))


def _parts(explanation: Explanation) -> str:
    """How the score came about, on one line."""
    parts = {"relevance": explanation.relevance, "time": explanation.time, **explanation.parts}
    return " · ".join(f"{name} {value:.3f}" for name, value in parts.items())


def _detail(text: str) -> None:
    if text:
        click.echo(_INDENT + click.style(text, dim=True))


def _marked(snippet: Snippet) -> str:
    """The passage on one line, its marks in bold."""
    pieces: list[str] = []
    done = 0
    for start, end in snippet.marks:
        pieces += [
            one_line(snippet.text[done:start]),
            click.style(one_line(snippet.text[start:end]), bold=True),
        ]
        done = end
    return "".join([*pieces, one_line(snippet.text[done:])])


def print_page_end(page: SearchPage) -> None:
    """Prints what an answer is made of, to stdout, and how it goes on, to stderr."""
    for name, values in page.facets.items():
        counted = ", ".join(f"{plain(each.value)} {each.articles:,}" for each in values)
        click.echo(f"{name + 's':<10}{counted or '-'}")
    if page.degraded:
        click.echo(f"warning: {page.degraded}", err=True)
    if not page.hits:
        click.echo("Nothing found.", err=True)
    if page.did_you_mean:
        click.echo(f"Did you mean: {plain(page.did_you_mean)}", err=True)
    for suggestion in page.suggestions:
        click.echo(f"Try: {plain(suggestion)}", err=True)
    at_least = "" if page.total_is_exact else "at least "
    if page.next_offset is not None:
        rest = f"--offset {page.next_offset}"
    elif page.next_cursor is not None:
        rest = f"--cursor {page.next_cursor}"
    else:
        return
    click.echo(f"{at_least}{page.total:,} found; more with {rest}", err=True)
