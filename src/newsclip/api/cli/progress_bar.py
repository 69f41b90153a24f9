"""A bar on stderr, if that is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(unit: str, **attributes: Any) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left; what it yields is told how many are done, and of how many."""
    from tqdm import tqdm

    with tqdm(unit=unit, leave=False, disable=None, **attributes) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
