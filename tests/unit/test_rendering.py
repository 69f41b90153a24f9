from datetime import UTC, datetime

import pytest

from newsclip.api import rendering
from newsclip.index.article import Article
from newsclip.recommender.hit import Explanation, Hit, Reason, Snippet
from newsclip.recommender.onward import Slot
from newsclip.recommender.search_page import FacetValue, SearchPage
from newsclip.recommender.similar import Related
from newsclip.recommender.tagging.current import Doubt
from newsclip.recommender.tagging.evidence import NeighbourEvidence, TextEvidence
from newsclip.recommender.tagging.notes import Note
from newsclip.recommender.tagging.proposals import Proposal
from newsclip.recommender.tags import TagAnswer, TagSuggestion

ARTICLE = Article(
    id="politics/harbour-law",
    title="Harbour law passes",
    body="The body is long, and stays behind.",
    section="Politics",
    tags=("Harbour", "Assembly"),
    published_at=datetime(2026, 1, 8, 17, 20, tzinfo=UTC),
)
RENDERED = {
    "id": "politics/harbour-law",
    "url": None,
    "title": "Harbour law passes",
    "summary": "",
    "section": "Politics",
    "tags": ["Harbour", "Assembly"],
    "authors": [],
    "language": None,
    "image_url": None,
    "published_at": "2026-01-08T17:20:00Z",
    "updated_at": None,
    "score": 0.1235,
    "reasons": [{"kind": "tags", "values": ["Harbour"]}, {"kind": "meaning", "values": []}],
    "fallback": False,
    "pinned": False,
    "snippet": None,
    "passage": None,
    "duplicates": [],
    "explanation": None,
}
HIT = Hit(ARTICLE, 0.123456, (Reason("tags", ("Harbour",)), Reason("meaning")))


def test_a_hit_is_flat() -> None:
    assert rendering.hit_to_dict(HIT) == RENDERED


def test_related() -> None:
    related = Related("More from Politics", [HIT])
    assert rendering.related_to_dict(related) == {
        "heading": "More from Politics",
        "hits": [RENDERED],
    }


def test_copies_and_the_parts_of_a_score() -> None:
    copy = ARTICLE.model_copy(update={"id": "wire/1", "url": "https://wire.example/1"})
    explanation = Explanation(0.51239, 0.75, {"words": 0.123456, "meaning": -0.2})
    shown = rendering.hit_to_dict(Hit(ARTICLE, 0.3, duplicates=(copy,), explanation=explanation))
    assert shown["duplicates"] == [
        {"id": "wire/1", "url": "https://wire.example/1", "title": "Harbour law passes"}
    ]
    assert shown["explanation"] == {
        "relevance": 0.5124,
        "time": 0.75,
        "parts": {"words": 0.1235, "meaning": -0.2},
    }


def test_the_slots_of_a_page() -> None:
    slots = [Slot("tag", "More on Harbour", [HIT], "Harbour"), Slot("related", "Related", [])]
    assert rendering.onward_to_dict(slots) == {
        "slots": [
            {"slot": "tag", "heading": "More on Harbour", "tag": "Harbour", "hits": [RENDERED]},
            {"slot": "related", "heading": "Related", "tag": None, "hits": []},
        ]
    }


def test_a_page_of_a_search() -> None:
    hit = Hit(ARTICLE, 1.0, snippet=Snippet("The body is long", ((4, 8),)))
    page = rendering.search_page_to_dict(
        SearchPage(
            [hit],
            10,
            1,
            next_cursor="c",
            total=12,
            total_is_exact=False,
            facets={"year": [FacetValue("2026", 11)]},
            did_you_mean="harbour",
            suggestions=["port"],
            degraded="the encoder failed",
        )
    )
    (shown,) = page.pop("hits")
    assert page == {
        "offset": 10,
        "limit": 1,
        "next_offset": None,
        "next_cursor": "c",
        "total": 12,
        "total_is_exact": False,
        "facets": {"year": [{"value": "2026", "articles": 11}]},
        "did_you_mean": "harbour",
        "suggestions": ["port"],
        "degraded": "the encoder failed",
    }
    assert shown["snippet"] == {
        "text": "The body is long",
        "html": "The <mark>body</mark> is long",
        "marks": [[4, 8]],
    }


def test_suggestions() -> None:
    evidence = (
        TextEvidence("The harbour is shut.", "harbour"),
        NeighbourEvidence("a/b", "Title", None, 0.55558),
    )
    answer = TagAnswer(
        confirmed=[TagSuggestion("Law", 0.5, ())],
        doubtful=[TagSuggestion("Port", 0.0, (), Doubt("replaced", "Harbour"))],
        suggestions=[TagSuggestion("Harbour", 0.75, evidence)],
        proposals=[Proposal("KestrelBay", 0.33333, 4, "Kestrel Bay", "Off Kestrel Bay.")],
        notes=[Note("cut", "Too long.")],
    )
    assert rendering.suggestions_to_dict(answer) == {
        "suggestions": [
            {
                "tag": "Harbour",
                "score": 0.75,
                "evidence": [
                    {"kind": "text", "matched": "harbour", "sentence": "The harbour is shut."},
                    {
                        "kind": "article",
                        "id": "a/b",
                        "title": "Title",
                        "url": None,
                        "score": 0.5556,
                    },
                ],
            }
        ],
        "confirmed": [{"tag": "Law", "score": 0.5, "evidence": []}],
        "doubtful": [
            {"tag": "Port", "score": 0.0, "evidence": [], "why": "replaced", "instead": "Harbour"}
        ],
        "proposals": [
            {
                "tag": "KestrelBay",
                "score": 0.3333,
                "articles": 4,
                "evidence": [
                    {"kind": "text", "matched": "Kestrel Bay", "sentence": "Off Kestrel Bay."}
                ],
            }
        ],
        "notes": [{"code": "cut", "text": "Too long."}],
    }


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason("tags", ("Harbour", "Strike")), "tags: #Harbour, #Strike"),
        (Reason("words", ("dock", "law")), "words: dock, law"),
        (Reason("section", ("Politics",)), "section: Politics"),
        (Reason("meaning"), "close in meaning"),
        (Reason("newest"), "among the newest"),
        (Reason("pinned"), "chosen by the editors"),
        (Reason("story"), "the same story"),
        (Reason("names", ("Ada Byron", "Rome")), "names: Ada Byron, Rome"),
        (Reason("age", ("3 days before",)), "3 days before"),
        (Reason("passages", ("One, two.", "Three.")), "passages: One, two. | Three."),
    ],
)
def test_a_reason_as_it_reads(reason: Reason, text: str) -> None:
    assert rendering.reason_text(reason) == text
