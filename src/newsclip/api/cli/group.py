"""How a command ends: messages on stderr, and one table of exit codes."""

import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any, TypeGuard

import click

from newsclip.errors import (
    ArticleInvalid,
    ArticleNotFound,
    EncoderError,
    FeedbackNotFound,
    NewsclipError,
    QueryInvalid,
    RuleInvalid,
    RuleNotFound,
    SettingInvalid,
    SourceUnreadable,
    StoreBusy,
    StoreError,
    TagInvalid,
    TagUnknown,
    UrlUnknown,
)

SOME_REFUSED = 1
FAULTS_FOUND = 1
OUTPUT_UNWRITABLE = 5
FAULT = 70
INTERRUPTED = 130
READER_GONE = 141
OUTPUT_REMEDY = "check that there is room where it is written to"

# A class that is missing here has the code of its nearest base. 2 is also click's, for usage.
EXIT_CODES: Mapping[type[NewsclipError], int] = {
    QueryInvalid: 2,
    RuleInvalid: 2,
    SettingInvalid: 2,
    ArticleNotFound: 3,
    UrlUnknown: 3,
    RuleNotFound: 3,
    TagUnknown: 3,
    FeedbackNotFound: 3,
    ArticleInvalid: 4,
    TagInvalid: 4,
    SourceUnreadable: 4,
    StoreError: 5,
    StoreBusy: 6,
    EncoderError: 7,
    NewsclipError: 8,
}


class CommandGroup(click.Group):
    """A group whose commands all fail the same way, listed in the order they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; what goes wrong becomes a message on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except NewsclipError as error:
            report(error)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _print_no_more()
            ctx.exit(READER_GONE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if _is_of_output(error):
                _print_no_more()
                problem = f"the output cannot be written: {error.strerror}"
                report(NewsclipError(problem, OUTPUT_REMEDY))
                ctx.exit(OUTPUT_UNWRITABLE)
            traceback.print_exc()
            click.echo(
                "this is a fault in Newsclip: please report it with the lines above", err=True
            )
            ctx.exit(FAULT)


def exit_code(error: NewsclipError) -> int:
    """The exit code of the error's class, or of its nearest base in ``EXIT_CODES``."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)


def report(error: NewsclipError) -> None:
    """Says on stderr what is wrong and what to do about it."""
    click.echo(f"error: {error.message}", err=True)
    if error.remedy:
        click.echo(f"remedy: {error.remedy}", err=True)


def _is_of_output(error: Exception) -> TypeGuard[OSError]:
    """Whether a line could not be printed, as on a full disk."""
    frames = traceback.walk_tb(error.__traceback__)
    return isinstance(error, OSError) and any(f.f_code is click.echo.__code__ for f, _ in frames)


def _print_no_more() -> None:
    """What is left of the output would fail again as this process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
