"""Related articles: who is among them, in which order, for which reasons, and what fills up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.doubles import article

from newsclip.errors import ArticleNotFound
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.recommender.choice import Choice
from newsclip.recommender.draft import Draft
from newsclip.recommender.hit import Reason
from newsclip.recommender.similar import Related, similar
from newsclip.recommender.source import source_of_article, source_of_draft

from .test_clusters import body, words

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def shelf(archive: Archive) -> Archive:
    """The harbour story in three parts, and three articles that have nothing to do with it."""
    archive.put(
        [
            article(
                "law",
                title="Harbour law passes",
                body="The harbour law on fish and ship passed.",
                section="Politics",
                tags=["Harbour", "Law"],
                published_at=NOON,
            ),
            article(
                "strike",
                title="Harbour strike ends",
                body="The ship strike in the harbour is over, fish is landed by law.",
                section="Politics",
                tags=["#harbour", "Strike"],
                published_at=NOON - SECOND,
            ),
            article(
                "fees",
                title="Fees rise",
                body="Each ship pays more for its fish.",
                section="Economy",
                published_at=NOON - 2 * SECOND,
            ),
            article("star", title="Comet", body="A star.", section="Politics", published_at=NOON),
            article(
                "goal", title="Cup", body="A goal.", section="Sport", published_at="2025-01-01"
            ),
            article("undated", title="Bread", body="Flour.", section="Politics"),
        ]
    )
    return archive


def related(archive: Archive, article_id: str = "law", **options: Any) -> Related:
    with archive.reading(NOON) as view:
        return similar(view, source_of_article(view, article_id), Choice(**options))


def ids(answer: Related) -> list[str]:
    return [hit.article.id for hit in answer.hits]


def test_the_most_alike_come_first(shelf: Archive) -> None:
    answer = related(shelf, fallback="none")
    assert ids(answer) == ["strike", "fees"]
    scores = [hit.score for hit in answer.hits]
    assert 1 >= scores[0] > scores[1] > 0
    assert answer.heading == "More from Politics"
    assert not any(hit.fallback for hit in answer.hits)


def test_the_article_itself_is_left_out_by_its_id_not_by_its_rank(shelf: Archive) -> None:
    original = shelf.get("law")
    copy = original.model_copy(update={"id": "copy of law"})
    shelf.put([copy])
    assert ids(related(shelf, "law", fallback="none"))[0] == "copy of law"
    assert ids(related(shelf, "copy of law", fallback="none"))[0] == "law"
    for article_id in ("law", "copy of law"):
        assert article_id not in ids(related(shelf, article_id, limit=100))
    # and where the article itself may not be shown, nobody else is dropped in its place
    shelf.put([original.model_copy(update={"status": "withdrawn"})])
    assert ids(related(shelf, "law", fallback="none")) == ["copy of law", "strike", "fees"]


def test_reasons(shelf: Archive) -> None:
    strike, fees = related(shelf, fallback="none").hits
    story, tags, words, section, age = strike.reasons
    assert story == Reason("story"), "a rare tag and four telling words, within a second"
    assert tags == Reason("tags", ("harbour",)), "as the other article writes it"
    assert words.kind == "words"
    assert "Harbour" in words.values
    assert section == Reason("section", ("Politics",))
    assert age == Reason("age", ("the same day",))
    words, age = fees.reasons
    assert words.kind == "words"
    assert set(words.values) >= {"fish", "ship"}


def test_names_are_those_that_stand_early_in_the_source(archive: Archive) -> None:
    filler = "And so on, as they said. " * 400
    archive.put(
        [
            article("law", body=f"They met Ada Byron. {filler} Then came Carl Sagan."),
            article("other", body="Once Carl Sagan read Ada Byron."),
            article("late", body=f"{'But then they wrote. ' * 500} They spoke of Ada Byron."),
        ]
    )
    names = {
        hit.article.id: [reason.values for reason in hit.reasons if reason.kind == "names"]
        for hit in related(archive, fallback="none").hits
    }
    assert names == {"other": [("Ada Byron",)], "late": [("Ada Byron",)]}


def test_names_are_known_by_the_endings_of_their_language(archive: Archive) -> None:
    """In Spanish "granada" is the term "gran", in English it would be "granada"."""
    bodies = {"a": "Ayer llegaron a Granada los barcos.", "b": "La feria de Granada es hoy."}
    archive.put([article(name, body=body, language="es") for name, body in bodies.items()])
    reasons = related(archive, "a", fallback="none").hits[0].reasons
    assert Reason("names", ("Granada",)) in reasons


@pytest.mark.parametrize(
    ("a", "b", "shared"),
    [
        (
            "Yesterday they came to Granada.",
            "The fair of Granada opens.",
            Reason("names", ("Granada",)),
        ),
        (
            "Yesterday we ate a granada.",
            "The granada tree blooms.",
            Reason("words", ("granada",)),
        ),
    ],
)
def test_what_articles_without_a_language_share_is_known_among_those_of_another(
    archive: Archive, a: str, b: str, shared: Reason
) -> None:
    """They are indexed by English endings, whatever language most articles are in."""
    spanish = [article(n, body=f"El barco {n}.", language="es") for n in range(5)]
    archive.put([article("a", body=a), article("b", body=b), *spanish])
    assert shared in related(archive, "a", fallback="none").hits[0].reasons


def test_a_draft_without_a_language_is_read_in_that_of_most_articles(archive: Archive) -> None:
    """In Spanish "granadas" is the term "gran", as is "granada", in English each its own."""
    eaten = "Ayer comimos granada con miel junto al puerto viejo."
    ripe = "Las granadas maduran tarde bajo tanto sol de julio."
    spanish = [article(n, body=f"El barco {n}.", language="es") for n in range(5)]
    archive.put([article("a", body=eaten, language="es"), *spanish])
    with archive.reading(NOON) as view:
        source = source_of_draft(view, Draft(body=ripe))
        (hit,) = similar(view, source, Choice(limit=1, fallback="none", explain=True)).hits
    assert hit.article.id == "a"
    assert Reason("words", ("granadas",)) in hit.reasons
    assert Reason("passages", (ripe, eaten)) in hit.reasons


def test_where_no_word_is_shared_the_meaning_is_the_reason(archive: Archive) -> None:
    archive.put([article("a", summary="fish", title="untitled", section="S"), article("b")])
    with archive.reading(NOON) as view:
        # "fish" stands in no body and no title, so it is no telling word
        (hit,) = similar(
            view, source_of_draft(view, Draft(body="fish", section="S")), Choice(fallback="none")
        ).hits
    assert hit.article.id == "a"
    assert hit.reasons == (Reason("meaning"), Reason("section", ("S",)))


# Parameters: each changes the answer


def test_limit(shelf: Archive) -> None:
    whole = ids(related(shelf, limit=5))
    assert len(whole) == 5
    for limit in (1, 2, 3):
        assert ids(related(shelf, limit=limit)) == whole[:limit]


def test_min_score_is_inclusive(shelf: Archive) -> None:
    best, second = (hit.score for hit in related(shelf, fallback="none").hits)
    for least, count in [(second, 2), (second + 1e-6, 1), (best, 1), (best + 1e-6, 0)]:
        assert len(related(shelf, fallback="none", min_score=least).hits) == count


def test_where(shelf: Archive) -> None:
    for where, expected in [
        (Filter(sections=frozenset({"economy"})), ["fees"]),
        (Filter(tags=frozenset({"Strike"})), ["strike"]),
        (Filter(exclude_ids=frozenset({"strike"})), ["fees"]),
        (Filter(published_to=NOON - SECOND), ["fees"]),
        (Filter(sections=frozenset({"Nowhere"})), []),
    ]:
        assert ids(related(shelf, fallback="none", where=where)) == expected
        assert set(ids(related(shelf, where=where))).isdisjoint(where.exclude_ids | {"law"})


def test_fallback_fills_with_the_newest_of_the_section_then_of_all(shelf: Archive) -> None:
    answer = related(shelf, limit=10)
    assert ids(answer) == ["strike", "fees", "star", "undated", "goal"]
    fillers = answer.hits[2:]
    assert all(hit.fallback and hit.score == 0 for hit in fillers)
    assert [hit.reasons for hit in fillers] == [
        (Reason("section", ("Politics",)), Reason("newest")),
        (Reason("section", ("Politics",)), Reason("newest")),
        (Reason("newest"),),
    ]
    assert ids(related(shelf, limit=3)) == ["strike", "fees", "star"]


def test_fillers_keep_to_the_filter(shelf: Archive) -> None:
    sport = Filter(sections=frozenset({"sport"}))
    assert ids(related(shelf, where=sport)) == ["goal"]
    harbour = Filter(tags=frozenset({"harbour"}))
    assert ids(related(shelf, where=harbour)) == ["strike"]
    assert ids(related(shelf, where=Filter(exclude_ids=frozenset({"star", "goal"})))) == [
        "strike",
        "fees",
        "undated",
    ]


def test_fillers_make_up_for_a_min_score(shelf: Archive) -> None:
    answer = related(shelf, min_score=1.0, limit=3)
    assert ids(answer) == ["star", "strike", "undated"]
    assert all(hit.fallback for hit in answer.hits)


def test_an_article_without_a_section_is_filled_with_the_newest_of_all(shelf: Archive) -> None:
    shelf.put([article("lonely", body="unheard")])
    answer = related(shelf, "lonely", limit=3, min_score=0.5)
    assert answer.heading == "Read more"
    assert ids(answer) == ["star", "law", "strike"]  # star was put after law


def test_scores_are_in_descending_order(archive: Archive) -> None:
    words = ["fish", "ship", "vote", "bank", "star", "goal", "law"]
    entries = [
        article(n, body=" ".join(words[place] for place in range(7) if n >> place & 1))
        for n in range(1, 128)
    ]
    archive.put(entries)
    for article_id in ("127", "3", "64", "85"):
        scores = [hit.score for hit in related(archive, article_id, limit=100).hits]
        assert scores == sorted(scores, reverse=True)
        assert len(set(ids(related(archive, article_id, limit=100)))) == 100


# Whom readers may not see


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"published_at": NOON + SECOND},
        {"expires_at": NOON},
    ],
)
def test_hidden_articles_are_no_answer_but_have_one(shelf: Archive, hidden: dict[str, Any]) -> None:
    shelf.put([shelf.get("strike").model_copy(update=hidden)])
    for fallback in ("fill", "none"):
        assert "strike" not in ids(related(shelf, fallback=fallback, limit=100))
    assert ids(related(shelf, "strike", fallback="none"))[0] == "law"


def test_a_deleted_article_is_neither_question_nor_answer(shelf: Archive) -> None:
    assert "strike" in ids(related(shelf))
    shelf.delete("strike")
    assert "strike" not in ids(related(shelf, limit=100))
    with pytest.raises(ArticleNotFound):
        related(shelf, "strike")


def test_an_unknown_article(archive: Archive) -> None:
    with pytest.raises(ArticleNotFound):
        related(archive, "nobody")


# Drafts


@pytest.mark.parametrize("published_at", [None, NOON])
def test_a_text_that_appeared_long_ago_is_no_hit_of_its_own_draft(
    archive: Archive, published_at: datetime | None
) -> None:
    text = body(words(200, seed=1))
    archive.put(
        [article("old", body=text, published_at=NOON - timedelta(days=3_000)), article("other")]
    )
    with archive.reading(NOON) as view:
        draft = source_of_draft(view, Draft(body=text, published_at=published_at))
        assert [hit.article.id for hit in similar(view, draft).hits] == ["other"]


def test_a_draft_gets_what_its_article_would_get(shelf: Archive) -> None:
    entry = shelf.get("law")
    with shelf.reading(NOON) as view:
        as_draft = similar(
            view,
            source_of_draft(view, Draft.of(entry)),
            Choice(where=Filter(exclude_ids=frozenset({"law"}))),
        )
    as_article = related(shelf)
    assert as_draft.heading == as_article.heading
    assert [replace(hit, score=0) for hit in as_draft.hits] == [
        replace(hit, score=0) for hit in as_article.hits
    ]
    # the article's embedding is kept in half precision, the draft's is not
    assert [hit.score for hit in as_draft.hits] == pytest.approx(
        [hit.score for hit in as_article.hits], abs=1e-4
    )


def test_a_draft_may_find_its_own_article(shelf: Archive) -> None:
    with shelf.reading(NOON) as view:
        hits = similar(
            view, source_of_draft(view, Draft.of(shelf.get("law"))), Choice(fallback="none")
        ).hits
    assert hits[0].article.id == "law"


def test_an_empty_archive(archive: Archive) -> None:
    with archive.reading(NOON) as view:
        assert similar(view, source_of_draft(view, Draft(title="fish", section="S"))) == Related(
            "More from S", []
        )
