"""Which texts of an article become pairs. Needs none of the training libraries."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from newsclip.training.pairs import LEAD_WORDS, TrainingArticle, sample_pairs, usable

BODY = [f"w{number}" for number in range(300)]
LONG = TrainingArticle("A long report on trams", " ".join(map(str, range(2000))))
ARTICLE = TrainingArticle("Council approves the tram line", " ".join(BODY))


def test_short_and_repeated_articles_are_left_out() -> None:
    body = " ".join(BODY)
    given = [
        ("Council approves the tram line", body),
        ("COUNCIL approves: the tram line!", body),  # the same again, in other letters
        ("Two words", body),
        ("A title of five words", "too short a body"),
        ("Another title on the tram line", body),
    ]
    titles = [article.title for article in usable(given)]
    assert titles == ["Council approves the tram line", "Another title on the tram line"]


def test_a_title_that_opens_the_body_is_cut_off() -> None:
    (article,) = usable([("The tram line is late", "THE TRAM LINE IS LATE " + " ".join(BODY))])
    assert article.body.split() == BODY


def test_the_lead_is_the_head_of_the_body() -> None:
    assert ARTICLE.lead.split() == BODY[:LEAD_WORDS]


def test_each_article_comes_once_before_any_comes_again() -> None:
    articles = [ARTICLE] * 7
    pairs = sample_pairs(articles, 0.5, np.random.default_rng(1))
    for _ in range(3):
        assert sorted(pair.article for pair in islice(pairs, 7)) == list(range(7))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_anchors_are_titles_or_passages(share: float) -> None:
    pairs = list(islice(sample_pairs([ARTICLE], share, np.random.default_rng(2)), 200))
    titles = [pair.anchor == ARTICLE.title for pair in pairs]
    assert all(titles) if share == 0.0 else not any(titles)


def test_a_passage_is_never_in_its_own_positive() -> None:
    for pair in islice(sample_pairs([ARTICLE], 1.0, np.random.default_rng(3)), 300):
        anchor, positive = pair.anchor.split(), pair.positive.split()
        assert not set(anchor) & set(positive)
        start = BODY.index(anchor[0])
        assert anchor == BODY[start : start + len(anchor)]
        assert anchor
        assert positive


def test_positives_are_stretches_and_half_of_them_heads() -> None:
    heads = 0
    for pair in islice(sample_pairs([LONG], 0.0, np.random.default_rng(4)), 1000):
        words = pair.positive.split()
        start = int(words[0])
        assert words == [str(number) for number in range(start, start + len(words))]
        assert 50 <= len(words) <= 450
        heads += start == 0
    assert 400 < heads < 600  # a half, and the few others that begin there by chance


def test_the_seed_decides() -> None:
    def drawn(seed: int) -> list[str]:
        pairs = sample_pairs([ARTICLE] * 3, 0.5, np.random.default_rng(seed))
        return [pair.anchor + pair.positive for pair in islice(pairs, 20)]

    assert drawn(5) == drawn(5) != drawn(6)
