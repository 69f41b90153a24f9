"""What two views of the same archive must answer alike, however their indexes were made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from tests.doubles import embedding_of

from newsclip.index.filters import Filter
from newsclip.index.view import Scored, View
from newsclip.recommender.choice import Choice
from newsclip.recommender.draft import Draft
from newsclip.recommender.hit import Hit
from newsclip.recommender.search import search
from newsclip.recommender.search_page import Mode, SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tags import suggest_tags

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
_MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")

Answers = dict[str, object]
"""By question; articles by their ids, since keys are the index's own."""


def answers(view: View, texts: Sequence[str], wheres: Sequence[Filter] = (Filter(),)) -> Answers:
    """Everything that can be asked about some texts: whole answers, not only the best."""
    found: Answers = {"articles": len(view), "sections": view.section_counts()}
    for number, where in enumerate(wheres):
        found[f"newest {number}"] = _ids(view, view.newest(where, len(view) + 1))
        for text in texts:
            found |= {f"{key} {number} {text}": v for key, v in _search(view, text, where).items()}
    for text in texts:
        found |= {f"{key} {text}": value for key, value in _words(view, text).items()}
    for article_id in found["newest 0"]:  # type: ignore[attr-defined]
        hits = similar(view, source_of_article(view, article_id), Choice(limit=len(view))).hits
        found |= {f"similar {part} {article_id}": v for part, v in _hits(hits).items()}
        found[f"tags {article_id}"] = view.tags_of(view.key_of(article_id))
    return found


def _ids(view: View, keys: Iterable[int]) -> list[str]:
    articles = view.articles(keys)
    return [articles[key].id for key in articles and map(int, keys)]


def _scores(view: View, scored: Scored) -> dict[str, float]:
    assert scored.scores.tolist() == sorted(scored.scores.tolist(), reverse=True)
    return dict(zip(_ids(view, scored.keys.tolist()), scored.scores.tolist(), strict=True))


def _search(view: View, text: str, where: Filter) -> Answers:
    query = view.query(dict.fromkeys(view.terms(text), 1.0))
    keys = view.matching(query, len(view) + 1, where)
    nearest = view.nearest(embedding_of(text).astype("float32"), len(view) + 1, where)
    found: Answers = {
        "matching": _scores(view, Scored.ranked(keys, view.keyword_scores(query, keys))),
        "nearest": _scores(view, nearest),
    }
    for mode in _MODES:
        hits = search(view, text, SearchOptions(mode, len(view) + 1, where=where)).hits
        found |= {f"{mode} {part}": value for part, value in _hits(hits).items()}
    return found


def _words(view: View, text: str) -> Answers:
    terms = view.terms(text)
    query = view.query(dict.fromkeys(terms, 1.0))
    rarities = view.rarities(query.terms).tolist()
    return {
        "typical": {"cosine": view.typical_cosine(embedding_of(text).astype("float32"))},
        "ceiling": {"score": view.ceiling(query)},
        "named": sorted(view.tags_named_in(terms)),
        # a term that no article has any more may still have a number, or not
        "rarities": {
            t: r for t, r in zip(view.term_texts(query.terms), rarities, strict=True) if r
        },
        "suggested": {
            each.tag: each.score
            for each in suggest_tags(view, Draft(body=text), TagChoice(limit=99)).suggestions
        },
    }


def _hits(hits: Sequence[Hit]) -> Answers:
    return {
        "scores": {hit.article.id: hit.score for hit in hits},
        "reasons": {hit.article.id: hit.reasons for hit in hits},
        "fallbacks": [hit.article.id for hit in hits if hit.fallback],
    }


def assert_same(one: Answers, other: Answers) -> None:
    """Equal scores may differ in what was rounded in another order."""
    assert one.keys() == other.keys()
    for question, expected in other.items():
        if isinstance(expected, Mapping) and all(isinstance(v, float) for v in expected.values()):
            assert one[question] == pytest.approx(expected, rel=1e-5, abs=1e-6), question
        else:
            assert one[question] == expected, question
