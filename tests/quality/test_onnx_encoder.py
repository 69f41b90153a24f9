"""all-MiniLM-L6-v2 without torch: written as ONNX, in float32 and in 8 bits, and read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.encoder_contract import TEXTS, EncoderContract

from newsclip.errors import EncoderUnavailable
from newsclip.index.archive import Archive
from newsclip.index.encoder import Encoder, load_encoder
from newsclip.index.encoder_choice import EncoderChoice
from newsclip.index.transformer_encoder import SentenceTransformerEncoder
from newsclip.training.export import Exported, export_onnx

pytestmark = [
    pytest.mark.transformer,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the exporter's own libraries deprecate much
]


@pytest.fixture(scope="session")
def exported(minilm: str, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    for library in ("onnxruntime", "onnxscript"):
        pytest.importorskip(library)
    return export_onnx(minilm, tmp_path_factory.mktemp("exported") / "minilm")


class ForBackend(EncoderContract):
    """The contract; ``backend`` is said by the class below."""

    backend: str

    @pytest.fixture
    def name(self, exported: Exported) -> str:
        return f"{exported.folder}?backend={self.backend}"

    @pytest.fixture
    def encoder(self, name: str) -> Encoder:
        return load_encoder(name)


class TestFloat32(ForBackend):
    backend = "onnx"


class TestInt8(ForBackend):
    backend = "int8"


def test_float32_is_torch_by_other_means(exported: Exported) -> None:
    torch = SentenceTransformerEncoder(str(exported.folder))
    onnx = load_encoder(f"{exported.folder}?backend=onnx")
    texts = [*TEXTS, " ".join(f"Sentence {n} is about trams." for n in range(300))]
    assert onnx.id == torch.id
    for side in ("encode_documents", "encode_queries"):
        np.testing.assert_allclose(
            getattr(onnx, side)(texts), getattr(torch, side)(texts), atol=1e-5
        )


def test_eight_bits_are_near_and_a_quarter_as_large(exported: Exported) -> None:
    assert exported.megabytes_int8 < 0.3 * exported.megabytes
    assert 0.98 < exported.likeness_int8 < 0.9999
    whole, short = (load_encoder(f"{exported.folder}?backend={b}") for b in ("onnx", "int8"))
    texts = [text for text in TEXTS if any(map(str.isalnum, text))]
    likeness = (whole.encode_documents(texts) * short.encode_documents(texts)).sum(axis=1)
    assert likeness.min() > 0.95
    assert whole.id != short.id
    both = load_encoder(f"{exported.folder}?dimension=128?backend=int8")
    assert (both.id, both.dimension) == (f"{short.id}[:128]", 128)


def test_an_archive_moves_from_torch_to_onnx_without_a_change(
    exported: Exported, tmp_path: Path
) -> None:
    folder = str(exported.folder)
    Archive.open(tmp_path, EncoderChoice(folder, backend="torch"), create=True).close()
    with Archive.open(tmp_path, EncoderChoice(backend="onnx")) as archive:
        assert archive.encoder.id == load_encoder(f"{folder}?backend=onnx").id
        assert "onnx" in type(archive.encoder).__module__


def test_a_model_that_cannot_be_had(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    with pytest.raises(EncoderUnavailable, match="cannot load the model"):
        export_onnx(str(tmp_path / "none"), tmp_path / "out")
