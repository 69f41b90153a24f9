"""The archive at one moment, as the recommender asks it."""

from newsclip.index.view.articles import ArticleView
from newsclip.index.view.meaning import MeaningView
from newsclip.index.view.scored import Scored, TermCounts, in_time
from newsclip.index.view.tags import TagView
from newsclip.index.view.words import WordView

__all__ = ["Scored", "TermCounts", "View", "in_time"]


class View(ArticleView, TagView, MeaningView, WordView):
    """The archive at one moment. Valid only inside the ``with`` block that gave it.

    A *key* is the number of one version of an article; it is meaningless outside the view, as is
    the number of a term.
    """
