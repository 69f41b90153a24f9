"""`newsclip serve`."""

import click

from newsclip.api.cli.options import common_options, load_settings, serving_options


@click.command("serve")
@serving_options
@common_options
def serve() -> None:
    """Answer over HTTP, with pages to look around."""
    from newsclip.api.server import serve as serve_until_stopped

    serve_until_stopped(load_settings())
