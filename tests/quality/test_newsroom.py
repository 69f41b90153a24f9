"""The sample newsroom: what an editor of that paper would expect of the three jobs.

Its stories, twins and names with two meanings are listed by hand. Shares are a little under what
was measured; exact expectations are those that hold.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from newsclip.index.archive import Archive
from newsclip.index.sources.jsonlines import read_articles
from newsclip.recommender.choice import Choice
from newsclip.recommender.draft import Draft
from newsclip.recommender.onward import onward
from newsclip.recommender.search import search
from newsclip.recommender.search_page import Mode, SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tags import suggest_tags

from .newsroom_stories import BIRDS, JUDGE, PORT, RIVER, SINGER, STORIES, STORM

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rail(archive: Archive, article_id: str, limit: int = 6, now: datetime = NOW) -> list[str]:
    with archive.reading(now) as view:
        hits = similar(
            view, source_of_article(view, article_id), Choice(limit=limit, fallback="none")
        ).hits
    return [hit.article.id for hit in hits]


def found(archive: Archive, query: str, limit: int = 10, mode: Mode = "hybrid") -> list[str]:
    with archive.reading(NOW) as view:
        return [
            hit.article.id
            for hit in search(view, query, SearchOptions(mode=mode, limit=limit)).hits
        ]


# Running stories: the rail of each part holds mostly the other parts


# Measured: fish 49 of 54, ferry 44 of 54, vote 38 of 48, bank 38 of 42, comet 29 of 30,
# club 47 of 48, trial 34 of 42; most of the others are opinion pieces on the same story.
@pytest.mark.parametrize(
    ("story", "least"),
    [
        ("fish", 46),
        ("ferry", 40),
        ("vote", 35),
        ("bank", 36),
        ("comet", 27),
        ("club", 45),
        ("trial", 32),
    ],
)
def test_a_story_keeps_together(newsroom: Archive, story: str, least: int) -> None:
    parts = STORIES[story]
    rails = {part: rail(newsroom, part) for part in parts}
    own = {part: sum(each in parts for each in found) for part, found in rails.items()}
    assert sum(own.values()) >= least, own
    assert min(own.values()) >= 3, own


# Wire copies, early and full versions, corrections

COPIES = [
    ("world/2025/08/monte-cendal-ash-airport", "n-1077"),
    ("world/2026/02/sauvelle-government-falls", "world/2026/02/marchal-resigns-pontclair"),
    ("business/2026/01/rate-cut-quarter-point", "n-1195"),
]


@pytest.mark.parametrize(("one", "other"), [*COPIES, *((b, a) for a, b in COPIES)])
def test_a_wire_copy_is_not_shown_beside_its_twin_but_named_elsewhere(
    newsroom: Archive, one: str, other: str
) -> None:
    with newsroom.reading(NOW) as view:
        rail_of_one = similar(view, source_of_article(view, one), Choice(limit=100)).hits
        beside = rail_of_one[0].article.id
        rail_beside = similar(view, source_of_article(view, beside), Choice(limit=100)).hits
    assert other not in {hit.article.id for hit in rail_of_one}
    shown = [hit for hit in rail_beside if {hit.article.id} & {one, other}]
    assert len(shown) == 1
    assert {shown[0].article.id, *(copy.id for copy in shown[0].duplicates)} == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("world/2025/07/veldra-detains-trawler", "world/2025/07/anna-lovise-taken-to-ostvik"),
        (
            "general/2025/10/ferry-sinks-gull-narrows",
            "general/2025/10/kestrel-sinking-full-report",
        ),
    ],
)
def test_twins_find_each_other_first(newsroom: Archive, one: str, other: str) -> None:
    assert rail(newsroom, one)[0] == other
    assert rail(newsroom, other)[0] == one


@pytest.mark.parametrize(
    ("correction", "corrected"),
    [
        ("n-1160", "general/2025/10/kestrel-sinking-full-report"),
        (
            "business/2025/09/correction-meridian-jobs",
            "business/2025/09/meridian-buys-fenmark-savings",
        ),
        ("n-1251", "general/2026/06/dahlmann-guilty"),
    ],
)
def test_a_correction_stands_beside_what_it_corrects(
    newsroom: Archive, correction: str, corrected: str
) -> None:
    assert rail(newsroom, correction)[0] == corrected
    assert correction in rail(newsroom, corrected)[:5]


# Running stories as such


def stories(archive: Archive, article_id: str) -> list[str]:
    """Those on the rail that are said to be of the same story."""
    with archive.reading(NOW) as view:
        hits = similar(view, source_of_article(view, article_id), Choice(limit=30)).hits
    return [h.article.id for h in hits if "story" in {reason.kind for reason in h.reasons}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # a running story: the ferry sinks, the island mourns
        ("general/2025/10/ferry-sinks-gull-narrows", "general/2025/10/great-skerry-vigil"),
        # news and the correction of it
        ("business/2025/09/meridian-buys-fenmark-savings", "business/2025/09/bank-staff-strike"),
        (
            "business/2025/09/correction-meridian-jobs",
            "business/2025/09/meridian-buys-fenmark-savings",
        ),
        # the storm, and what it left
        ("general/2026/01/storm-isolde-hits", "general/2026/01/after-isolde-forest"),
        # the outbreak, and what it closes
        ("science/2026/05/reed-fever-first-cases", "general/2026/05/reed-fever-marsh-paths-closed"),
    ],
)
def test_parts_of_one_story_say_so(newsroom: Archive, one: str, other: str) -> None:
    assert other in stories(newsroom, one)
    assert one in stories(newsroom, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # a harbour's blockade and its recipe share the place, a skipper, and the weeks
        ("business/2025/11/port-sorrel-harbour-blockade", "life/2025/10/port-sorrel-fish-soup"),
        # two prizes within weeks
        ("culture/2026/10/courier-book-prize", "culture/2026/11/lissand-film-festival"),
        # two sports of one town
        ("sport/2025/11/tarrant-ankle", "sport/2025/12/schools-bucket-cup"),
        # a warning for the coast, and a wind farm off it
        ("general/2026/01/storm-isolde-warning", "business/2025/12/skerry-coast-wind-farm"),
    ],
)
def test_a_shared_place_or_person_makes_no_story(newsroom: Archive, one: str, other: str) -> None:
    assert other not in stories(newsroom, one)
    assert one not in stories(newsroom, other)


@pytest.mark.parametrize(
    ("news", "opinion"),
    [
        (
            "politics/2025/11/transport-minister-ode-resigns",
            "politics/2025/11/opinion-ode-not-enough",
        ),
        ("general/2026/06/dahlmann-guilty", "general/2026/06/opinion-who-signed-line-7"),
    ],
)
def test_opinion_stands_beside_the_news_it_is_about(
    newsroom: Archive, news: str, opinion: str
) -> None:
    assert opinion in rail(newsroom, news, limit=10)
    assert news in rail(newsroom, opinion)[:3]


def test_the_page_of_an_article_tells_its_story_and_repeats_nothing(newsroom: Archive) -> None:
    with newsroom.reading(NOW) as view:
        source = source_of_article(view, "general/2025/10/kestrel-sinking-full-report")
        slots = onward(view, source, choice=Choice(limit=4))
    assert [slot.name for slot in slots] == ["story", "section", "tag", "related"]
    story = [hit.article for hit in slots[0].hits]
    assert story[0].id == "general/2025/10/ferry-sinks-gull-narrows"
    assert "general/2025/10/great-skerry-vigil" in {article.id for article in story}
    shown = [hit.article.id for slot in slots for hit in slot.hits]
    assert len(shown) == len(set(shown)) >= 12


# Names with two meanings: the name alone is no relation


# The last number is how far down the rail holds: the bill for the storm Isolde has the singer's
# first night third, the birds have a report on the ferry Kestrel fourth.
@pytest.mark.parametrize(
    ("one", "other", "depth"),
    [
        (STORIES["fish"], RIVER, 3),
        (SINGER, STORM, 2),
        (STORIES["bank"], STORIES["club"], 4),
        (STORIES["ferry"], BIRDS, 3),
        (PORT, JUDGE, 5),
    ],
    ids=["Arden", "Isolde", "Meridian", "Kestrel", "Sorrel"],
)
def test_a_name_alone_is_no_relation(
    newsroom: Archive, one: list[str], other: list[str], depth: int
) -> None:
    for side, wrong in ((one, other), (other, one)):
        for part in side:
            assert set(rail(newsroom, part, limit=depth)).isdisjoint(wrong), part


# Search


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


# Whom readers may not see

EMBARGOED = "science/2040/06/observatory-centenary"
EXPIRED = "general/2026/01/storm-isolde-warning"
DRAFT = "politics/2026/10/who-is-who-renn-cabinet"
WITHDRAWN = "general/2026/02/tram-witness-report"


def answers(archive: Archive, now: datetime, queries: Iterable[str]) -> set[str]:
    """All that the rails of every article and the queries show at a moment."""
    shown: set[str] = set()
    ids = [row[0] for row in archive.store.rows_of("SELECT id FROM article")]
    with archive.reading(now) as view:
        for article_id in ids:
            shown |= {
                hit.article.id
                for hit in similar(view, source_of_article(view, article_id), Choice(limit=30)).hits
            }
        for query in queries:
            shown |= {hit.article.id for hit in search(view, query, SearchOptions(limit=200)).hits}
    return shown


QUERIES = [
    "a hundred years on Mount Tarn observatory",
    "red warning storm Isolde hits the coast tonight",
    "who is who in the Renn cabinet",
    "second builder named in tramline papers Kolbe",
    "gale leaves homes without electricity",
    "green tailed visitor in the night sky",
]


def test_hidden_articles_are_in_no_answer(newsroom: Archive) -> None:
    shown = answers(newsroom, NOW, QUERIES)
    assert shown.isdisjoint({EMBARGOED, EXPIRED, DRAFT, WITHDRAWN})
    assert len(shown) > 100


def test_their_time_comes_and_goes(newsroom: Archive) -> None:
    def seen(article_id: str, query: str, now: datetime) -> bool:
        with newsroom.reading(now) as view:
            return article_id in [hit.article.id for hit in search(view, query).hits]

    embargo = datetime(2040, 6, 21, 4, tzinfo=UTC)  # 06:00 in Lissand, in summer
    assert not seen(EMBARGOED, QUERIES[0], embargo - SECOND)
    assert seen(EMBARGOED, QUERIES[0], embargo)
    expiry = datetime(2026, 1, 10, 5, tzinfo=UTC)  # 06:00 in Lissand, in winter
    assert seen(EXPIRED, QUERIES[1], expiry - SECOND)
    assert not seen(EXPIRED, QUERIES[1], expiry)


def test_nobody_reads_tomorrows_paper(newsroom: Archive) -> None:
    day = datetime(2025, 12, 24, tzinfo=UTC)
    undated = {"life/2025/06/dry-out-flooded-cellar"}
    for article_id in answers(newsroom, day, QUERIES) - undated:
        published_at = newsroom.get(article_id).published_at
        assert published_at is not None
        assert published_at <= day


# Tags


def test_tags_of_later_articles_from_earlier_ones(newsroom: Archive, tmp_path: Path) -> None:
    """Measured over 49 articles: 67 % of the house tags among five, the first one right in 65 %."""
    rows = newsroom.store.rows_of("SELECT id FROM article ORDER BY key")
    entries = [newsroom.get(article_id) for (article_id,) in rows]
    cut = datetime(2026, 5, 1, tzinfo=UTC)
    earlier = [entry for entry in entries if entry.published_at and entry.published_at < cut]
    vocabulary = {tag for entry in earlier for tag in entry.tags}
    shares, firsts = [], []
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(earlier)
        with archive.reading(NOW) as view:
            for entry in entries:
                own = set(entry.tags) & vocabulary
                if (
                    own
                    and entry.published_at
                    and entry.published_at >= cut
                    and entry.is_visible(NOW)
                ):
                    draft = Draft(entry.title, entry.summary, entry.body)
                    tags = [
                        each.tag
                        for each in suggest_tags(view, draft, TagChoice(limit=5)).suggestions
                    ]
                    shares.append(len(own.intersection(tags)) / len(own))
                    firsts.append(tags[0] in own)
    assert len(shares) == 49
    assert sum(shares) / len(shares) >= 0.62
    assert sum(firsts) / len(firsts) >= 0.55


def test_the_sample_is_whole(newsroom: Archive) -> None:
    numbers = newsroom.statistics()
    assert numbers.articles == 150
    assert numbers.by_status == {"published": 148, "draft": 1, "withdrawn": 1}
    assert len(numbers.by_section) == 8
    assert numbers.encoder.startswith("newsclip-static-")
    with files("newsclip").joinpath("newsroom/articles.jsonl").open("rb") as stream:
        lines = list(read_articles(stream))
    assert [line.number for line in lines if line.error or line.unknown] == []
    assert len({line.article.id for line in lines if line.article}) == 150
