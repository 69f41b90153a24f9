"""Whatever happens to an archive, two processes over it answer as a dictionary of articles does."""

import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.doubles import axis_archive, embedding_of

from newsclip.errors import ArticleNotFound
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.live import View
from newsclip.index.sources.jsonlines import Line
from newsclip.index.statistics import tag_counts

from .strategies import NOON, articles, filters, ids, moments, passes, texts

WORDS = {"fish": "fish", "law": "law", "the": "the", "elev": "élève"}
"""Terms as they are indexed, and the words that they stand for."""


class ArchiveMachine(RuleBasedStateMachine):
    """Two archives over one directory, as two worker processes have them."""

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.workers = [self.opened(), self.opened()]
        self.model: dict[str, Article] = {}

    def opened(self) -> Archive:
        return axis_archive(Path(self.folder.name))

    def teardown(self) -> None:
        for worker in getattr(self, "workers", []):
            worker.close()
        if hasattr(self, "folder"):
            self.folder.cleanup()

    # What happens

    @rule(worker=st.integers(0, 1), batch=st.lists(articles(), min_size=1, max_size=6))
    def put(self, worker: int, batch: list[Article]) -> None:
        outcomes = self.workers[worker].put(batch)
        for entry, outcome in zip(batch, outcomes, strict=True):
            before = self.model.get(entry.id)
            expected = "added" if before is None else "updated"
            assert outcome == ("unchanged" if before == entry else expected)
            self.model[entry.id] = entry

    @rule(worker=st.integers(0, 1), batch=st.lists(articles(), max_size=6))
    def import_(self, worker: int, batch: list[Article]) -> None:
        lines = [Line(number, entry) for number, entry in enumerate(batch, start=1)]
        summary = self.workers[worker].import_articles(lines, strict=bool(worker))
        new = {entry.id for entry in batch} - self.model.keys()
        assert summary.added == len(new)
        assert summary.accepted == len(batch)
        assert summary.repeated_ids == len(batch) - len({entry.id for entry in batch})
        self.model.update({entry.id: entry for entry in batch})

    @rule(worker=st.integers(0, 1), article_id=ids)
    def delete(self, worker: int, article_id: str) -> None:
        if article_id in self.model:
            self.workers[worker].delete(article_id)
            del self.model[article_id]
        else:
            with pytest.raises(ArticleNotFound):
                self.workers[worker].delete(article_id)

    @precondition(lambda self: len(self.model) > 1)
    @rule(worker=st.integers(0, 1), data=st.data())
    def swap_texts(self, worker: int, data: st.DataObject) -> None:
        first, second = data.draw(st.permutations(sorted(self.model)))[:2]
        one, two = self.model[first], self.model[second]
        self.model[first] = one.model_copy(update={"title": two.title, "body": two.body})
        self.model[second] = two.model_copy(update={"title": one.title, "body": one.body})
        self.workers[worker].put([self.model[first], self.model[second]])

    @rule(worker=st.integers(0, 1))
    def reopen(self, worker: int) -> None:
        self.workers[worker].close()
        self.workers[worker] = self.opened()

    # What must hold

    @rule(worker=st.integers(0, 1), where=filters, now=moments, query=texts)
    def ask(self, worker: int, where: Filter, now: datetime, query: str) -> None:
        with self.workers[worker].reading(now) as view:
            self.compare(view, where, query)

    @invariant()
    def both_hold_the_same(self) -> None:
        for worker in getattr(self, "workers", []):
            with worker.reading(NOON) as view:
                self.compare(view, Filter(), "fish law")
                for article_id in "abcdefgh":
                    self.compare_one(view, article_id)
            counts = {count.tag: count.articles for count in tag_counts(worker.store, NOON)}
            seen = [entry.tags for entry in self.model.values() if entry.is_visible(NOON)]
            assert counts == {
                tag: sum(tag in tags for tags in seen) for tags in seen for tag in tags
            }

    def compare_one(self, view: View, article_id: str) -> None:
        if article_id not in self.model:
            with pytest.raises(ArticleNotFound):
                view.key_of(article_id)
            return
        entry = self.model[article_id]
        assert view.article(article_id) == entry
        expected = embedding_of(f"{entry.title} {entry.body}")
        assert view.embedding(view.key_of(article_id)) == pytest.approx(expected, abs=1e-6)
        assert view.tags_of(view.key_of(article_id)) == entry.tags

    def compare(self, view: View, where: Filter, query: str) -> None:
        passing = {i: entry for i, entry in self.model.items() if passes(entry, where, view.now)}
        embedding = embedding_of(query)
        near = view.nearest(embedding.astype(np.float32), 100, where)
        found = {key: entry.id for key, entry in view.articles(near.keys.tolist()).items()}
        assert sorted(found.values()) == sorted(passing)
        expected = [
            float(embedding_of(f"{e.title} {e.body}") @ embedding)
            for e in (passing[found[key]] for key in near.keys.tolist())
        ]
        assert near.scores == pytest.approx(expected, abs=1e-6)
        assert near.scores.tolist() == sorted(near.scores.tolist(), reverse=True)

        for term, word in WORDS.items():
            keys = view.matching({term: 1.0}, 100, where).keys.tolist()
            holders = {entry.id for entry in view.articles(keys).values()}
            assert holders == {
                i for i, e in passing.items() if word in f"{e.title} {e.body}".lower().split()
            }


ArchiveMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestArchive = ArchiveMachine.TestCase
