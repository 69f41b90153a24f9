"""Whatever editors rule, the list beside an article is whole, and keeps to every rule."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.doubles import article, axis_archive

from newsclip.errors import RuleInvalid
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.rules import Rule, Rulebook, Selector
from newsclip.recommender.choice import Choice
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHELF = [
    article(
        name,
        title=f"{'fish ship' if place % 2 else 'star goal'} {name}",
        section=["News", "Sport"][place % 2],
        tags=[["Fish"], ["#star", "Fish"], []][place % 3],
        published_at=NOON - place * DAY,
        status="withdrawn" if name == "gone" else "published",
    )
    for place, name in enumerate(["a", "b", "c", "d", "e", "f", "g", "gone"])
]

names = st.sampled_from(
    [
        *(Selector("article", entry.id) for entry in SHELF),
        Selector("article", "unknown"),
        *(Selector("tag", tag) for tag in ("fish", "#Star", "nobody")),
        *(Selector("section", section) for section in ("news", "SPORT")),
    ]
)
edges = st.sampled_from([None, NOON - DAY, NOON, NOON + DAY])


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    kinds = st.sampled_from(["pin", "pin", "hide", "block"])
    made = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(kinds)
        position = draw(st.integers(1, 6)) if kind == "pin" else None
        try:
            made.append(
                Rule(
                    f"r{number}",
                    kind,
                    draw(names),
                    "ada",
                    draw(names if kind == "block" else st.none() | names),
                    position,
                    draw(edges),
                    draw(edges),
                )
            )
        except RuleInvalid:  # a pair with itself, or a window that ends before it begins
            continue
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    directory: Path = tmp_path_factory.mktemp("ruled")
    with axis_archive(directory) as archive:
        archive.put(SHELF)
        yield archive


def covers(selector: Selector | None, entry: Article) -> bool:
    """Read literally: no selector is everything."""
    if selector is None:
        return True
    if selector.kind == "article":
        return selector.value == entry.id
    held = entry.tags if selector.kind == "tag" else [entry.section or ""]
    return selector.value.lstrip("#").lower() in [name.lstrip("#").lower() for name in held]


def holds(rule: Rule) -> bool:
    started = rule.starts_at is None or rule.starts_at <= NOON
    return started and (rule.ends_at is None or rule.ends_at > NOON)


def is_hidden(entry: Article, source: Article, made: list[Rule]) -> bool:
    return any(
        (covers(rule.target, entry) and covers(rule.source, source))
        or (rule.kind == "block" and covers(rule.target, source) and covers(rule.source, entry))
        for rule in made
        if rule.kind != "pin" and holds(rule)
    )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rules(), st.sampled_from(SHELF), st.integers(1, 8))
def test_a_list_is_whole_and_keeps_to_every_rule(
    archive: Archive, made: list[Rule], source: Article, limit: int
) -> None:
    book = Rulebook(1, made)
    with pytest.MonkeyPatch.context() as patch, archive.reading(NOON) as view:
        patch.setattr(archive.store.curation, "rulebook", lambda: book)
        hits = similar(view, source_of_article(view, source.id), Choice(limit=limit)).hits

    eligible = {
        entry.id
        for entry in SHELF
        if entry.is_visible(NOON) and entry.id != source.id and not is_hidden(entry, source, made)
    }
    ids = [hit.article.id for hit in hits]
    assert len(ids) == len(set(ids)) == min(limit, len(eligible))
    assert set(ids) <= eligible

    pins = [r for r in made if r.kind == "pin" and holds(r) and covers(r.source, source)]
    pins = [rule for rule in pins if (rule.position or 0) <= limit]
    for hit in hits:
        if hit.pinned:
            assert any(covers(rule.target, hit.article) for rule in pins)
    by_id = {entry.id: entry for entry in SHELF}
    for position in range(1, len(ids) + 1):
        asked = [rule for rule in pins if rule.position == position]
        wanted = {i for rule in asked for i in eligible if covers(rule.target, by_id[i])}
        if wanted - {hit.article.id for hit in hits if hit.pinned}:
            # Somebody wants this place, and could have it: whoever stands there is pinned.
            assert hits[position - 1].pinned
