"""Runs `newsclip` commands that are asked for on stdin, each in a fork that has all loaded.

A line is a JSON object: ``arguments``; ``file_bytes``, the size that no file may exceed; ``user``,
the number of the user that runs it. Answered is a line with ``code``, ``stdout`` and ``stderr``.
"""

import importlib
import json
import os
import pkgutil
import resource
import sys
from typing import Any

import newsclip
from newsclip.api.cli import main


def serve() -> None:
    """Answers until stdin ends; in the forks it leaves by SystemExit."""
    _load_everything()
    for line in sys.stdin:
        order = json.loads(line)
        outputs = [os.pipe(), os.pipe()]
        child = os.fork()
        if not child:
            for number, (_, writing) in enumerate(outputs, start=1):
                os.dup2(writing, number)
            _obey(order)
        answer = {}
        for name, (reading, writing) in zip(("stdout", "stderr"), outputs, strict=True):
            os.close(writing)
            with os.fdopen(reading, encoding="utf-8") as stream:
                answer[name] = stream.read()
        _, status = os.waitpid(child, 0)
        answer["code"] = os.waitstatus_to_exitcode(status)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _load_everything() -> None:
    """Another user may not be able to read the modules."""
    for module in pkgutil.walk_packages(newsclip.__path__, "newsclip."):
        if "training" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _obey(order: dict[str, Any]) -> None:
    if order["file_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"], order["file_bytes"]))
    if order["user"] is not None:
        os.setgroups([])
        os.setgid(order["user"])
        os.setuid(order["user"])
    main(order["arguments"])


if __name__ == "__main__":
    serve()
