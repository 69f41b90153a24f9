"""Whatever happens to an archive, two processes over it answer as a dictionary of articles does.

Snapshots come and go meanwhile: who answers from one, from an older one and what has changed
since, or from none at all, gives the same answers with the same scores.
"""

import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.doubles import axis_archive, embedding_of

from newsclip.errors import ArticleNotFound
from newsclip.index import compaction, templates
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import Filter, fold
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import Line
from newsclip.index.statistics import tag_counts
from newsclip.index.store import Store
from newsclip.index.view import View
from newsclip.recommender.choice import Choice
from newsclip.recommender.hit import Hit
from newsclip.recommender.search import search
from newsclip.recommender.search_page import Mode, SearchOptions
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article

from .model import Model, embedding, terms_of
from .strategies import NOON, articles, filters, ids, moments, queries

WORKERS = st.integers(0, 1)
MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")


class ArchiveMachine(RuleBasedStateMachine):
    """Two archives over one directory, as two worker processes have them."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.templates = mock.patch.object(templates, "MOST_TELLING", 2)  # as there are few ids
        self.templates.start()
        self.workers = [self.opened(), self.opened()]
        self.model = Model()

    def opened(self) -> Archive:
        return axis_archive(Path(self.folder.name))

    def teardown(self) -> None:
        settle()
        if hasattr(self, "templates"):
            self.templates.stop()
        for worker in getattr(self, "workers", []):
            worker.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    # What happens

    @rule(worker=WORKERS, batch=st.lists(articles(), min_size=1, max_size=6))
    def put(self, worker: int, batch: list[Article]) -> None:
        assert self.workers[worker].put(batch) == self.model.put(batch)

    @rule(worker=WORKERS, batch=st.lists(articles(), max_size=6))
    def import_(self, worker: int, batch: list[Article]) -> None:
        lines = [Line(number, entry) for number, entry in enumerate(batch, start=1)]
        summary = import_articles(self.workers[worker], lines, strict=bool(worker))
        new = {entry.id for entry in batch} - self.model.articles.keys()
        assert summary.added == len(new)
        assert summary.accepted == len(batch)
        assert summary.repeated_ids == len(batch) - len({entry.id for entry in batch})
        self.model.put(batch)

    @rule(worker=WORKERS, article_id=ids)
    def delete(self, worker: int, article_id: str) -> None:
        if article_id in self.model.articles:
            self.workers[worker].delete(article_id)
            self.model.delete(article_id)
        else:
            with pytest.raises(ArticleNotFound):
                self.workers[worker].delete(article_id)

    @precondition(lambda self: len(self.model.articles) > 1)
    @rule(worker=WORKERS, data=st.data())
    def swap_texts(self, worker: int, data: st.DataObject) -> None:
        first, second = data.draw(st.permutations(sorted(self.model.articles)))[:2]
        one, two = self.model.articles[first], self.model.articles[second]
        batch = [
            one.model_copy(update={"title": two.title, "body": two.body}),
            two.model_copy(update={"title": one.title, "body": one.body}),
        ]
        assert self.workers[worker].put(batch) == self.model.put(batch)

    @rule(worker=WORKERS)
    def reopen(self, worker: int) -> None:
        settle()
        self.workers[worker].close()
        self.workers[worker] = self.opened()

    @rule(worker=WORKERS, make=st.sampled_from([compaction.compact, compaction.rebuild]))
    def snapshot(self, worker: int, make: Callable[[Store], Path | None]) -> None:
        """Each worker begins to make it ready at its next question, and goes on meanwhile."""
        made = make(self.workers[worker].store)
        assert made is not None or make is compaction.compact

    @rule(
        worker=WORKERS, reopened=st.booleans(), batch=st.just([]) | st.lists(articles(), max_size=3)
    )
    def snapshot_in_use(self, worker: int, reopened: bool, batch: list[Article]) -> None:
        """As above, with writes before anybody has looked; one has it in use from now on."""
        compaction.compact(self.workers[worker].store)
        self.put(worker, batch)
        if reopened:
            self.reopen(worker)
        with self.workers[worker].reading(NOON):
            pass
        settle()

    # What must hold

    @rule(worker=WORKERS, where=filters, now=moments, query=queries)
    def ask(self, worker: int, where: Filter, now: datetime, query: str) -> None:
        with self.workers[worker].reading(now) as view:
            self.compare(view, where, query)
            self.compare_searches(view, where, query)

    @rule(worker=WORKERS, draft=articles())
    def ask_for_the_copies_of_a_text(self, worker: int, draft: Article) -> None:
        with self.workers[worker].reading(NOON) as view:
            found = view.copies_of_text(draft.body, draft.published_at, draft.language)
            assert list(found) == sorted(set(found))
            assert set(named(view, list(found))) == self.model.copies_of_text(draft)

    @precondition(lambda self: self.model.articles)
    @rule(worker=WORKERS, where=filters, now=moments, data=st.data())
    def ask_for_similar(
        self, worker: int, where: Filter, now: datetime, data: st.DataObject
    ) -> None:
        article_id = data.draw(st.sampled_from(sorted(self.model.articles)))
        noise = self.model.noise(embedding(self.model.articles[article_id]))
        with self.workers[worker].reading(now) as view:
            hits = similar(
                view,
                source_of_article(view, article_id),
                Choice(where=where, fallback="none", time="evergreen", languages="any"),
            ).hits
            found = scores_of(view, hits)
        copies, expected = self.model.copies(), self.model.similar(article_id, where, now)
        for hit in found:
            assert found.keys().isdisjoint(copies[hit]), "a hit stands for its cluster"
        hidden = set().union(*(copies[hit] for hit in found)) & expected.keys()
        for copy in hidden:
            best = max(found[hit] for hit in found if copy in copies[hit])
            assert best > expected.pop(copy) - noise, "the best of a cluster stands for it"
        same_scores(found, expected, noise)

    @invariant()
    def both_hold_the_same(self) -> None:
        for worker in getattr(self, "workers", []):
            with worker.reading(NOON) as view:
                self.compare(view, Filter(), "fish law the us")
                for article_id in "abcdefgh":
                    self.compare_one(view, article_id)
                self.compare_copies(view)
            counts = {fold(count.tag): count.articles for count in tag_counts(worker.store, NOON)}
            seen = [
                {fold(tag) for tag in entry.tags}
                for entry in self.model.passing(Filter(), NOON).values()
            ]
            assert counts == {
                tag: sum(tag in tags for tags in seen) for tags in seen for tag in tags
            }

    def compare_one(self, view: View, article_id: str) -> None:
        if article_id not in self.model.articles:
            with pytest.raises(ArticleNotFound):
                view.key_of(article_id)
            return
        entry = self.model.articles[article_id]
        assert view.article(article_id) == entry
        assert view.embedding(view.key_of(article_id)).tolist() == embedding(entry).tolist()
        assert view.tags_of(view.key_of(article_id)) == entry.tags

    def compare_copies(self, view: View) -> None:
        ids = {view.key_of(article_id): article_id for article_id in self.model.articles}
        found = view.copies_of(ids)
        assert {ids[key]: [ids[each] for each in sorted(found[key])] for key in found} == {
            article_id: sorted(copies, key=view.key_of)
            for article_id, copies in self.model.copies().items()
        }

    def compare(self, view: View, where: Filter, text: str) -> None:
        model, now = self.model, view.now
        assert len(view) == len(model.articles)
        newest = model.newest(where, now)
        for limit in (1, 3, 100):
            assert named(view, view.newest(where, limit)) == newest[:limit]
        vector = embedding_of(text)
        near = view.nearest(vector.astype(np.float32), 100, where)
        keys, scores = near.keys.tolist(), near.scores.tolist()
        assert_ranked(keys, scores)
        cosines = dict(zip(named(view, keys), scores, strict=True))
        assert cosines == pytest.approx(model.cosines(vector, where, now), abs=1e-6)
        typical = view.typical_cosine(vector.astype(np.float32))
        assert typical == pytest.approx(model.typical(vector), abs=1e-6)

        weights = {term: 1.0 + len(term) for term in terms_of(text)}
        query = view.query(weights)
        matching = view.matching(query, 100, where)
        assert matching.tolist() == sorted(set(matching.tolist()))
        scores = view.keyword_scores(query, matching).tolist()
        found = dict(zip(named(view, matching.tolist()), scores, strict=True))
        assert found == pytest.approx(model.bm25(weights, where, now), rel=1e-5)
        assert view.ceiling(query) == pytest.approx(model.ceiling(weights))
        rarities = view.rarities(query.terms).tolist()
        assert rarities == pytest.approx(model.rarities(view.term_texts(query.terms)))
        self.compare_names(view)

    def compare_names(self, view: View) -> None:
        seen = self.model.passing(Filter(), view.now).values()
        sections = [entry.section for entry in seen if entry.section is not None]
        assert view.section_counts() == {name: sections.count(name) for name in sections}
        # "us relations" names both ways to write that tag, if a visible article has either
        tags = {tag for entry in self.model.articles.values() for tag in entry.tags}
        shown = {tag.casefold().replace("_", "-") for entry in seen for tag in entry.tags}
        carried = {tag for tag in tags if tag.casefold().replace("_", "-") in shown}
        text = "news x us relations economi"
        expected = {tag for tag in carried if " ".join(terms_of(tag)).replace("relat", "relations")}
        named_there = {tag for tag, _, _ in view.tags_named_in(view.terms(text))}
        assert named_there == expected

    def compare_searches(self, view: View, where: Filter, text: str) -> None:
        for mode in MODES:
            page = search(view, text, SearchOptions(mode, 100, where=where))
            expected = self.model.search(text, mode, where, view.now)
            noise = 3 * self.model.noise(embedding_of(text)) if mode != "keyword" else 1e-5
            same_scores(scores_of(view, page.hits), expected, noise)


def settle() -> None:
    """Waits until what is prepared in the background is ready."""
    for thread in threading.enumerate():
        if thread.name == "prepare-snapshot":
            thread.join()


def named(view: View, keys: list[int]) -> list[str]:
    articles = view.articles(keys)
    return [articles[key].id for key in keys]


def scores_of(view: View, hits: Sequence[Hit]) -> dict[str, float]:
    assert_ranked([view.key_of(hit.article.id) for hit in hits], [hit.score for hit in hits])
    return {hit.article.id: hit.score for hit in hits}


def assert_ranked(keys: Sequence[int], scores: Sequence[float]) -> None:
    """The best first, and of equal ones the first that was written."""
    ranked = [(-score, key) for key, score in zip(keys, scores, strict=True)]
    assert ranked == sorted(ranked)


def same_scores(found: Mapping[str, float], expected: Mapping[str, float], noise: float) -> None:
    """A score of 0 is no hit, and one that is hardly more may be rounded to it."""
    everyone = found.keys() | {i for i, score in expected.items() if score > noise}
    assert found.keys() <= expected.keys()
    assert {i: found.get(i, 0.0) for i in everyone} == pytest.approx(
        {i: expected[i] for i in everyone}, abs=noise
    )


ArchiveMachine.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestArchive = ArchiveMachine.TestCase
