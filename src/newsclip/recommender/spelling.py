"""Words that no visible article has, taken for the ones that they were probably meant to be."""

import re
from collections.abc import Mapping

from newsclip.index.view import View

_MOST = 4  # words of a query that are exchanged
_CHARACTERS = 500  # of a query; a longer one is a text, whose words need not be known


def corrections(view: View, text: str) -> dict[str, str]:
    """For each word that no visible article has, as typed in a text, the word probably meant.

    Left out are words for which nothing is near enough.
    """
    text = text[:_CHARACTERS]
    typed = {word.term: text[word.start : word.end] for word in view.query_words(text)}
    known = view.shown(typed)
    unknown = list(dict.fromkeys(word for term, word in typed.items() if term not in known))
    found = ((word, view.typed.meant(word)) for word in unknown[:_MOST])
    return {word: meant for word, meant in found if meant is not None}


def corrected(text: str, meant: Mapping[str, str]) -> str:
    """A text with words exchanged."""
    if not meant:
        return text
    words = "|".join(re.escape(word) for word in meant)
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda found: meant[found.group()], text)
