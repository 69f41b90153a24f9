"""Learning and measuring, on an archive whose editors link by a rule that can be learned."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.doubles import article, axis_archive

from newsclip.errors import TooLittleKnown
from newsclip.index.archive import Archive
from newsclip.recommender.evaluate import evaluate
from newsclip.recommender.learning import calibration_error, examples
from newsclip.recommender.metrics import MEASURES
from newsclip.recommender.questions import (
    KnownLinks,
    Pair,
    Question,
    linked_pairs,
    questions,
    tagged_questions,
    without,
)
from newsclip.recommender.ranking import FIXED, Ranker
from newsclip.recommender.source import source_of_article
from newsclip.recommender.tune import tune

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WORDS = ("fish", "ship", "vote", "bank", "star", "goal", "law")


def filled(archive: Archive, articles: int = 210) -> None:
    """Of each word a guide, to which every article of the word links, and never to another."""
    archive.put(
        [
            article(f"guide-{word}", title="Guide", body=f"{word}", section="Guides")
            for word in WORDS
        ]
    )
    random = np.random.default_rng(0)
    archive.put(
        [
            article(
                f"a-{number}",
                title=f"{WORDS[number % 7]} {number}",
                body=" ".join([WORDS[number % 7]] * 3 + random.choice(WORDS, 4).tolist()),
                section="News",
                links=[f"guide-{WORDS[number % 7]}"],
            )
            for number in range(articles)
        ]
    )


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with axis_archive(tmp_path_factory.mktemp("linked")) as archive:
        filled(archive)
        yield archive


def test_it_learns_what_editors_link(linked: Archive) -> None:
    with linked.reading(NOW) as view:
        tuning = tune(view, linked_pairs(view), seed=3)
        again = tune(view, linked_pairs(view), seed=3)
    assert (tuning.sources, tuning.held_out, tuning.taught_by) == (210, 70, "links")
    assert tuning.gained
    own, fixed = (tuning.report.rankers[name]["ndcg@10"].mean for name in ("own", "fixed"))
    assert own > 0.95 > fixed
    assert tuning.ranker.sections["guides"] > tuning.ranker.sections["news"]
    assert tuning.calibration_error < 0.1
    assert again == tuning
    assert Ranker.from_json(tuning.ranker.to_json()) == tuning.ranker


def test_too_little_says_what_is_missing(archive: Archive) -> None:
    filled(archive, 20)
    with archive.reading(NOW) as view, pytest.raises(TooLittleKnown, match="20 found") as caught:
        tune(view, linked_pairs(view))
    assert "links" in caught.value.remedy


def test_links_to_what_is_like_nothing_teach_nothing(archive: Archive) -> None:
    archive.put([article(n, body="law") for n in range(120)])
    archive.put([article("far", body="goal")])
    with archive.reading(NOW) as view:
        pairs = [Pair(view.key_of(str(n)), view.key_of("far")) for n in range(120)]
        with pytest.raises(TooLittleKnown, match="most like them") as caught:
            tune(view, pairs, qrels="judgments")
    assert caught.value.found == 0


def test_an_archive_as_large_as_an_answer_can_be_learned_from(archive: Archive) -> None:
    """All its articles are candidates: there are no others to tell chance by."""
    filled(archive, 63)
    with archive.reading(NOW) as view:
        tuning = tune(view, linked_pairs(view))
    assert tuning.sources == 63
    assert 0 <= tuning.calibration_error <= 1


def test_tags_teach_where_links_are_few(archive: Archive) -> None:
    archive.put(
        [
            article(
                number, title=WORDS[number % 7], body=WORDS[number % 7], tags=[f"t{number // 7}"]
            )
            for number in range(70)
        ]
    )
    with archive.reading(NOW) as view:
        tuning = tune(view, [])
        known = tagged_questions(view)
    assert (tuning.taught_by, tuning.sources) == ("rare tags", 70)
    assert all(len(q.grades) == 6 and not q.source.tags for q in known)


def test_judgments_are_not_filled_up_with_tags(archive: Archive) -> None:
    """Seventy articles share a rare tag: they would suffice where links are few."""
    archive.put([article(n, body=WORDS[n % 7], tags=[f"t{n // 7}"]) for n in range(70)])
    with archive.reading(NOW) as view:
        keys = [view.key_of(str(number)) for number in range(70)]
        pairs = [Pair(one, other) for one, other in zip(keys[:59], keys[7:], strict=False)]
        with pytest.raises(TooLittleKnown, match=r"in 'few\.tsv': 59 found, 60 needed") as caught:
            tune(view, pairs, qrels="few.tsv")
        assert "judge" in caught.value.remedy
        assert "tags" not in caught.value.message + caught.value.remedy
        pairs.append(Pair(keys[59], keys[66]))
        tuning = tune(view, pairs, qrels="few.tsv")
    assert (tuning.taught_by, tuning.sources) == ("judgments", 60)


def test_phrases_are_cut_in_any_case_the_longest_first(archive: Archive) -> None:
    archive.put(
        [article("a", title="Fish law", body="The Fish Law and the fish law act of ships.")]
    )
    with archive.reading(NOW) as view:
        source = source_of_article(view, "a")
        cut = without(view, source, ["fish law", "Fish law act", "", "of"])
        assert cut.draft.body.split() == ["The", "and", "the", "of", "ships."]
        assert cut.draft.title == "Fish law"
        assert cut.keys == source.keys
        assert cut.embedding.tolist() != source.embedding.tolist()
        assert without(view, source, ["nothing of it"]) is source


def test_questions_are_the_pairs_by_source(archive: Archive) -> None:
    archive.put([article(name, title=f"Fish {name}") for name in "abc"])
    with archive.reading(NOW) as view:
        a, b, c = (view.key_of(name) for name in "abc")
        pairs = [Pair(b, a), Pair(a, b, 2), Pair(a, c, 0), Pair(c, c)]
        assert [(q.source.key, q.grades) for q in questions(view, pairs)] == [
            (a, {b: 2, c: 0}),
            (b, {a: 1}),
        ]


def test_known_links_hide_those_of_some() -> None:
    links = KnownLinks({1: [2, 3], 4: [2]})
    keys = np.array([1, 2, 4], np.int64)
    assert links.links_from(keys) == {1: (2, 3), 4: (2,)}
    assert links.link_counts(keys).tolist() == [0, 2, 0]
    hidden = links.but([1])
    assert hidden.links_from(keys) == {4: (2,)}
    assert hidden.link_counts(keys).tolist() == [0, 1, 0]


def test_a_question_without_an_answer_is_left_out_and_counted(linked: Archive) -> None:
    with linked.reading(NOW) as view:
        asked = questions(view, linked_pairs(view))[:5]
        none = Question(asked[0].source, {asked[1].source.keys[0]: 0})
        report = evaluate(view, [*asked, none], {"fixed": FIXED}, view, left_out=2)
        assert (report.questions, report.left_out) == (5, 3)
        assert report.rankers["fixed"].keys() == set(MEASURES)
        assert report.gains == {}
        with pytest.raises(TooLittleKnown):
            evaluate(view, [none], {"fixed": FIXED}, view)


def test_a_ranker_gains_nothing_over_itself(linked: Archive) -> None:
    with linked.reading(NOW) as view:
        asked = questions(view, linked_pairs(view))[:20]
        report = evaluate(view, asked, {"fixed": FIXED, "again": FIXED}, view)
    gain = report.gains["again"]["ndcg@10"]
    assert (gain.mean, gain.low, gain.high) == (0, 0, 0)


def test_a_ranker_that_is_always_sure_is_badly_calibrated(linked: Archive) -> None:
    with linked.reading(NOW) as view:
        table = examples(view, questions(view, linked_pairs(view))[:30], [view], 0)
        sure = Ranker({}, offset=20.0)
        # Of all that is alike at all it says 1: right for the half that is related.
        assert 0.2 < calibration_error(sure, table) <= 0.5
