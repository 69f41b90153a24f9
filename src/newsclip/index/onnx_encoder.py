"""A sentence-transformers model by its ONNX file, without torch (extra: onnx).

Most models of the Hugging Face hub carry ``onnx/model.onnx`` beside their weights, and many an
8-bit version; ``newsclip export-onnx`` writes both for any other. Texts are read one at a time: on
a processor that is as fast as in batches, since nothing is padded, and an 8-bit model scales its
activations by all that it reads at once, so that neighbours would change an embedding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.long_texts import POOLING, PassageEncoder, cut, passage_length, readable
from newsclip.index.model_files import content_hash, model_id
from newsclip.index.onnx_layout import read_layout

_POOLED = "sentence_embedding"  # the output of a graph that pools by itself


class OnnxEncoder(PassageEncoder):
    """Embeds texts with the ONNX file of a sentence-transformers model."""

    def __init__(self, name: str, *, int8: bool = False) -> None:
        """Load the model of that name or folder; ``int8`` takes its 8-bit version.

        Raises:
            EncoderUnavailable: onnxruntime is not installed, the model has no such file, or its
                layout is none that is known here.
        """
        runtime = _runtime(name)
        layout = read_layout(name, int8)
        try:
            self._session = runtime.InferenceSession(
                str(layout.graph), _options(runtime), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own kinds are private
            raise EncoderUnavailable(f"cannot load {layout.graph}: {error}") from error
        self._layout = layout
        bits = f" int8@{content_hash([layout.graph])}" if int8 else ""
        # In float32 the embeddings are those of torch, and so is the id.
        encoder_id = f"{model_id(name)}{bits} {POOLING}"
        self._inputs = {each.name for each in self._session.get_inputs()}
        outputs = [each.name for each in self._session.get_outputs()]
        self._output = _POOLED if _POOLED in outputs else outputs[0]
        self._cut_length = passage_length(layout.limit, any(layout.prompts))
        super().__init__(encoder_id, len(self._row("")))

    def passages(self, text: str) -> list[str]:
        """The parts of a text that the model reads one by one."""
        return cut(readable(text), self._cut_length, self._layout.spans)

    def _document_rows(self, passages: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(self._layout.prompts.document, passages)

    def _query_rows(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._rows(self._layout.prompts.query, texts)

    def _rows(self, prompt: str, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [self._row(prompt + text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def _row(self, text: str) -> NDArray[np.float32]:
        """The unit row of one passage, (dimension,)."""
        read = self._layout.read(text)
        ids = np.array([read.ids], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([read.type_ids], dtype=np.int64),
            "position_ids": np.arange(ids.shape[1], dtype=np.int64)[None],
        }
        [output] = self._session.run([self._output], {name: given[name] for name in self._inputs})
        row = output[0] if self._output == _POOLED else self._layout.pool(output[0])
        unit: NDArray[np.float32] = row / max(float(np.linalg.norm(row)), 1e-12)
        return unit


def _runtime(name: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderUnavailable(
            f"the model {name!r} needs onnxruntime, which is not installed",
            "pip install 'newsclip[onnx]'",
        ) from error
    return onnxruntime


def _options(runtime: Any) -> Any:
    options = runtime.SessionOptions()
    # Threads that wait for the next text by turning in circles would take the other workers' time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors alone
    return options
