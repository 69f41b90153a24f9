"""Which encoder is meant, as a string that an archive keeps."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.index.encoder_choice import EncoderChoice

CHOICES = [
    ("builtin", EncoderChoice("builtin")),
    ("builtin?dimension=256", EncoderChoice("builtin", 256)),
    ("org/model?backend=int8", EncoderChoice("org/model", None, "int8")),
    ("/a b/c?dimension=64?backend=onnx", EncoderChoice("/a b/c", 64, "onnx")),
    ("odd?name", EncoderChoice("odd?name")),
    ("odd?backend=tpu", EncoderChoice("odd?backend=tpu")),
    ("two\nlines", EncoderChoice("two\nlines")),
    ("", EncoderChoice("")),
]


@pytest.mark.parametrize(("name", "choice"), CHOICES)
def test_a_name_and_its_choice(name: str, choice: EncoderChoice) -> None:
    assert EncoderChoice.parse(name) == choice
    assert str(choice) == name


@given(
    st.text(min_size=1),
    st.none() | st.integers(1, 9999),
    st.sampled_from([None, "torch", "onnx", "int8"]),
)
def test_no_choice_is_lost_on_the_way(model, dimension, backend) -> None:  # type: ignore[no-untyped-def]
    choice = EncoderChoice(model, dimension, backend)
    assert EncoderChoice.parse(str(choice)) == choice


def test_what_is_left_open_is_the_archives() -> None:
    present = "org/model?dimension=256?backend=onnx"
    assert str(EncoderChoice().over(present)) == present
    assert str(EncoderChoice(dimension=64).over(present)) == "org/model?dimension=64?backend=onnx"
    assert str(EncoderChoice(backend="int8").over("org/model")) == "org/model?backend=int8"
    assert str(EncoderChoice("builtin").over(present)) == "builtin"
    assert str(EncoderChoice().over(None)) == "builtin"
    assert str(EncoderChoice(dimension=64).over(None)) == "builtin?dimension=64"


def test_a_folder_is_kept_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("model", "builtin"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert str(EncoderChoice("model", 64).over(None)) == f"{tmp_path / 'model'}?dimension=64"
    assert str(EncoderChoice("builtin").over(None)) == "builtin"
    assert str(EncoderChoice("org/model").over(None)) == "org/model"
