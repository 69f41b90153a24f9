"""Names: runs of capitalised words, and what only looks like one."""

import pytest

from newsclip.index.names import longest_first, names_in, own_names, shared_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met Ada Byron and the minister.", ("Ada Byron",)),
        ("He went to the Ministry of Finance in Bogotá.", ("Ministry of Finance", "Bogotá")),
        ("so said Ludwig van Beethoven, and Øystein Åse.", ("Ludwig van Beethoven", "Øystein Åse")),
        ("The harbour is old.", ()),
        ("The Assembly met. It is the assembly of the land.", ("Assembly",)),
        ("Dockers strike. The dockers went home.", ()),
        ("Colombia votes, says Ana. Later, Colombia waits.", ("Ana", "Colombia")),
        ("Colombia votes.", ()),
        ("On Monday in January we saw Jean-Luc O'Neill.", ("Jean-Luc O'Neill",)),
        ("из Москвы в Санкт-Петербург", ("Москвы", "Санкт-Петербург")),
        ("a USA team", ("USA",)),
        ("It was Romney's plan.", ("Romney",)),
        ("in Mitt Romney’s White House on Tuesday's eve", ("Mitt Romney", "White House")),
        ("It's said that Oslo's Ministry of Finance fell", ("Oslo", "Ministry of Finance")),
        ("Ada's of Byron's", ("Byron",)),
        ("a Rep. Lewis, Mr Byron and Mrs. Åse in Oslo", ("Lewis", "Byron", "Åse", "Oslo")),
        ("so the Mr. went", ()),
        ("City of Detroit. It is the city of Oslo.", ("Detroit", "Oslo")),
        ("Director Monday. A director", ()),
        ("so the March of Dimes", ("Dimes",)),
        ("so did Ada Byron, R-Ky., and Åse (D-Va.) of Oslo.", ("Ada Byron", "Åse", "Oslo")),
        ("in Flint, Mich., a plant of Port Inc. is shut (so said Ada.)", ("Flint", "Port", "Ada")),
        ("with Adm. Byron, and Reps. Ada and Åse", ("Byron", "Ada", "Åse")),
        ("that Ada Byron Jr., not Ada Byron, said", ("Ada Byron Jr", "Ada Byron")),
        ("It saw Rome. “so”, said Ada. 1 of Oslo", ("Rome", "Ada", "Oslo")),
        ("", ()),
        ("nothing here", ()),
    ],
)
def test_names_in_a_text(text: str, expected: tuple[str, ...]) -> None:
    assert names_in(text) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Of Rome", "", "So said Ada in Port Royal."), ("Port Royal", "Ada")),
        (("Of Rome", "A night in Oslo.", "So said Ada."), ("Oslo", "Ada")),
        (("A day in Rome", "", ""), ("Rome",)),
        (("A day in Rome", "A night in Oslo", ""), ("Rome", "Oslo")),
        (
            ("", "in Oslo", "How Rome Fell\nSo said Ada.\n“So in Bonn.”\nby Getty Images\n"),
            ("Oslo", "Bonn", "Ada"),
        ),
        (("", "", "Port of Oslo"), ("Port of Oslo",)),  # no line ends as a sentence
        (("", "", "word " * 1_600 + "of Ada"), ()),  # behind the 8,000th character
        (("", "", "word " * 1_500 + "of Ada"), ("Ada",)),
    ],
)
def test_the_names_of_an_article(parts: tuple[str, str, str], expected: tuple[str, ...]) -> None:
    assert own_names(*parts) == expected


def test_shared_names_are_whole_and_the_longest_comes_first() -> None:
    names = longest_first(["Byron", "Ada Byron", "Rome", "Port Royal"])
    assert shared_names(names, "Romeo met Ada Byron in Port Royal.", 3) == (
        "Port Royal",
        "Ada Byron",
    )
    assert shared_names(names, "Lord Byron, in Rome", 3) == ("Byron", "Rome")
    assert shared_names(names, "Ada Byron, Port Royal", 1) == ("Port Royal",)
    assert shared_names(names, "byron", 3) == ()
