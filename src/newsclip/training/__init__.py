"""Making an encoder like the built-in one from a publisher's own articles (extra: train)."""

from newsclip.training.recipe import Outcome, Recipe
from newsclip.training.train import TEACHER, train_model

__all__ = ["TEACHER", "Outcome", "Recipe", "train_model"]
