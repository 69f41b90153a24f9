"""The learned ensemble: on an archive whose tags follow from its words."""

import random
from collections.abc import Iterator

import numpy as np
import pytest
from tests.tagged_stories import COUNT, FILLER, WORDS, stories, story

from newsclip.errors import TaggerInvalid, TooLittleKnown
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import Filter
from newsclip.index.house_tags import HouseTag
from newsclip.index.tag_changes import import_vocabulary
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.evaluation import evaluate_tags, given, newest_share
from newsclip.recommender.tagging.schedule import is_due
from newsclip.recommender.tagging.scoring import scored, scored_by
from newsclip.recommender.tagging.tagger import Tagger, tagger_of
from newsclip.recommender.tagging.training import LEAST_ARTICLES, gather, learn


@pytest.fixture
def archive(tmp_path) -> Iterator[Archive]:
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(stories(COUNT))
        yield archive


def trained(archive: Archive) -> Tagger:
    with archive.reading() as view:
        material = gather(view)
        encoder = view.encoder_identity
    tagger = learn(material)
    archive.store.taggers.keep(encoder, archive.revision(), tagger.to_bytes())
    return tagger


def draft_of(*words: str) -> Draft:
    return Draft(body=" ".join([*words, *FILLER]) + ".")


def test_a_draft_gets_the_tag_whose_words_it_has_and_hardly_another(archive):
    trained(archive)
    with archive.reading() as view:
        scores = scored(view, draft_of("striker", "keeper", "penalty", "coach")).scores
    assert max(scores, key=lambda tag: scores[tag]) == "Football"
    assert scores["Football"] > 0.6
    assert scores["Budget"] < 0.2
    assert scores["Harbour"] < 0.2


def test_what_is_learned_is_the_same_each_time(archive):
    assert trained(archive).to_bytes() == trained(archive).to_bytes()


def test_a_stored_tagger_scores_as_the_one_that_was_learned(archive):
    learned = trained(archive)
    draft = draft_of("quay", "ferry", "tax", "bond")
    with archive.reading() as view:
        stored = tagger_of(view)
        assert stored is not None
        before = scored_by(learned, view, draft, Filter()).scores
        after = scored_by(stored, view, draft, Filter()).scores
    assert after == pytest.approx(before, abs=2e-3)  # weights are kept in half precision


def test_the_parts_of_a_score_and_the_offset_are_its_log_odds(archive):
    tagger = trained(archive)
    draft = draft_of("quay", "ferry", "tide", "dock")
    with archive.reading() as view:
        found = scored_by(tagger, view, draft, Filter())
        nothing = scored_by(tagger, view, Draft(body="zzz"), Filter())
    score, parts = found.scores["Harbour"], found.parts["Harbour"]
    assert parts["decision"] > 0
    assert parts["votes"] + parts["more votes"] > 0
    assert score > nothing.scores["Harbour"]


def test_a_tag_that_came_after_the_learning_is_known_by_votes_at_once(archive):
    trained(archive)
    fresh = [
        story(COUNT + 1 + n, ("Harbour",), random.Random(n)).model_copy(
            update={"tags": ("Regatta",)}
        )
        for n in range(40)
    ]
    text = Draft(title=fresh[0].title, body=fresh[0].body)
    scores = []
    for count in (5, 40):
        archive.put(fresh[:count])
        with archive.reading() as view:
            scores.append(scored(view, text).scores["Regatta"])
    assert 0 < scores[0] < scores[1]
    assert scores[1] > 0.4


def test_a_new_tag_in_two_spellings_is_scored_as_one(archive):
    trained(archive)
    fresh = [story(COUNT + 1 + n, ("Harbour",), random.Random(n)) for n in range(40)]
    spelled = ("Regatta", "regatta")
    archive.put([a.model_copy(update={"tags": (spelled[n % 2],)}) for n, a in enumerate(fresh)])
    with archive.reading() as view:
        text = Draft(title=fresh[0].title, body=fresh[0].body)
        scores = scored(view, text).scores
    assert len({"Regatta", "regatta"} & scores.keys()) == 1


def test_an_article_is_no_witness_for_itself_while_it_is_learned_from(archive):
    lonely = Article.model_validate(
        {"id": "lonely", "title": "Xylophone", "body": "xylophone zither", "tags": ["Music"]}
    )
    archive.put([lonely, lonely.model_copy(update={"id": "other", "body": "quay", "title": "Q"})])
    with archive.reading() as view:
        material = gather(view)
        key = view.key_of("lonely")
    row = material.asked.tolist().index(key)
    music = list(material.lessons.tags).index("Music")
    assert material.votes[row, music] < 0.5


def test_feedback_teaches_what_no_article_says(archive):
    for n in range(6):
        words = " ".join(random.Random(n).sample(["turbine", "rotor", "gust", "blade", "mast"], 4))
        archive.give_feedback("ada", None, {"title": "Wind", "body": words}, ["Wind"], ["Budget"])
    with archive.reading() as view:
        tagger = learn(gather(view))
        assert "Wind" in tagger.tags
        found = scored_by(tagger, view, Draft(body="rotor blade mast gust"), Filter())
    assert found.scores["Wind"] > found.scores["Budget"]


def test_too_few_tagged_articles_are_told(tmp_path):
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(stories(LEAST_ARTICLES - 1))
        assert not is_due(archive.store)
        with (
            archive.reading() as view,
            pytest.raises(TooLittleKnown, match="199 found"),
        ):
            gather(view)


def test_ten_tagged_articles_are_enough_for_suggestions(tmp_path):
    with Archive.open(tmp_path, create=True) as archive:
        archive.put(stories(10))
        with archive.reading() as view:
            scores = scored(view, draft_of("striker", "keeper", "penalty", "coach")).scores
    assert max(scores, key=lambda tag: scores[tag]) == "Football"


def test_learning_is_due_at_first_and_then_after_enough_changes_or_feedback(archive):
    assert is_due(archive.store)
    trained(archive)
    assert not is_due(archive.store)
    archive.put(stories(COUNT + 24)[COUNT:])
    assert not is_due(archive.store)
    archive.give_feedback("ada", None, {"title": "Tax"}, ["Budget"], [])
    assert is_due(archive.store)
    trained(archive)
    assert not is_due(archive.store)


def test_a_damaged_tagger_is_passed_over(archive, caplog):
    trained(archive)
    with archive.reading() as view:
        encoder = view.encoder_identity
    archive.store.taggers.keep(encoder, 1, b"not a tagger")
    with archive.reading() as view:
        assert scored(view, draft_of("striker", "keeper")).scores["Football"] > 0
    assert "tags train" in caplog.text


def test_bytes_that_are_no_tagger_are_refused(archive):
    data = trained(archive).to_bytes()
    for cut in (0, 10, 1_000, -1):
        with pytest.raises(TaggerInvalid):
            Tagger.from_bytes(data[:cut])


def test_a_test_article_teaches_nothing_and_votes_for_nothing(archive):
    only = stories(1)[0].model_copy(update={"id": "only", "tags": ("Unheard",)})
    archive.put([only])
    with archive.reading() as view:
        report = evaluate_tags(view, given(view, ["only", "n3"]))
        assert report.unknown == 1
        assert "Unheard" not in [row.tag for row in report.rows]
        with pytest.raises(TooLittleKnown, match="test on"):
            evaluate_tags(view, given(view, ["only"]))


def test_evaluation_takes_the_newest_and_finds_what_can_be_found(archive):
    with archive.reading() as view:
        split = newest_share(view, 0.05)
        assert sorted(view.ids(split.test)) == sorted(f"n{n}" for n in range(209, COUNT))
        report = evaluate_tags(view, split)
    assert report.articles == 11
    assert report.learned_from == 209
    first = report.estimates["precision@1"]
    assert first is not None
    assert first.mean > 0.9
    assert first.low <= first.mean <= first.high


def test_lessons_count_each_article_s_tags_once(archive):
    with archive.reading() as view:
        known = gather(view).lessons
    whole = known.carried[~known.headline].toarray()
    assert list(known.tags) == sorted(WORDS)
    assert whole.sum(axis=0).tolist() == [
        sum(tag in article.tags for article in stories(COUNT)) for tag in known.tags
    ]
    assert known.headline.sum() == COUNT


def test_newer_articles_count_more_and_headlines_less(archive):
    with archive.reading() as view:
        known = gather(view).lessons
    whole, headline = known.weights[~known.headline], known.weights[known.headline]
    assert np.all(np.diff(whole) > 0)
    assert whole.mean() == pytest.approx(1)
    assert headline == pytest.approx(0.3 * whole)


def test_a_tag_out_of_use_is_not_learned(archive):
    entries = [HouseTag("Football", status="deprecated"), HouseTag("Harbour"), HouseTag("Budget")]
    import_vocabulary(archive.store, entries, True, "ada")
    with archive.reading() as view:
        assert list(gather(view).lessons.tags) == ["Budget", "Harbour"]
