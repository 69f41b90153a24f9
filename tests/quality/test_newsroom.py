"""The sample newsroom: related articles as an editor of that paper would expect them.

Its stories, twins and names with two meanings are listed by hand. Shares are a little under what
was measured; exact expectations are those that hold.
"""

from importlib.resources import files

import pytest

from newsclip.index.archive import Archive
from newsclip.index.sources.jsonlines import read_articles
from newsclip.recommender.choice import Choice
from newsclip.recommender.onward import onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

from .newsroom_answers import NOW, rail
from .newsroom_stories import BIRDS, JUDGE, PORT, RIVER, SINGER, STORIES, STORM

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
