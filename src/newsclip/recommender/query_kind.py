"""What a query looks like: a name, a question, or a phrase."""

import re
from typing import Literal

from newsclip.index.names import PARTICLES

QueryKind = Literal["name", "phrase", "question"]

_LONGEST_NAME = 4  # words; what is longer is a headline
_QUESTIONS = (
    "who what when where why how which whose does did can could should is are was were"
    " wer wann wo warum wie welche qui que quoi quand où pourquoi comment quel quelle"
    " quién qué cuándo dónde cómo cuál quem quando onde como qual chi cosa dove perché"
    " wat waar waarom"
)
_QUESTION_WORDS = frozenset(_QUESTIONS.split())
_PARTICLES = frozenset({"of", "the", "and", *PARTICLES.split("|")})
_WORD = re.compile(r"\w[\w.’'-]*")


def kind_of(query: str) -> QueryKind:
    """Which of them a query is, by its letters alone.

    A question begins with a question word or ends with its mark; a name is at most four words that
    all begin with a capital, particles aside. A single word in small letters is a phrase.
    """
    words = _WORD.findall(query)
    if query.rstrip().endswith(("?", "？", "؟")):
        return "question"
    if len(words) > 1 and words[0].lower() in _QUESTION_WORDS:
        return "question"
    telling = [word for word in words if word not in _PARTICLES]
    shouted = len(telling) > 1 and query.isupper()
    named = all(word[0].isupper() for word in telling) and not shouted
    return "name" if telling and named and len(telling) <= _LONGEST_NAME else "phrase"
