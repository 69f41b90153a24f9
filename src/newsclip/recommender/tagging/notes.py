"""What an editor should know of a draft before trusting the tags that are suggested for it."""

from dataclasses import dataclass, replace
from typing import Literal

from newsclip.index.view import View
from newsclip.recommender.draft import Draft, language_of
from newsclip.recommender.tagging.choice import TagChoice, branch_of, group_of

NoteCode = Literal[
    "cut", "headline-only", "unfamiliar", "no-tags", "branch-unknown", "group-unknown"
]

READ = 100_000
"""Characters of a draft's body that are read: what it is about stands in its beginning."""

UNFAMILIAR = 0.6
"""The share of its words that the archive knows of nearly each text in its language."""

_SAMPLE = 10_000  # characters that tell the language
_FEWEST_WORDS = 20  # different ones; of a headline's the archive may well know none


@dataclass(frozen=True)
class Note:
    """A code to switch on, and a sentence to show."""

    code: NoteCode
    text: str


def cut(draft: Draft) -> Draft:
    """The draft as far as it is read."""
    return replace(draft, body=draft.body[:READ]) if len(draft.body) > READ else draft


def notes_on(view: View, draft: Draft, choice: TagChoice) -> list[Note]:
    """What is odd about a draft, as handed in, and about what is asked."""
    house, branch, group = view.house(), choice.branch, choice.group
    found = [
        (len(draft.body) > READ, _CUT),
        (not (draft.body.strip() or draft.summary.strip()), _HEADLINE),
        (_familiar(view, draft) < UNFAMILIAR, _UNFAMILIAR),
        (not view.tags_in_use() and not len(house), _NO_TAGS),
        (branch is not None and not branch_of(house, branch), _NO_BRANCH),
        (group is not None and not group_of(house, group), _NO_GROUP),
    ]
    return [note for is_so, note in found if is_so]


def _familiar(view: View, draft: Draft) -> float:
    """The share of the draft's different words that the archive knows; 1 if there are too few."""
    language = language_of(view, draft)
    terms = dict.fromkeys(view.words(draft.text[:_SAMPLE], language).terms, 1.0)
    return len(view.query(terms).terms) / len(terms) if len(terms) >= _FEWEST_WORDS else 1.0


_CUT = Note("cut", f"Only the first {READ:,} characters of the text were read.")
_HEADLINE = Note("headline-only", "There is only a headline to go by, so the scores are unsure.")
_UNFAMILIAR = Note(
    "unfamiliar",
    "The archive knows few of the words: it may be in another language, or on something new.",
)
_NO_BRANCH = Note("branch-unknown", "The vocabulary has no such tag, so none lies beneath it.")
_NO_GROUP = Note("group-unknown", "The vocabulary has no such group, so no tag belongs to it.")
_NO_TAGS = Note("no-tags", "No article of the archive has a tag yet.")
