"""The word pieces of a static model, and the table that training starts from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from newsclip.index.pieces import PieceReader

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

UNKNOWN = "[UNK]"
_CONTINUES = "##"
_SMOOTHING = 1e-4
_RANDOM_SHARE = 0.02  # typical size of an added axis, against 1 for a row as a whole


def teacher_pieces(teacher: SentenceTransformer) -> Tokenizer:
    """The teacher's own WordPiece vocabulary, without its special and unused pieces.

    Raises:
        ValueError: the teacher cuts text in another way than BERT's uncased models.
    """
    layout = json.loads(teacher.tokenizer.backend_tokenizer.to_str())
    if (layout["model"]["type"], layout["normalizer"]["type"]) != ("WordPiece", "BertNormalizer"):
        raise ValueError("the teacher has no BERT word pieces: give a vocabulary size instead")
    special = {token["content"] for token in layout["added_tokens"]} - {UNKNOWN}
    kept = [
        piece
        for piece in layout["model"]["vocab"]
        if piece not in special and not piece.startswith("[unused")
    ]
    tokenizer = _bert_like(lowercase=layout["normalizer"]["lowercase"])
    tokenizer.model = models.WordPiece(
        {piece: row for row, piece in enumerate(kept)}, unk_token=UNKNOWN
    )
    return tokenizer


def learned_pieces(texts: Iterable[str], size: int) -> Tokenizer:
    """Learn ``size`` lower-case word pieces from the texts: names that are in the news get one."""
    tokenizer = _bert_like(lowercase=True)
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        special_tokens=[UNKNOWN],
        limit_alphabet=400,
        min_frequency=4,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _bert_like(*, lowercase: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def starting_table(
    tokenizer: Tokenizer,
    teacher: SentenceTransformer,
    texts: Sequence[str],
    dimension: int,
    seed: int,
) -> NDArray[np.float32]:
    """Return the (pieces, dimension) float32 table that training starts from.

    Each piece is given to the teacher alone, as in model2vec
    (https://github.com/MinishLab/model2vec); then three steps that need the texts or follow from
    them: the mean over the pieces as they occur is taken away, the principal axes are kept, and
    each row is weighted by a / (a + p) for a piece of probability p (smooth inverse frequency,
    Arora et al. 2017, https://openreview.net/forum?id=SyK00v5xx). Axes beyond the teacher's own
    start as small noise, which lets training tell apart words that the teacher puts together.
    """
    rng = np.random.default_rng(seed)
    probability = _probabilities(tokenizer, texts)
    rows = _read_alone(tokenizer, teacher)
    rows -= probability @ rows
    _, _, axes = np.linalg.svd(rows[rng.permutation(len(rows))[:20_000]], full_matrices=False)
    rows = rows @ axes[:dimension].T
    rows /= np.linalg.norm(rows, axis=1).mean()
    missing = dimension - rows.shape[1]
    if missing > 0:
        rows = np.hstack([rows, rng.normal(size=(len(rows), missing)) * _RANDOM_SHARE])
    rows *= (_SMOOTHING / (_SMOOTHING + probability))[:, None]
    rows[tokenizer.token_to_id(UNKNOWN)] = 0.0
    table: NDArray[np.float32] = rows.astype(np.float32)
    return table


def _probabilities(tokenizer: Tokenizer, texts: Sequence[str]) -> NDArray[np.float64]:
    counts = np.ones(tokenizer.get_vocab_size())
    reader = PieceReader(tokenizer)
    for text in texts:
        np.add.at(counts, reader.read([text])[0], 1.0)
    probabilities: NDArray[np.float64] = counts / counts.sum()
    return probabilities


def _read_alone(tokenizer: Tokenizer, teacher: SentenceTransformer) -> NDArray[np.float64]:
    """What the teacher makes of each piece alone: the mean of its last layer, (pieces, width)."""
    by_row = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    states = teacher.encode(
        [piece.removeprefix(_CONTINUES) for piece, _ in by_row],
        output_value="token_embeddings",
        batch_size=256,
        show_progress_bar=True,
    )
    return np.stack([state.float().cpu().numpy().mean(axis=0) for state in states]).astype(float)
