"""What is known of a candidate, each number worked out by hand."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from tests.doubles import article

from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.view import View
from newsclip.recommender.candidates import related_candidates
from newsclip.recommender.features import FEATURES, features
from newsclip.recommender.questions import KnownLinks
from newsclip.recommender.source import source_of_article
from newsclip.recommender.telling import telling_terms

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ARTICLES: list[dict[str, Any]] = [
    {
        "id": "source",
        "title": "Harbour law",
        "body": "fish ship harbour bill",
        "tags": ["Ports", "Law"],
        "section": "News",
        "published_at": "2026-11-10",
        "links": ["old", "plain"],
    },
    {
        "id": "old",
        "title": "Harbour bill delayed",
        "body": "fish fish",
        "tags": ["#ports"],
        "section": "news",
        "published_at": "2026-10-25",
        "links": ["new"],
    },
    {
        "id": "new",
        "title": "Nothing shared",
        "body": "fish ship",
        "tags": ["Law", "Ports"],
        "section": "Sport",
        "published_at": "2026-11-14",
        "links": ["old", "source"],
    },
    {"id": "plain", "title": "Vote", "body": "vote"},
]


@pytest.fixture
def filled(archive: Archive) -> Archive:
    archive.put([article(raw.pop("id"), **raw) for raw in map(dict, ARTICLES)])
    return archive


def known(view: View, name: str, *ids: str, priors: dict[str, float] | None = None) -> list[float]:
    source = source_of_article(view, "source")
    keys = np.array([view.key_of(article_id) for article_id in ids], np.int64)
    query = telling_terms(view, source.terms)
    table = features(view, source, query, keys, view, priors or {})
    assert table.shape == (len(ids), len(FEATURES))
    column: list[float] = table[:, FEATURES.index(name)].tolist()
    return column


def test_age_is_the_root_of_days(filled: Archive) -> None:
    with filled.reading(NOW) as view:
        assert known(view, "older", "old", "new", "plain") == [4, -2, 0]
        assert known(view, "apart", "old", "new", "plain") == [4, 2, 0]
        assert known(view, "dated", "old", "new", "plain") == [1, 1, 0]


def test_sections_compare_folded_and_bring_their_prior(filled: Archive) -> None:
    with filled.reading(NOW) as view:
        assert known(view, "section", "old", "new", "plain") == [1, 0, 0.5]
        priors = {"news": 0.5, "sport": -1.0}
        assert known(view, "prior", "old", "new", "plain", priors=priors) == [0.5, -1, 0]


def test_rarer_tags_weigh_more(filled: Archive) -> None:
    """Of four articles three carry ports and two carry law."""
    with filled.reading(NOW) as view:
        ports, law = math.log(4 / 3), math.log(4 / 2)
        assert known(view, "tags", "old", "new", "plain") == pytest.approx([ports, ports + law, 0])


def test_a_title_that_stands_in_the_source_is_named(filled: Archive) -> None:
    """The source holds harbour and bill, not "delay"; idf over titles or bodies, the larger."""
    with filled.reading(NOW) as view:
        numbers = view.query({"harbour": 1.0, "bill": 1.0, "delay": 1.0}).terms
        assert len(numbers) == 3
        idf = view.rarities(numbers)
        there = known(view, "named_weight", "old", "new")
        assert there == pytest.approx([idf[0] + idf[1], 0])
        assert known(view, "named", "old", "new") == pytest.approx(
            [(idf[0] + idf[1]) / idf.sum(), 0]
        )


def test_the_sources_own_links_are_not_looked_at(filled: Archive) -> None:
    """ "old" is linked to by "new" as well, "plain" by the source alone."""
    with filled.reading(NOW) as view:
        linked = known(view, "linked", "old", "new", "plain")
        assert linked == pytest.approx([math.log(2), math.log(2), 0])


def test_links_of_the_most_alike_vote_by_their_likeness(filled: Archive) -> None:
    with filled.reading(NOW) as view:
        source = source_of_article(view, "source")
        keys = np.array([view.key_of(name) for name in ("old", "new", "plain")], np.int64)
        old, new, _ = view.cosines(source.embedding, keys).tolist()
        assert known(view, "votes", "old", "new", "plain") == pytest.approx([new, old, 0])


def test_no_candidate_is_no_row(filled: Archive) -> None:
    with filled.reading(NOW) as view:
        assert known(view, "words") == []


def test_candidates_are_what_is_alike_and_what_that_links_to(filled: Archive) -> None:
    far = [article(f"far-{i}", title="star", body="star", tags=["far"]) for i in range(3)]
    filled.put(far)
    with filled.reading(NOW) as view:
        source = source_of_article(view, "source")
        query = telling_terms(view, source.terms)

        def found(where: Filter, **links: list[str]) -> set[str]:
            pointing = {view.key_of(s): [view.key_of(t) for t in ts] for s, ts in links.items()}
            keys = related_candidates(view, source, query, where, 2, KnownLinks(pointing))
            assert keys.tolist() == sorted(set(keys.tolist()))
            return {entry.id for entry in view.articles(keys.tolist()).values()}

        alone = Filter(exclude_ids=frozenset(["source"]))
        assert found(alone) == {"old", "new"}
        assert found(alone, new=["far-1", "source"]) == {"old", "new", "far-1"}
        assert found(alone, source=["far-1"]) == {"old", "new"}  # its own links tell nothing
        only_sport = Filter(sections=frozenset(["sport"]), exclude_ids=frozenset(["source"]))
        assert found(only_sport, new=["far-1"]) == {"new"}
