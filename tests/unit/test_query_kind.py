import pytest

from newsclip.recommender.query_kind import QueryKind, kind_of


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("Ilse Dahlmann", "name"),
        ("Bank of England", "name"),
        ("Ludwig van Beethoven", "name"),
        ("Étienne Marchal", "name"),
        ("NATO", "name"),
        ("harbour law", "phrase"),
        ("Dahlmann verdict", "phrase"),
        ("Two Ministers Sit Down In Pontclair", "phrase"),
        ("BANK WILL INTERVENE", "phrase"),
        ("of the", "phrase"),
        ("who", "phrase"),
        ("why did the ferry sink", "question"),
        ("the ferry sank?", "question"),
        ("Wer hat die Wahl gewonnen", "question"),
        ("", "phrase"),
        ("???", "question"),
    ],
)
def test_kinds(query: str, kind: QueryKind) -> None:
    assert kind_of(query) == kind
