"""Options that several commands share, and the settings that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:  # the group imports this module, and `newsclip --help` must stay quick
    from newsclip.api.settings import Settings
    from newsclip.index.archive import Archive
    from newsclip.index.store import Store

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FLAGS = f"{__name__}.flags"


def setting_option(*names: str, **attributes: Any) -> Callable[[_Command], _Command]:
    """An option that gives the setting of its name; its value is checked with the settings."""
    return click.option(*names, expose_value=False, callback=_keep_flag, **attributes)


def _keep_flag(ctx: click.Context, option: click.Parameter, value: str | None) -> None:
    # click shares `meta` between the group and the command, so an option may stand before or
    # after the command's name; the command's own comes last and wins.
    if value is not None and option.name is not None:
        ctx.meta.setdefault(_FLAGS, {})[option.name] = value


def common_options(command: _Command) -> _Command:
    """``--data``, ``--encoder`` and ``--config``."""
    for option in (
        setting_option("--config", metavar="FILE", help="Settings file. [default: newsclip.toml]"),
        setting_option("--encoder", metavar="NAME", help="Model that the archive is made with."),
        setting_option(
            "--data", metavar="DIR", help="Directory of the archive. [default: newsclip-data]"
        ),
    ):
        command = option(command)
    return command


def encoder_options(command: _Command) -> _Command:
    """``--dimension`` and ``--backend``, beside ``--encoder``."""
    for option in (
        setting_option("--backend", metavar="NAME", help="torch, onnx or int8, of a transformer."),
        setting_option("--dimension", metavar="N", help="How many of its dimensions to keep."),
    ):
        command = option(command)
    return command


def serving_options(command: _Command) -> _Command:
    """``--host``, ``--port`` and ``--workers``."""
    for option in (
        setting_option("--workers", metavar="N", help="Processes that answer. [default: 1]"),
        setting_option("--port", metavar="N", help="Port to listen on. [default: 8000]"),
        setting_option("--host", metavar="H", help="Address to listen on. [default: 127.0.0.1]"),
    ):
        command = option(command)
    return command


def where_options(command: _Command) -> _Command:
    """``--section`` and ``--tag``."""
    for option in (
        click.option("--tag", multiple=True, help="With this tag; repeat it for all of several."),
        click.option("--section", multiple=True, help="Of this section, or of any of several."),
    ):
        command = option(command)
    return command


def limit_option(default: int) -> Callable[[_Command], _Command]:
    """``--limit``."""
    return click.option(
        "--limit", type=int, default=default, show_default=True, help="At most so many."
    )


min_score_option = click.option(
    "--min-score", type=float, default=0.0, show_default=True, help="Leave out what scores less."
)


def rail_options(command: _Command) -> _Command:
    """``--min-score``, ``--fallback``, ``--diversity`` and ``--languages``."""
    for option in (
        click.option(
            "--languages",
            type=click.Choice(["same", "any"]),
            help="In the article's language alone, or in any. [default: the setting languages]",
        ),
        click.option(
            "--diversity",
            type=float,
            default=0.0,
            show_default=True,
            help="How much they differ, 0 to 1.",
        ),
        click.option(
            "--fallback",
            type=click.Choice(["fill", "none"]),
            default="fill",
            show_default=True,
            help="Fill up with the newest of the section, or do not.",
        ),
        min_score_option,
    ):
        command = option(command)
    return command


def sample_option(default: int) -> Callable[[_Command], _Command]:
    """``--sample``."""
    return click.option(
        "--sample",
        type=click.IntRange(min=1),
        default=default,
        show_default=True,
        help="At most so many.",
    )


seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),  # torch's trainer takes no larger one
    default=0,
    show_default=True,
    help="Starts the chance.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def given_flags() -> dict[str, Any]:
    """The settings given on the command line so far."""
    flags: dict[str, Any] = click.get_current_context().meta.get(_FLAGS, {})
    return flags


def load_settings(**fallbacks: Any) -> Settings:
    """The settings for the running command; ``fallbacks`` stand in for flags that are not given."""
    from newsclip.api.settings import Settings

    flags = fallbacks | given_flags()
    config = flags.pop("config", None)
    return Settings.load(flags, None if config is None else Path(config))


@contextmanager
def open_archive() -> Iterator[Archive]:
    """The archive that the settings name, to read from. Raises as `Archive.open` does."""
    from newsclip.index.archive import Archive

    settings = load_settings()
    with Archive.open(settings.data, settings.encoder_choice) as archive:
        yield archive


@contextmanager
def open_store() -> Iterator[Store]:
    """The store of the archive that the settings name, without an index over it."""
    from newsclip.index.store import Store

    store = Store.open(load_settings().data)
    try:
        yield store
    finally:
        store.close()
