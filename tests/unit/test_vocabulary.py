"""Tags counted in and out, and found by name in a text."""

import pytest

from newsclip.index.analysis import Analyzer
from newsclip.index.vocabulary import Vocabulary

TERMS = Analyzer().terms


def named(vocabulary: Vocabulary, text: str) -> list[tuple[str, int, int]]:
    return list(vocabulary.named_in(TERMS(text)))


def test_names_are_found_spelled_out_in_the_order_of_the_text() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add(["USRelations", "Harbour"])
    vocabulary.add(["GustavoPetro"])
    text = "harbours, and Gustavo Petro on US relations: the harbour"
    assert named(vocabulary, text) == [
        ("Harbour", 0, 1),
        ("GustavoPetro", 2, 4),
        ("USRelations", 5, 7),
        ("Harbour", 8, 9),
    ]


def test_a_name_is_found_whole_or_not_at_all() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add(["GustavoPetro", "MeridianBank", "Bank"])
    assert named(vocabulary, "Gustavo spoke, Petro did not") == []
    assert named(vocabulary, "Gustavo") == []
    assert named(vocabulary, "the Meridian bank") == [("MeridianBank", 1, 3), ("Bank", 2, 3)]
    assert named(vocabulary, "") == []


def test_tags_of_the_same_name_are_all_found() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add(["USRelations", "us-relations"])
    assert sorted(named(vocabulary, "US relations")) == [
        ("USRelations", 0, 2),
        ("us-relations", 0, 2),
    ]


def test_a_tag_is_forgotten_with_its_last_article() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add(["Harbour", "Law"])
    vocabulary.add(["Harbour"])
    vocabulary.remove(["Harbour", "Law"])
    assert named(vocabulary, "harbour law") == [("Harbour", 0, 1)]
    vocabulary.remove(["Harbour"])
    assert named(vocabulary, "harbour law") == []
    vocabulary.add(["Harbour"])
    assert named(vocabulary, "harbour law") == [("Harbour", 0, 1)]


def test_tags_may_be_counted_in_many_at_a_time() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.count({"Harbour": 2, "Law": 1})
    vocabulary.add(["Harbour"])
    assert named(vocabulary, "harbour law") == [("Harbour", 0, 1), ("Law", 1, 2)]
    for _ in range(2):
        vocabulary.remove(["Harbour"])
    vocabulary.remove(["Law"])
    assert named(vocabulary, "harbour law") == [("Harbour", 0, 1)]
    vocabulary.remove(["Harbour"])
    assert named(vocabulary, "harbour law") == []


def test_a_tag_without_a_word_is_counted_and_never_found() -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add(["🙂", "_"])
    assert named(vocabulary, "🙂 _ anything") == []
    vocabulary.remove(["🙂", "_"])
    vocabulary.add(["🙂"])


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("YouTube", "a YouTube video"),
        ("Election2026", "before the election 2026"),
        ("COVID19", "COVID-19 again"),
    ],
)
def test_names_as_people_write_them(tag: str, text: str) -> None:
    vocabulary = Vocabulary(TERMS)
    vocabulary.add([tag])
    assert named(vocabulary, text)
    vocabulary.remove([tag])
    assert not named(vocabulary, text)
