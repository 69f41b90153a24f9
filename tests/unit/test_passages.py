"""The two sentences that match best."""

from datetime import UTC, datetime

import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.recommender.passages import best_pair, sentences_of

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
ONE = "The weather was fine that day. The dockers of the harbour struck for a pension. Nobody came."
OTHER = "A pension for dockers is all that the harbour wants. The weather is never the same here."


def test_the_pair_that_shares_the_rarest_words(archive: Archive) -> None:
    archive.put([article(n, body="the weather day never same fine here") for n in range(20)])
    archive.put([article("one", body=ONE), article("other", body=OTHER)])
    with archive.reading(NOON) as view:
        pair = best_pair(sentences_of(view, ONE), sentences_of(view, OTHER))
        assert pair == (
            "The dockers of the harbour struck for a pension.",
            "A pension for dockers is all that the harbour wants.",
        )
        nothing = sentences_of(view, "Too short. Hm.")
        assert best_pair(nothing, sentences_of(view, OTHER)) is None
        strange = sentences_of(view, "Zebras yawn beside quiet volcanoes.")
        assert best_pair(strange, sentences_of(view, OTHER)) is None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "It cost 14.7 million pounds. Nobody paid for it then!!",
            ["It cost 14.7 million pounds.", "Nobody paid for it then!!"],
        ),
        (
            "The U.S. said no to Mr. Smith of J. P. Moore and St. Ives. He left the next day.",
            ["The U.S. said no to Mr. Smith of J. P. Moore and St. Ives.", "He left the next day."],
        ),
        (
            "“Why should I ever go?” asked the keeper. “It burns!”\nThe tower fell in May",
            [
                "“Why should I ever go?” asked the keeper.",
                "The tower fell in May",
            ],
        ),
        (
            "Élève a dit cela hier soir. Était-ce vrai, vraiment ?",
            ["Élève a dit cela hier soir.", "Était-ce vrai, vraiment ?"],
        ),
        ("Short. Too short.", []),
        ("", []),
        ("word " * 100, []),  # longer than any sentence that is worth showing
    ],
)
def test_where_sentences_end(archive: Archive, text: str, sentences: list[str]) -> None:
    with archive.reading(NOON) as view:
        assert sentences_of(view, text).texts == sentences
