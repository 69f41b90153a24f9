"""The sample newsroom: what is found by a name, by words, and by other words."""

import pytest

from newsclip.index.archive import Archive
from newsclip.recommender.search import search

from .newsroom_answers import NOW, found, rail
from .newsroom_stories import BIRDS, PORT, RIVER, SINGER


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Zdenka Ullivarri", {"culture/2025/11/violin-maker-weir-street"}),
        ("ullivarri", {"culture/2025/11/violin-maker-weir-street"}),
        ("Ottoline Brackwater-Nees", {"culture/2025/10/clock-museum-stolen-hour"}),
        ("Brackwater", {"culture/2025/10/clock-museum-stolen-hour"}),
        (
            "Skarnholt",
            {
                "general/2025/10/kestrel-sinking-full-report",
                "general/2026/01/kestrel-inquiry-opens",
            },
        ),
        (
            "Thaddeus Quillmark",
            {"sport/2025/12/schools-bucket-cup", "culture/2026/08/rooftop-jazz-brask"},
        ),
    ],
)
def test_a_rare_name_is_found_first(newsroom: Archive, query: str, expected: set[str]) -> None:
    assert set(found(newsroom, query, limit=len(expected))) == expected
    assert set(found(newsroom, query, mode="keyword")) == expected


@pytest.mark.parametrize(
    ("query", "expected", "within"),
    [
        (
            "ship went down at night with many drowned",
            ["general/2025/10/kestrel-sinking-full-report"],
            1,
        ),
        (
            "ship went down at night with many drowned",
            ["general/2025/10/ferry-sinks-gull-narrows"],
            2,
        ),
        (
            "lender takes over rural savings institution",
            ["business/2025/09/meridian-buys-fenmark-savings"],
            1,
        ),
        (
            "lender takes over rural savings institution",
            ["business/2026/02/authority-clears-bank-merger"],
            3,
        ),
        (
            "bribes for light rail contract, politician jailed",
            ["general/2026/06/dahlmann-guilty", "general/2025/10/dahlmann-charged-tram-contract"],
            2,
        ),
        ("trawler seized by foreign coastguard", PORT[:2], 2),
        ("how do I send my ballot by mail", ["life/2026/08/how-to-vote-by-post"], 1),
        ("understand my electricity invoice", ["life/2025/12/how-to-read-energy-bill"], 1),
        ("soprano first night review", SINGER[:1], 2),
        ("birds of prey breeding again after decades", BIRDS[:1], 1),
        ("gale leaves homes without electricity", ["general/2026/01/storm-isolde-hits"], 1),
        ("river burst its banks, villages evacuated", RIVER[:1], 1),
        ("tick-borne illness in wetlands", ["science/2026/05/reed-fever-first-cases"], 1),
        (
            "tick-borne illness in wetlands",
            ["general/2026/05/reed-fever-marsh-paths-closed", "life/2026/05/how-to-remove-a-tick"],
            5,
        ),
        (
            "green tailed visitor in the night sky",
            ["general/2026/04/comet-night-mount-tarn"],
            1,
        ),
        ("interest rates lowered", ["business/2026/01/rate-cut-quarter-point", "n-1195"], 2),
        ("volcano ash grounds flights", ["world/2025/08/monte-cendal-ash-airport", "n-1077"], 2),
    ],
)
def test_queries_in_other_words(
    newsroom: Archive, query: str, expected: list[str], within: int
) -> None:
    assert set(expected) <= set(found(newsroom, query, limit=within))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("striker injured, out for weeks", "sport/2025/11/tarrant-ankle"),
        ("bribes for light rail contract, politician jailed", "general/2026/06/dahlmann-guilty"),
    ],
)
def test_queries_that_meaning_alone_answers(newsroom: Archive, query: str, expected: str) -> None:
    assert found(newsroom, query, mode="semantic")[0] == expected


@pytest.mark.parametrize(
    "query",
    [
        "asdf qwer zxcv",
        "blorptang wibblefritz",
        "jjjj kkkk",
        "trololo",
        "quantum chromodynamics lattice",
    ],
)
def test_nonsense_and_what_nobody_wrote_about_find_nothing(newsroom: Archive, query: str) -> None:
    for mode in ("hybrid", "keyword"):
        assert found(newsroom, query, mode=mode) == []


def test_what_shares_stray_words_alone_scores_next_to_nothing(newsroom: Archive) -> None:
    with newsroom.reading(NOW) as view:
        page = search(view, "boundary layer over a flat plate hypersonic")
    assert all(hit.score < 0.1 for hit in page.hits)


def test_the_same_language_comes_first(newsroom: Archive) -> None:
    french = ["life/2025/12/belrive-marche-couvert", "world/2026/06/pontclair-canicule-fontaines"]
    spanish = [
        "world/2025/10/almarra-reforma-del-agua",
        "culture/2026/05/feria-del-libro-puerto-sereno",
    ]
    for one, other in (french, french[::-1], spanish, spanish[::-1]):
        assert rail(newsroom, one)[0] == other
