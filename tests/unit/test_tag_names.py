"""Tags that differ in spelling alone, and the style in which a house writes its tags."""

import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.index.article import article_to_dict
from newsclip.index.tag_names import Style, Styles, comparable

FUNDUS = Path(__file__).parents[3] / "shared/data/fundus-publishers.jsonl.xz"
STYLES = [Style(s, c) for s in ("", " ", "-", "_") for c in ("none", "first", "all")]
CAMEL, LOWER, TITLE, SENTENCE, SLUG = (
    Style("", "all"),
    Style(" ", "none"),
    Style(" ", "all"),
    Style(" ", "first"),
    Style("-", "none"),
)


@pytest.mark.parametrize(
    "tags",
    [
        ("#US-Relations", "USRelations", "us relations", "U.S. Relations", "us_relations"),
        ("Nicolás Maduro", "Nicolas Maduro", "NicolasMaduro"),
        ("COVID-19", "Covid19", "covid 19"),
        ("O'Neill", "ONeill", "O’Neill"),
        ("Straße", "STRASSE"),
        ("Ｔｏｋｙｏ", "Tokyo"),
    ],
)
def test_spellings_of_one_tag(tags: tuple[str, ...]) -> None:
    assert len({comparable(tag) for tag in tags}) == 1


@pytest.mark.parametrize(
    "tags",
    [
        ("C", "C++", "C#"),
        ("budget 3.0", "budget 30"),
        ("2026-1", "20261"),
        ("AT&T", "ATT"),
        ("की", "का"),
        ("Election2024", "Election2026"),
        ("🙂", "🙁"),
    ],
)
def test_other_tags(tags: tuple[str, ...]) -> None:
    assert len({comparable(tag) for tag in tags}) == len(tags)


@pytest.mark.parametrize(
    ("text", "camel", "lower", "title", "sentence", "slug"),
    [
        ("Gustavo Petro", "GustavoPetro", "gustavo petro", *["Gustavo Petro"] * 2, "gustavo-petro"),
        (
            "climate change",
            "ClimateChange",
            "climate change",
            "Climate Change",
            "Climate change",
            "climate-change",
        ),
        (
            "Bank of England",
            "BankOfEngland",
            "bank of england",
            *["Bank of England"] * 2,
            "bank-of-england",
        ),
        (
            "U.S. relations",
            "USRelations",
            "u.s. relations",
            "U.S. Relations",
            "U.S. relations",
            "us-relations",
        ),
        ("#COVID-19", "COVID19", "covid-19", "COVID-19", "COVID-19", "covid-19"),
    ],
)
def test_a_phrase_in_each_style(
    text: str, camel: str, lower: str, title: str, sentence: str, slug: str
) -> None:
    written = [style.written(text) for style in (CAMEL, LOWER, TITLE, SENTENCE, SLUG)]
    assert written == [camel, lower, title, sentence, slug]


@given(st.text(max_size=40), st.sampled_from(STYLES))
def test_a_tag_in_another_style_is_the_same_tag(text: str, style: Style) -> None:
    written = style.written(text)
    assert comparable(written) == comparable(text)
    assert style.written(written) == written


@pytest.mark.parametrize(
    ("style", "tags"),
    [
        (CAMEL, ["Colombia", "GustavoPetro", "USRelations", "Trump"]),
        (LOWER, ["colombia", "gustavo petro", "us relations", "NATO"]),
        (TITLE, ["Colombia", "Gustavo Petro", "Bank of England", "Climate Change"]),
        (SENTENCE, ["Colombia", "Gustavo Petro", "Climate change", "Foreign policy"]),
        (SLUG, ["colombia", "gustavo-petro", "us-relations"]),
        (Style("_", "none"), ["gustavo_petro", "us_relations", "colombia"]),
        (TITLE, []),
        (TITLE, ["韓国", "日本 政治", "🙂"]),
    ],
)
def test_a_style_is_learned_from_the_tags(style: Style, tags: list[str]) -> None:
    assert Styles(tags).learned() == style


def test_tags_that_are_gone_count_no_more() -> None:
    styles = Styles(["GustavoPetro", "USRelations", "us relations"])
    assert styles.learned() == CAMEL
    for tag in ("GustavoPetro", "USRelations"):
        styles.remove(tag)
    styles.add("colombia")
    assert styles.learned() == LOWER


def test_a_style_shows_itself() -> None:
    assert list(map(str, (CAMEL, LOWER, TITLE, SENTENCE, SLUG))) == [
        "TagOfWords",
        "tag of words",
        "Tag of Words",
        "Tag of words",
        "tag-of-words",
    ]


@pytest.mark.skipif(not FUNDUS.exists(), reason="real tags of 186 publishers are not here")
def test_the_tags_that_publishers_print_stay_what_they_are() -> None:
    with lzma.open(FUNDUS, "rt", encoding="utf-8") as lines:
        printed = {tag for line in lines for tag in json.loads(line)["tags"] if tag.strip()}
    assert len(printed) > 1_000
    for tag in printed:
        stored = article_to_dict(article("a", tags=[tag]))["tags"]
        assert stored == [tag.strip().lstrip("#").strip()]
        for style in STYLES:
            written = style.written(tag)
            assert comparable(written) == comparable(tag) == comparable(stored[0])
            assert style.written(written) == written
