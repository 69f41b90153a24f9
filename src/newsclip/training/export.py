"""Write the ONNX files of a sentence-transformers model (extra: export)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclip.errors import EncoderUnavailable
from newsclip.index.onnx_encoder import OnnxEncoder
from newsclip.index.transformer_encoder import SentenceTransformerEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SAMPLE = [
    "The council approved a new tram line to the harbour.",
    "Votes were counted again. " * 90,
]
_NEAR = 1e-4  # a different sum of the same numbers; a wrong graph is off by tenths


@dataclass(frozen=True)
class Exported:
    """A folder that loads with each backend."""

    folder: Path
    megabytes: float
    """Of the file in float32."""
    megabytes_int8: float
    likeness_int8: float
    """The mean cosine of the 8-bit version's embeddings of two samples with those in float32."""


def export_onnx(name: str, out: Path) -> Exported:
    """Copy a model to the folder ``out``, with its ONNX file in float32 and in 8 bits.

    Raises:
        EncoderUnavailable: the libraries or the model cannot be had, or the graph that came out
            gives other embeddings.
    """
    model = _load(name)
    model.save(str(out))
    graphs = out / "onnx"
    graphs.mkdir(exist_ok=True)
    _write_graph(model, graphs / "model.onnx")
    _write_int8(graphs / "model.onnx", graphs / "model_int8.onnx")
    expected = SentenceTransformerEncoder(str(out)).encode_documents(_SAMPLE)
    plain = OnnxEncoder(str(out)).encode_documents(_SAMPLE)
    short = OnnxEncoder(str(out), int8=True).encode_documents(_SAMPLE)
    if not np.allclose(plain, expected, atol=_NEAR):
        off = float(np.abs(plain - expected).max())
        raise EncoderUnavailable(
            f"the ONNX file of {name!r} gives other embeddings, off by {off:.3f}"
        )
    return Exported(
        folder=out,
        megabytes=(graphs / "model.onnx").stat().st_size / 1e6,
        megabytes_int8=(graphs / "model_int8.onnx").stat().st_size / 1e6,
        likeness_int8=float((short * expected).sum(axis=1).mean()),
    )


def _load(name: str) -> SentenceTransformer:
    try:
        import onnxscript  # noqa: F401 - torch asks for it late
        from onnxruntime import quantization  # noqa: F401
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderUnavailable(
            "writing an ONNX file needs more libraries", "pip install 'newsclip[export]'"
        ) from error
    try:
        # Written out, attention becomes plain products; the fused kernels do not all translate.
        return SentenceTransformer(
            name, device="cpu", model_kwargs={"attn_implementation": "eager"}
        )
    except Exception as error:  # the library and the hub raise many kinds
        raise EncoderUnavailable(
            f"cannot load the model {name!r}: {error}",
            "give the name of a sentence-transformers model, or the folder of one on this machine",
        ) from error


def _write_graph(model: SentenceTransformer, file: Path) -> None:
    import torch

    transformer = model[0].auto_model.eval()
    sample = model[0].tokenizer(_SAMPLE, padding=True, truncation=True, return_tensors="pt")
    names = list(sample)

    class Pieces(torch.nn.Module):  # type: ignore[misc]  # torch is Any to mypy here
        """The last layer, of inputs by position."""

        def forward(self, *inputs: Any) -> Any:
            return transformer(**dict(zip(names, inputs, strict=True))).last_hidden_state

    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("pieces")}
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")  # of the exporter's own deprecated calls
        torch.onnx.export(
            Pieces(),
            tuple(sample[name] for name in names),
            dynamo=True,
            verbose=False,
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_shapes=((axes,) * len(names),),
        ).save(str(file))


def _write_int8(graph: Path, file: Path) -> None:
    """Weights of 7 bits and a factor for each channel; activations are scaled text by text.

    With the eighth bit, processors without VNNI overflow; it would add .001 to the likeness.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet():
        quantize_dynamic(
            graph, file, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Holds back what the exporters log about themselves."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
