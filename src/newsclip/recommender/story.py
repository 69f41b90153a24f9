"""Whether two articles tell the same running story."""

from collections.abc import Sequence
from datetime import timedelta

from newsclip.index.filters import fold
from newsclip.index.view import View

WINDOW = timedelta(weeks=4)
"""Two parts of a story lie no further apart."""

_RARE, _RARE_SHARE = 20, 0.05  # a tag of more articles, and of a larger share, names no story
# Parts of the sample newsroom's seven stories that share so much have .41 to .79, one pair .28 and
# .31; others that share a place or a person, such as a harbour's recipe, .00 to .34.
MEANING = 0.35
_WORDS = 4  # as many as a reason names


class RareTags:
    """Which tags are rare enough to name a story; each is counted once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[str, bool] = {}

    def any(self, tags: Sequence[str]) -> bool:
        """Whether one of the tags is carried by few articles, visible or not."""
        return any(self._is_rare(fold(tag)) for tag in tags)

    def _is_rare(self, tag: str) -> bool:
        if tag not in self._known:
            most = max(_RARE, _RARE_SHARE * len(self._view))
            self._known[tag] = self._view.carriers(tag) <= most
        return self._known[tag]


def same_story(
    linked: bool, meaning: float, rare_tag: bool, names: Sequence[str], words: Sequence[str]
) -> bool:
    """Whether what two articles of the same weeks share makes them one story.

    A link from one to the other does. Else they have to be about the same, and it takes two of
    three: a rare tag, a name (one of several words, or two), and four of the source's twelve most
    telling words. ``meaning`` is the cosine above a random article's, at most 1.
    """
    named = len(names) > 1 or any(" " in name for name in names)
    shared = rare_tag + named + (len(words) >= _WORDS)
    return linked or (meaning >= MEANING and shared > 1)
