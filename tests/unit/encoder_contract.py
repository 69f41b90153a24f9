"""What every encoder must do; each encoder's test module inherits this class."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from newsclip.index.encoder import Encoder

TEXTS = [
    "After Trump's Threat, Colombia's Petro Finds Diplomatic Ground",
    "The council approved a new tram line to the harbour on Tuesday.",
    "",
    " \t\n ",
    "?!... -- ()",
    "🙂👩‍👩‍👧‍👦🏳️‍🌈",
    "a lone \ud83d surrogate and another \udc00",
    "\udfff",
    "السلام عليكم ورحمة الله",
    "שלום עולם",
    "新しいニュース記事です。",
    "null \x00 bell \x07 escape \x1b[31m next line \x85 zero width \u200b",
    "word " * 2_000,
    "x" * 20_000,
]


class EncoderContract:
    """Give fixtures ``encoder`` and ``name``, what loads it elsewhere, of module scope."""

    def test_shape_type_and_length(self, encoder: Encoder) -> None:
        for encode in (encoder.encode_documents, encoder.encode_queries):
            embeddings = encode(TEXTS)
            assert embeddings.shape == (len(TEXTS), encoder.dimension)
            assert embeddings.dtype == np.float32
            assert np.linalg.norm(embeddings, axis=1) == pytest.approx(1.0, abs=1e-4)

    def test_no_texts_is_an_empty_matrix(self, encoder: Encoder) -> None:
        for encode in (encoder.encode_documents, encoder.encode_queries):
            assert encode([]).shape == (0, encoder.dimension)
            assert encode([]).dtype == np.float32

    def test_wordless_texts_share_one_embedding(self, encoder: Encoder) -> None:
        blank = encoder.encode_documents(["", " ", "\n\n"])
        np.testing.assert_array_equal(blank, np.repeat(blank[:1], 3, axis=0))
        np.testing.assert_array_equal(blank, encoder.encode_queries(["", " ", "\n\n"]))

    def test_batch_and_order_do_not_matter(self, encoder: Encoder) -> None:
        whole = encoder.encode_documents(TEXTS)
        single = np.vstack([encoder.encode_documents([text]) for text in TEXTS])
        backwards = encoder.encode_documents(TEXTS[::-1])[::-1]
        np.testing.assert_allclose(whole, single, atol=1e-5)
        np.testing.assert_allclose(whole, backwards, atol=1e-5)

    def test_ten_megabytes(self, encoder: Encoder) -> None:
        head, tail = "The central bank left interest rates unchanged. ", "The club won the cup. "
        text = head * 110_000 + tail * 220_000
        assert len(text) > 10_000_000
        both, short = encoder.encode_documents([text, head * 3])
        assert np.linalg.norm(both) == pytest.approx(1.0, abs=1e-4)
        assert both @ short > 0.3
        query = encoder.encode_queries([text])[0]
        assert np.linalg.norm(query) == pytest.approx(1.0, abs=1e-4)

    def test_another_process_agrees(self, encoder: Encoder, name: str) -> None:
        program = (
            "import sys; from newsclip.index.encoder import load_encoder;"
            "e = load_encoder(sys.argv[1]); texts = sys.argv[2:];"
            "rows = [e.encode_documents(texts), e.encode_queries(texts)];"
            "print(e.id, *(row.astype('<f4').tobytes().hex() for row in rows))"
        )
        texts = [TEXTS[0], TEXTS[8], TEXTS[12]]
        command = [sys.executable, "-X", "utf8", "-W", "ignore", "-c", program, name, *texts]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        # Behind the id, which may hold blanks, whatever the libraries printed before.
        said, documents, queries = done.stdout.splitlines()[-1].rsplit(" ", 2)
        assert said == encoder.id
        for told, encode in (
            (documents, encoder.encode_documents),
            (queries, encoder.encode_queries),
        ):
            rows = np.frombuffer(bytes.fromhex(told), "<f4").reshape(3, encoder.dimension)
            np.testing.assert_allclose(rows, encode(texts), atol=1e-5)

    def test_threads_agree(self, encoder: Encoder) -> None:
        expected = encoder.encode_documents(TEXTS[:6])
        with ThreadPoolExecutor(4) as pool:
            for embeddings in pool.map(lambda _: encoder.encode_documents(TEXTS[:6]), range(8)):
                np.testing.assert_allclose(embeddings, expected, atol=1e-5)

    def test_a_text_is_nearest_to_its_own_subject(self, encoder: Encoder) -> None:
        query = encoder.encode_queries(["election results in parliament"])
        near, far = encoder.encode_documents(
            [
                "Voters went to the polls and the governing party lost its majority of seats.",
                "Bake the cake for forty minutes and let it cool before adding the icing.",
            ]
        )
        assert query[0] @ near > query[0] @ far + 0.1

    def test_the_end_of_a_long_text_counts(self, encoder: Encoder) -> None:
        head = "The central bank left interest rates unchanged. " * 300
        tail = "The striker scored a late goal and the football club won the cup. " * 300
        query = encoder.encode_queries(["football cup final goal"])[0]
        both, head_only = encoder.encode_documents([head + tail, head])
        assert query @ both > query @ head_only + 0.05

    def test_id_and_dimension(self, encoder: Encoder) -> None:
        assert encoder.id == encoder.id.strip() != ""
        assert encoder.dimension > 0
