"""`newsclip demo`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import click

from newsclip.api.cli.options import common_options, load_settings, serving_options

if TYPE_CHECKING:
    from newsclip.api.settings import Settings

# Not the directory of the settings: the sample must never mix into a publisher's own archive.
DIRECTORY = "newsclip-demo"
_QUERY = "who is to blame for the ferry disaster"
_ARTICLE = "politics/2026/02/pontclair-accord-initialled"
_DRAFT = {
    "title": "Fishing talks with Veldra resume in Pontclair",
    "body": "Delegations from both sides of the Skerry Sound met to share out the cod quota.",
}


@click.command("demo")
@serving_options
@common_options
def demo() -> None:
    """Try everything on a sample newsroom.

    Imports it, prints three requests to paste into a shell, and serves it. The archive goes to
    ./newsclip-demo, whatever the settings say, unless --data names another directory. Ctrl-C stops
    the service; the directory may be removed then.
    """
    from newsclip.api.server import check_address, serve, url_of

    settings = load_settings(data=DIRECTORY)
    check_address(settings)
    articles = _import_newsroom(settings)
    click.echo(f"{articles} articles of an invented newspaper are in {settings.data}. Try:\n")
    for line in requests_to_try(url_of(settings)):
        click.echo(f"  {line}\n")
    click.echo(f"Serving on {url_of(settings)} until Ctrl-C.")
    serve(settings)


def _import_newsroom(settings: Settings) -> int:
    """Brings the sample into the archive; how many articles that holds then."""
    from newsclip.index.archive import Archive
    from newsclip.index.importing import import_articles
    from newsclip.index.sources.jsonlines import read_articles

    newsroom = files("newsclip.newsroom") / "articles.jsonl"
    with (
        Archive.open(settings.data, settings.encoder_choice, create=True) as archive,
        BytesIO(newsroom.read_bytes()) as stream,
    ):
        import_articles(archive, read_articles(stream))
        return archive.statistics().articles


def requests_to_try(url: str) -> Iterator[str]:
    """One curl line for each of the three answers, to be pasted into a shell."""
    yield _curl(f"{url}/v1/search?{urlencode({'q': _QUERY, 'limit': 3})}")
    yield _curl(f"{url}/v1/articles/{quote(_ARTICLE, safe='')}/similar?limit=3")
    yield _curl(
        f"{url}/v1/tags/suggest", "-H", "Content-Type: application/json", "-d", json.dumps(_DRAFT)
    )


def _curl(url: str, *options: str) -> str:
    return shlex.join(["curl", "-s", *options, url])
