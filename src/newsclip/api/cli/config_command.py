"""`newsclip config`."""

import math
from pathlib import Path

import click

from newsclip.api.cli.options import common_options, json_option, load_settings
from newsclip.api.cli.output import print_facts, print_json


@click.group("config")
@common_options
def config() -> None:
    """Show the settings and where each comes from."""


@config.command("show")
@json_option
@common_options
def show(as_json: bool) -> None:
    """Print each setting with its value and its origin.

    Defaults < newsclip.toml < environment (NEWSCLIP_*) < flags.
    """
    settings = load_settings()
    values = {name: _plain(getattr(settings, name)) for name in type(settings).model_fields}
    if as_json:
        print_json(
            {
                name: {"value": value, "origin": settings.origin(name)}
                for name, value in values.items()
            }
        )
    else:
        print_facts(
            (name, "unset" if value is None else str(value), settings.origin(name))
            for name, value in values.items()
        )


def _plain(value: object) -> object:
    if isinstance(value, dict):  # JSON has no infinity
        return {name: "never" if each == math.inf else each for name, each in value.items()}
    return str(value) if isinstance(value, Path) else value
