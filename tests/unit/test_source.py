"""What others are related to: an article, a draft, several articles with weights."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.doubles import article

from newsclip.errors import ArticleNotFound, QueryInvalid
from newsclip.index.archive import Archive
from newsclip.index.view import View
from newsclip.recommender.draft import Draft
from newsclip.recommender.questions import without
from newsclip.recommender.source import (
    Source,
    source_of_article,
    source_of_draft,
    source_of_several,
)

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
FISH, SHIP, VOTE = 0, 1, 2  # axes of the AxisEncoder


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    archive.put(
        [
            article(
                "fish",
                title="fish",
                body="cod cod cod cod",
                section="Sea",
                tags=["#Cod"],
                language="en",
                published_at="2026-01-01",
            ),
            article(
                "ship",
                title="ship",
                body="cod mast",
                section="Port",
                tags=["Mast", "cod"],
                language="en",
                published_at="2026-01-02",
            ),
            article("vote", title="vote", body="mast", section="Port", language="es"),
        ]
    )
    return archive


def test_the_names_of_an_article_are_kept_with_it(archive: Archive) -> None:
    written = {"body": "So said Ada in Port Royal.", "tags": ["Sea"]}
    archive.put([article("a", title="Of Rome", **written), article("none", body="nothing")])

    def names(of: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
        with archive.reading(NOON) as view:
            source = source_of_article(view, of)
            return source.kept_names, source.names

    expected = ("Port Royal", "Ada")
    assert names("a") == (expected, expected)
    assert names("none") == ((), ())
    with archive.store.writing() as connection:
        archive.store.retag(connection, {"a": ("Port",)})
    assert names("a") == (expected, expected)
    archive.put([article("a", title="Of Rome", body="So said Bea.")])
    assert names("a") == (("Bea",), ("Bea",))
    with archive.store.writing() as connection:  # as in an archive of before
        connection.execute("DELETE FROM article_names")
    assert names("a") == (None, ("Bea",))
    archive.delete("a")
    assert archive.store.rows_of("SELECT count(*) FROM article_names") == [(0,)]


def test_a_source_that_was_cut_is_read_anew(archive: Archive) -> None:
    archive.put([article("a", body="So said Ada in Port Royal.")])
    with archive.reading(NOON) as view:
        source = source_of_article(view, "a")
        assert without(view, source, ["in Port Royal"]).names == ("Ada",)


def several(view: View, weights: dict[str, float], unlike: tuple[str, ...] = ()) -> Source:
    return source_of_several(
        view,
        {view.key_of(name): weight for name, weight in weights.items()},
        [view.key_of(name) for name in unlike],
    )


def counts_of(view: View, source: Source) -> dict[str, int]:
    """How often each term stands in title, summary and body."""
    texts = view.term_texts(source.terms.terms)
    counts = source.terms.counts[:, :3].sum(axis=1).tolist()
    return {text: count for text, count in zip(texts, counts, strict=True) if count}


def test_an_article_of_the_archive(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        source = source_of_article(view, "fish")
        assert source.keys == (view.key_of("fish"),)
        assert source.key == view.key_of("fish")
        assert counts_of(view, source) == {"fish": 1, "cod": 4}
        with pytest.raises(ArticleNotFound):
            source_of_article(view, "nobody")
    assert source.embedding[FISH] == pytest.approx(1)
    assert source.tags == {"cod"}
    assert (source.section, source.read_in) == ("Sea", "en")
    assert source.published_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_draft_is_no_article_and_of_now_unless_it_says_when(shelf: Archive) -> None:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    with shelf.reading(NOON) as view:
        source = source_of_draft(view, Draft(title="ship", tags=("#Mast",), section="Port"))
        dated = source_of_draft(view, Draft(title="ship", published_at=then))
    assert (source.keys, source.key) == ((), None)
    assert source.embedding[SHIP] == pytest.approx(1)
    assert source.tags == {"mast"}
    assert source.published_at == NOON
    assert dated.published_at == then


def test_several_articles_by_their_weights(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        source = several(view, {"fish": 1, "ship": 2})
        counts = counts_of(view, source)
        keys = (view.key_of("ship"), view.key_of("fish"))
    # 0.5 fish + 1 ship, to unit length
    assert source.embedding[[FISH, SHIP]] == pytest.approx(np.array([1, 2]) / math.sqrt(5))
    assert counts == {"fish": 1, "ship": 1, "cod": 3, "mast": 1}  # .5 rounded up, 2 + 1
    assert source.keys == keys, "the heaviest first"
    assert source.key is None
    assert source.section == "Port"
    assert source.published_at == datetime(2026, 1, 2, tzinfo=UTC), "the latest"
    assert source.draft.language == source.read_in == "en"
    assert source.tags == {"mast", "cod"}


def test_sections_are_weighed_together_and_languages_must_agree(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        source = several(view, {"fish": 1.5, "ship": 1, "vote": 1})
    assert source.section == "Port"
    assert source.draft.language is None
    assert source.read_in == "en", "as most are"


def test_less_like_this(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        source = several(view, {"ship": 1}, ("fish",))
        counts = counts_of(view, source)
    # ship - fish / 4, to unit length; cod: 1 - 4 / 4
    assert source.embedding[[FISH, SHIP]] == pytest.approx(np.array([-1, 4]) / math.sqrt(17))
    assert counts == {"ship": 1, "mast": 1}


def test_one_article_with_any_weight_is_that_article(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        one, plain = several(view, {"ship": 0.1}), source_of_article(view, "ship")
    assert one.draft == plain.draft
    assert np.array_equal(one.embedding, plain.embedding)


@pytest.mark.parametrize("weights", [{}, {"fish": 0}, {"fish": -1}, {"fish": float("inf")}])
def test_bad_weights(shelf: Archive, weights: dict[str, float]) -> None:
    with shelf.reading(NOON) as view, pytest.raises(QueryInvalid):
        several(view, weights)
