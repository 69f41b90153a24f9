"""An archive with embeddings that can be worked out by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.doubles import axis_archive

from newsclip.index.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive; its encoder is an AxisEncoder."""
    with axis_archive(tmp_path / "archive") as archive:
        yield archive
