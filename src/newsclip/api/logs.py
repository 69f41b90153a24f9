"""Logs on stderr, one event a line: for people, or as JSON for log collectors."""

import io
import logging
import logging.config
import sys
from contextlib import suppress
from typing import Any

import structlog
from structlog.typing import Processor

from newsclip.api.settings import Settings

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(settings: Settings) -> None:
    """Sets up this process's logs as ``settings`` asks for."""
    structlog.configure(
        processors=[*_SHARED, *_ending(settings)],
        wrapper_class=structlog.make_filtering_bound_logger(_level(settings)),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_library(settings))


class _Lossy(io.FileIO):
    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def go_without() -> None:
    """Has lines be lost that cannot be written, as on a full disk or when their reader has gone.

    An error would cost whoever is being served an answer, and this process its next worker.
    """
    with suppress(io.UnsupportedOperation, AttributeError):  # in a test, or closed
        raw = _Lossy(sys.stderr.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True)


def standard_library(settings: Settings) -> dict[str, Any]:
    """The same for libraries that use `logging`, as a `dictConfig`."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_ending(settings),
        ],
    }
    handler = {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": max(_level(settings), logging.WARNING)},
        "loggers": {},
    }


def _ending(settings: Settings) -> list[Processor]:
    """The last processors: they make a line of an event."""
    if settings.log_format == "json":
        return [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    # The default also prints each frame's variables: whole articles, and seconds for a trace.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]
