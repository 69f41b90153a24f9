"""What training makes smaller: pairs told apart from each other, and the teacher's view of both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class PairsAndTeacher(nn.Module):  # type: ignore[misc]  # torch is Any to mypy here
    """Contrastive loss over a batch of pairs, plus distillation of the teacher's similarities.

    Contrast: each anchor must find its positive among the batch's positives, and the other way
    round (InfoNCE, van den Oord et al. 2018, https://arxiv.org/abs/1807.03748).

    Distillation: over the batch, the student's similarities of titles to leads, and of leads to
    other leads, follow the teacher's as distributions (KL divergence). Two reports of one event
    are wrong answers to the first loss and near ones to the second, which keeps related articles
    together.
    """

    def __init__(
        self,
        model: SentenceTransformer,
        titles: Tensor,
        leads: Tensor,
        scale: float,
        weight: float,
    ) -> None:
        """Take the teacher's unit rows of each article's title and lead, both (articles, width)."""
        super().__init__()
        self.model = model
        self.titles = titles
        self.leads = leads
        self.scale = scale
        self.weight = weight

    def forward(self, features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Return the loss of the anchor, positive, title and lead columns; labels: articles."""
        anchor, positive, title, lead = (self._embed(column) for column in features)
        loss = _contrast(anchor @ positive.T * self.scale)
        if not self.weight:
            return loss
        titles, leads = self.titles[labels] * self.scale, self.leads[labels]
        found = _divergence(title @ lead.T * self.scale, titles @ leads.T)
        ours, theirs = (rows @ rows.T * self.scale for rows in (lead, leads))
        related = _divergence(_without_self(ours), _without_self(theirs))
        return loss + self.weight * (found + related)

    def get_config_dict(self) -> dict[str, Any]:
        """Return what a model card should tell of this loss."""
        return {"scale": self.scale, "weight": self.weight}

    def _embed(self, features: dict[str, Tensor]) -> Tensor:
        return functional.normalize(self.model(features)["sentence_embedding"], dim=1)


def _contrast(scores: Tensor) -> Tensor:
    own = torch.arange(len(scores))
    forward = functional.cross_entropy(scores, own)
    return (forward + functional.cross_entropy(scores.T, own)) / 2


def _without_self(scores: Tensor) -> Tensor:
    """Leave out the diagonal, which is 1 for any model: (n, n) -> (n, n - 1)."""
    others = ~torch.eye(len(scores), dtype=torch.bool)
    return scores[others].view(len(scores), len(scores) - 1)


def _divergence(scores: Tensor, wanted: Tensor) -> Tensor:
    """Mean of the two directions' KL(student || teacher) over a batch's score matrices."""
    parts = []
    for ours, theirs in ((scores, wanted), (scores.T, wanted.T)):
        parts.append(
            functional.kl_div(
                functional.log_softmax(ours, 1),
                functional.log_softmax(theirs, 1),
                log_target=True,
                reduction="batchmean",
            )
        )
    return (parts[0] + parts[1]) / 2
