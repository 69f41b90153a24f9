"""Never a hole, nothing twice, nobody who may not be there: for any archive and any choice."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import axis_archive

from newsclip.index.article import Article
from newsclip.index.filters import Filter, fold
from newsclip.recommender.choice import Choice
from newsclip.recommender.onward import SLOT_NAMES, onward
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

from .strategies import NOON, articles, filters, passes

# Long enough to be told from others, so that two articles with the same one are copies.
TEXTS = [
    " ".join(f"{word}{number} ran over the quiet {word} {number}" for number in range(30))
    for word in ("fish", "ship", "vote")
]
ENGLISH = {"en", "en-gb"}


@st.composite
def shelves(draw: st.DrawFn) -> list[Article]:
    """Articles of different ids; some have the same long text and so are copies.

    The others' bodies are cut too short to be anyone's. Copies appear within weeks, so those with
    a date far from noon lose it.
    """
    entries = draw(st.lists(articles(), min_size=1, max_size=10, unique_by=lambda entry: entry.id))
    shelf = []
    for entry in entries:
        if text := draw(st.none() | st.sampled_from(TEXTS)):
            date = entry.published_at
            near = date is None or abs(date - NOON) < timedelta(days=14)
            update = {"body": text, "published_at": date if near else None}
        else:
            update = {"body": " ".join(entry.body.split()[:4])}
        shelf.append(entry.model_copy(update=update))
    return shelf


choices = st.builds(
    Choice,
    limit=st.integers(1, 12),
    where=filters,
    min_score=st.sampled_from([0.0, 0.2, 0.9, 1.0]),
    time=st.sampled_from(["any", "latest", "evergreen"]),
    diversity=st.sampled_from([0.0, 0.4, 1.0]),
    languages=st.sampled_from(["same", "any"]),
    explain=st.booleans(),
)


def cluster(entry: Article) -> str:
    """Articles with one of the long texts are copies, all others are not."""
    return entry.body if entry.body in TEXTS else f"id {entry.id}"


def may_stand_beside(source: Article, entry: Article, choice: Choice, shelf: list[Article]) -> bool:
    """What Choice's documentation says, read literally."""
    excluded = {cluster(e) for e in shelf if e.id in choice.where.exclude_ids}
    speaks = fold(entry.language or "")
    own = fold(source.language or "").split("-")[0]
    foreign = choice.languages == "same" and not choice.where.languages
    return (
        passes(entry, choice.where, NOON)
        and cluster(entry) != cluster(source)
        and cluster(entry) not in excluded
        and not (foreign and own and speaks and speaks.split("-")[0] != own)
    )


@settings(max_examples=60, deadline=None)
@given(shelves(), choices, st.data())
def test_the_rail_is_full_of_those_who_may_be_there_each_once(
    shelf: list[Article], choice: Choice, data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from(shelf))
    good = {e.id for e in shelf if may_stand_beside(source, e, choice, shelf)}
    clusters = {cluster(entry) for entry in shelf if entry.id in good}
    with tempfile.TemporaryDirectory() as directory, axis_archive(Path(directory)) as archive:
        archive.put(shelf)
        with archive.reading(NOON) as view:
            seed = source_of_article(view, source.id)
            hits = similar(view, seed, choice).hits
            alone = similar(view, seed, replace(choice, fallback="none")).hits
            slots = onward(view, seed, (*SLOT_NAMES, "tag"), choice)
    shown = [hit.article for hit in hits]
    assert {entry.id for entry in shown} <= good
    assert (
        len({cluster(entry) for entry in shown}) == len(shown) == min(choice.limit, len(clusters))
    )
    assert [hit.fallback for hit in hits] == [False] * len(alone) + [True] * (
        len(hits) - len(alone)
    )
    assert [hit.article.id for hit in alone] == [entry.id for entry in shown[: len(alone)]]
    assert all(hit.score >= choice.min_score and hit.score > 0 for hit in alone)
    for hit in hits:
        visible = [e for e in shelf if passes(e, Filter(), NOON) and e.id != hit.article.id]
        copies = {e.id for e in visible if cluster(e) == cluster(hit.article)}
        assert {copy.id for copy in hit.duplicates} == copies
    page = [hit.article for slot in slots for hit in slot.hits]
    assert {entry.id for entry in page} <= good
    assert len({cluster(entry) for entry in page}) == len(page)
    if "related" in [slot.name for slot in slots] or not clusters:
        assert len(page) >= min(choice.limit, len(clusters))


@settings(max_examples=30, deadline=None)
@given(shelves(), st.data())
def test_background_is_older_and_around_and_latest_cut_nothing_off(
    shelf: list[Article], data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from(shelf)).model_copy(
        update={"published_at": NOON + timedelta(seconds=1)}
    )
    others = [entry for entry in shelf if entry.id != source.id]
    with tempfile.TemporaryDirectory() as directory, axis_archive(Path(directory)) as archive:
        archive.put([*others, source])
        with archive.reading(NOON) as view:
            seed = source_of_article(view, source.id)
            older = similar(view, seed, Choice(time="background", limit=20)).hits
            counts = {
                len(similar(view, seed, Choice(time=time, limit=20)).hits)
                for time in ("any", "latest", "around", "evergreen")
            }
    dates = [hit.article.published_at for hit in older]
    assert all(date is not None and date < NOON + timedelta(seconds=1) for date in dates)
    assert len(counts) == 1
