"""Which tags there are, who carries them, and what the house says of them."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

import numpy as np

from newsclip.index.filters import fold
from newsclip.index.house_tags import HouseTags
from newsclip.index.tag_feedback import Feedback
from newsclip.index.tag_names import Style
from newsclip.index.taggers import StoredTagger
from newsclip.index.verdicts import Verdicts
from newsclip.index.view.rows import RowView
from newsclip.index.view.scored import Keys


class TagView(RowView):
    """Questions about tags."""

    def tags_of(self, key: int) -> tuple[str, ...]:
        """An article's tags, without a look into the store."""
        segment, row = self._place(key)
        return segment.catalog.tags_of(row)

    def tags(self, keys: Keys) -> list[tuple[str, ...]]:
        """The tags of the article of each key: for many a tenth of the time of :meth:`tags_of`."""
        tags: list[tuple[str, ...]] = [()] * len(keys)
        for segment, places, rows in self._rows(keys):
            found = segment.catalog.tags_of_rows(rows)
            for place, names in zip(places.tolist(), found, strict=True):
                tags[place] = names
        return tags

    def tagged(self, folded_tag: str) -> Keys:
        """Keys of the articles, visible or not, that carry a tag, ascending."""
        segments = self._layers.segments
        rows = [(segment, segment.catalog.tagged(folded_tag)) for segment in segments]
        keys = [segment.columns["key"][found].astype(np.int64) for segment, found in rows]
        return np.sort(np.concatenate(keys))

    def carriers(self, folded_tag: str) -> int:
        """How many articles, visible or not, carry a tag."""
        return sum(s.catalog.count("tag", folded_tag) for s in self._layers.segments)

    def shown_tags(self, folded_tags: AbstractSet[str]) -> set[str]:
        """Those of the tags that a visible article carries."""
        shown: set[str] = set()
        for segment in self._layers.segments:
            shown |= segment.catalog.carried(folded_tags - shown, self.now)
        return shown

    def tags_named_in(self, terms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Each tag of which a name or alias stands in a text's terms, with the run's start and end.

        In the order of the text: the tags in use that a visible article carries, and those that
        the house vocabulary lists.
        """
        house = self.house()
        named = list(self._layers.vocabulary.named_in(terms))
        shown = self.shown_tags({fold(tag) for tag, _, _ in named})
        runs = [
            (current, start, end)
            for tag, start, end in named
            if fold(tag) in shown and (current := house.current(tag)) is not None
        ]
        if listed := self._store.vocabulary.names(house, self._analyzer.terms):
            runs = sorted(
                {*runs, *listed.named_in(terms)}, key=lambda run: (run[1], run[2], run[0])
            )
        return iter(runs)

    def house(self) -> HouseTags:
        """The house vocabulary."""
        return self._house

    @cached_property
    def _house(self) -> HouseTags:
        return self._store.vocabulary.house()

    def tags_in_use(self) -> Mapping[str, int]:
        """Every tag of the archive, with the number of articles, visible or not."""
        return self._layers.vocabulary.counts()

    def tags_spelled_like(self, name: str) -> list[str]:
        """The archive's tags that differ from a name in spelling alone, the most used first.

        Those of articles that readers must not see are among them.
        """
        return self._layers.vocabulary.spelled_like(name)

    def tag_style(self) -> Style:
        """How most of the archive's tags are written."""
        return self._layers.vocabulary.style()

    def tagger_version(self) -> tuple[str, str, int] | None:
        """What changes with each tagger that is learned with the present encoder."""
        version = self._store.taggers.version(self.encoder_identity)
        return None if version is None else (self.encoder_identity, *version)

    def stored_tagger(self) -> StoredTagger | None:
        """The tagger that was learned last on this archive with its present encoder."""
        return self._store.taggers.of(self.encoder_identity)

    def standing_feedback(self) -> list[Feedback]:
        """All that editors made of suggested tags and that is not undone, the oldest first."""
        return self._store.tag_feedback.standing()

    def verdicts(self) -> Verdicts:
        """What editors said of suggested tags, as it stands."""
        number = self._layers.encoder.number
        return self._store.judged_drafts.of(number, self._encoder, self._house)
