"""Each vector index keeps the contract; the exact one keeps it to the last digit."""

import pytest

from newsclip.index.vectors import ExactVectorIndex

from .vector_contract import Make, VectorIndexContract


class TestExact(VectorIndexContract):
    @pytest.fixture
    def make(self) -> Make:
        return ExactVectorIndex
