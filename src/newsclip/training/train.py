"""Train a static embedding model on a publisher's own articles (extra: train)."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclip.errors import EncoderUnavailable
from newsclip.index.static_encoder import StaticEncoder
from newsclip.training.card import model_card
from newsclip.training.packing import pack, turned
from newsclip.training.pairs import TrainingArticle, sample_pairs, usable
from newsclip.training.recipe import Outcome, Recipe

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

TEACHER = "sentence-transformers/all-MiniLM-L6-v2"
_FEWEST = 200
_TEACHER_PIECES = 96  # a title or a lead of 60 words


def train_model(
    articles: Iterable[tuple[str, str]],
    out: Path,
    teacher: str = TEACHER,
    recipe: Recipe | None = None,
) -> Outcome:
    """Train a static model on (title, body) pairs and write it to the folder ``out``.

    The teacher's word pieces are embedded alone and cut to their principal axes; then pairs of
    texts from one article are drawn together while the teacher's similarities are kept.
    Progress goes to standard error. The same articles, recipe and libraries give the same model,
    unless the recipe has word pieces learned.

    Raises:
        EncoderUnavailable: the training libraries or the teacher cannot be had.
        ValueError: there are too few articles, or the teacher has no word pieces to keep.
    """
    recipe, start = recipe or Recipe(), time.perf_counter()
    learner, judge = _split(usable(articles), recipe)
    master = _load_teacher(teacher)
    tokenizer, table = _starting_point(master, learner, recipe)
    with tempfile.TemporaryDirectory() as scratch:
        before = _title_to_body(_packed(Path(scratch) / "m", tokenizer, table), judge)
    steps = max(1, round(recipe.rounds * len(learner) / recipe.batch))
    trained = _fit(tokenizer, table, master, learner, recipe, steps)
    trained = turned(trained, tokenizer, _sample_texts(learner))
    encoder = _packed(
        out, tokenizer, trained, model_card(out, recipe, teacher, len(learner), steps)
    )
    return Outcome(
        folder=out,
        articles=len(learner),
        pieces=len(trained),
        dimension=recipe.dimension,
        megabytes=sum(file.stat().st_size for file in out.iterdir() if file.is_file()) / 1e6,
        seconds=time.perf_counter() - start,
        steps=steps,
        started_at=before,
        reached=_title_to_body(encoder, judge),
    )


def _split(
    articles: list[TrainingArticle], recipe: Recipe
) -> tuple[list[TrainingArticle], list[TrainingArticle]]:
    """Return those to learn from and those to judge by."""
    if len(articles) < _FEWEST:
        raise ValueError(
            f"training needs {_FEWEST} articles with a title and a body, got {len(articles)}"
        )
    order = np.random.default_rng(recipe.seed).permutation(len(articles))
    judged = min(recipe.held_out, len(articles) // 5)
    chosen = [articles[i] for i in order[: judged + recipe.taught]]
    return chosen[judged:], chosen[:judged]


def _load_teacher(name: str) -> SentenceTransformer:
    try:
        from datasets import IterableDataset  # noqa: F401 - better missed now than after an hour
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderUnavailable(
            "training needs more libraries", "pip install 'newsclip[train]'"
        ) from error
    try:
        teacher = SentenceTransformer(name, device="cpu")
    except Exception as error:  # the library and the hub raise many kinds
        raise EncoderUnavailable(
            f"cannot load the teacher {name!r}: {error}",
            "give --teacher the folder of a sentence-transformers model that is on this machine",
        ) from error
    # 51 instead of 28 passages a second on a processor that has it.
    teacher.bfloat16()
    return teacher


def _starting_point(
    teacher: SentenceTransformer, articles: Sequence[TrainingArticle], recipe: Recipe
) -> tuple[Tokenizer, NDArray[np.float32]]:
    from newsclip.training.vocabulary import learned_pieces, starting_table, teacher_pieces

    if recipe.pieces is None:
        tokenizer = teacher_pieces(teacher)
    else:
        tokenizer = learned_pieces((f"{a.title} {a.body}" for a in articles), recipe.pieces)
    texts = _sample_texts(articles)
    return tokenizer, starting_table(tokenizer, teacher, texts, recipe.dimension, recipe.seed)


def _sample_texts(articles: Sequence[TrainingArticle]) -> list[str]:
    return [article.body for article in articles[:20_000]]


def _fit(
    tokenizer: Tokenizer,
    table: NDArray[np.float32],
    teacher: SentenceTransformer,
    articles: Sequence[TrainingArticle],
    recipe: Recipe,
    steps: int,
) -> NDArray[np.float32]:
    """Train the table; return it, (pieces, dimension) float32."""
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer

    from newsclip.training.losses import PairsAndTeacher
    from newsclip.training.student import QuickStaticEmbedding

    titles, leads = _teacher_view(teacher, articles, recipe)
    embedding = QuickStaticEmbedding(tokenizer, table)
    student = SentenceTransformer(modules=[embedding], device="cpu")
    loss = PairsAndTeacher(student, titles, leads, recipe.scale, recipe.teacher_weight)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = SentenceTransformerTrainer(
            model=student,
            args=_arguments(scratch, recipe, steps),
            train_dataset=_dataset(articles, recipe),
            loss=loss,
        )
        with redirect_stdout(sys.stderr):  # the trainer prints its losses
            trainer.train()
    trained: NDArray[np.float32] = embedding.embedding.weight.detach().cpu().numpy()
    return trained


def _teacher_view(
    teacher: SentenceTransformer, articles: Sequence[TrainingArticle], recipe: Recipe
) -> tuple[Any, Any]:
    """Return the teacher's unit rows of the titles and of the leads, two float32 tensors."""
    import torch

    if not recipe.teacher_weight:
        return torch.zeros(len(articles), 1), torch.zeros(len(articles), 1)
    teacher.max_seq_length = min(teacher.max_seq_length or _TEACHER_PIECES, _TEACHER_PIECES)
    views = []
    for texts in ([a.title for a in articles], [a.lead for a in articles]):
        rows = teacher.encode(
            texts,
            batch_size=64,
            normalize_embeddings=True,
            convert_to_tensor=True,
            show_progress_bar=True,
        )
        views.append(rows.float().cpu())
    return views[0], views[1]


def _arguments(scratch: str, recipe: Recipe, steps: int) -> Any:
    from sentence_transformers import SentenceTransformerTrainingArguments

    return SentenceTransformerTrainingArguments(
        output_dir=scratch,
        max_steps=steps,
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=max(1, steps // 20),
        weight_decay=0.0,
        adam_beta2=0.99,
        max_grad_norm=0.0,
        seed=recipe.seed,
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        logging_steps=50,
        dataloader_drop_last=True,
        # Else batches of an iterable data set are cut by their first axis, which bags of pieces
        # of differing length do not share.
        accelerator_config={"dispatch_batches": False},
    )


def _dataset(articles: Sequence[TrainingArticle], recipe: Recipe) -> Any:
    from datasets import Features, IterableDataset, Value

    columns = ("anchor", "positive", "title", "lead")
    features = Features({**{name: Value("string") for name in columns}, "label": Value("int64")})

    def rows() -> Iterator[dict[str, Any]]:
        rng = np.random.default_rng(recipe.seed)
        for pair in sample_pairs(articles, recipe.passage_share, rng):
            about = articles[pair.article]
            texts = (pair.anchor, pair.positive, about.title, about.lead)
            yield {**dict(zip(columns, texts, strict=True)), "label": pair.article}

    return IterableDataset.from_generator(rows, features=features)


def _packed(
    folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32], card: str = ""
) -> StaticEncoder:
    pack(folder, tokenizer, table, card)
    return StaticEncoder(folder)


def _title_to_body(encoder: StaticEncoder, articles: Sequence[TrainingArticle]) -> float:
    """Mean reciprocal rank of each title's own body among all of them."""
    titles = encoder.encode_queries([article.title for article in articles])
    bodies = encoder.encode_documents([article.body for article in articles])
    scores = titles @ bodies.T
    ranks = 1 + (scores > np.diag(scores)[:, None]).sum(axis=1)
    return float(np.mean(1 / ranks))
