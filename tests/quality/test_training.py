"""A real training, made small: a few hundred pieces and articles, the real teacher."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from newsclip import training
from newsclip.api.cli import main
from newsclip.errors import EncoderUnavailable
from newsclip.index.encoder import load_encoder
from newsclip.training import Recipe, train_model
from newsclip.training.vocabulary import learned_pieces

pytestmark = [
    pytest.mark.transformer,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # the training libraries deprecate much
]

SUBJECTS = {
    "harbour": "tram ferry port bridge dock crane quay ship cargo boat pier sailor",
    "school": "teacher pupil class exam lesson desk book reading maths grade term chalk",
    "match": "goal striker league cup referee stadium penalty coach draw win pitch fans",
    "court": "judge jury trial lawyer verdict appeal witness law crime fine plea bail",
}
SMALL = Recipe(
    dimension=64, pieces=600, rounds=24, batch=64, taught=400, held_out=60, teacher_weight=1.0
)


def made_up_articles(count: int) -> list[tuple[str, str]]:
    """Each has two words of its own, which tell it from the others on its subject."""
    rng = np.random.default_rng(3)
    everything = " ".join(SUBJECTS.values()).split()
    articles = []
    for number in range(count):
        subject = list(SUBJECTS)[number % len(SUBJECTS)]
        own = rng.choice(everything, 3)
        words = rng.choice([*SUBJECTS[subject].split(), subject, *own, *own], 90)
        articles.append((f"The {subject} and {' '.join(own)} {number}", " ".join(words)))
    return articles


@pytest.fixture
def teacher(minilm: str) -> str:
    for library in ("datasets", "accelerate"):
        pytest.importorskip(library)
    return minilm


def test_training_helps_and_the_folder_loads_everywhere(tmp_path: Path, teacher: str) -> None:
    outcome = train_model(made_up_articles(460), tmp_path / "house-model", teacher, SMALL)
    assert outcome.articles == 400
    assert outcome.reached > outcome.started_at + 0.03
    assert outcome.megabytes < 1
    assert f"{outcome.pieces:,} pieces x 64" in str(outcome)

    from sentence_transformers import SentenceTransformer

    texts = ["The judge fined the harbour.", "A pupil wins the cup", "école"]
    expected = SentenceTransformer(str(outcome.folder)).encode(texts)
    got = load_encoder(str(outcome.folder)).encode_documents(texts)
    np.testing.assert_allclose(got, expected, atol=1e-5)
    card = (outcome.folder / "README.md").read_text("utf-8")
    assert "# house-model" in card
    assert teacher not in card


def test_the_command_trains_and_an_archive_changes_to_its_model(
    tmp_path: Path, teacher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "Recipe", partial(replace, SMALL, taught=200))
    # Learned pieces differ from run to run; the command keeps the teacher's, which are many.
    pieces = learned_pieces((f"{title} {body}" for title, body in made_up_articles(260)), 600)
    monkeypatch.setattr("newsclip.training.vocabulary.learned_pieces", lambda *_: pieces)
    file, model, data = tmp_path / "a.jsonl", tmp_path / "house-model", tmp_path / "data"
    rows = [
        {"id": str(number), "title": title, "body": body}
        for number, (title, body) in enumerate(made_up_articles(260))
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")

    def run(*arguments: str | Path) -> dict[str, Any]:
        done = CliRunner().invoke(main, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    outcome = run("train-model", "--articles", file, "--teacher", teacher, "--out", model)
    assert (outcome["articles"], outcome["dimension"]) == (200, 64)
    assert outcome["reached"] > 0
    again = run("train-model", "--articles", file, "--teacher", teacher, "--out", f"{model}-2")
    assert again["reached"] == outcome["reached"]
    for name in ("model.safetensors", "tokenizer.json"):
        assert (model / name).read_bytes() == Path(f"{model}-2", name).read_bytes()

    run("import", file, "--data", data)
    change = run("reembed", "--data", data, "--encoder", model)
    assert change["encoder"].startswith("house-model@")
    assert change["embedded"] == 260
    assert run("info", "--data", data)["dimension"] == 64


def test_too_few_articles(tmp_path: Path, teacher: str) -> None:
    with pytest.raises(ValueError, match="needs 200 articles with a title and a body, got 50"):
        train_model(made_up_articles(50), tmp_path / "m", teacher, SMALL)


def test_a_teacher_that_cannot_be_had(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    with pytest.raises(EncoderUnavailable, match="cannot load the teacher"):
        train_model(made_up_articles(300), tmp_path / "m", str(tmp_path / "none"), SMALL)
