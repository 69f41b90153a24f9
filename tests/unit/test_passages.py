"""The two sentences that match best."""

from datetime import UTC, datetime

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
