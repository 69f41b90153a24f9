"""A vocabulary in a table or a thesaurus, as publishers have them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.errors import SourceUnreadable, TagInvalid
from newsclip.index.house_tags import HouseTag
from newsclip.index.sources.skos import read_skos
from newsclip.index.sources.tag_table import read_table, write_table
from newsclip.index.tag_names import Style


def table(text: str) -> list[HouseTag]:
    return read_table(text.encode(), "tags.csv", Style("", "all").written)


def test_a_table_with_all_columns() -> None:
    text = (
        "tag,label,uri,aliases,broader,group,status,replaced_by\n"
        'GustavoPetro,Gustavo Petro,u:1,"Petro|President Petro",Colombia,person,,\n'
        "#Columbia,,,,,,Deprecated,#Colombia\n"
        "Colombia,,,,,place,active,\n"
    )
    assert table(text) == [
        HouseTag(
            "GustavoPetro",
            "Gustavo Petro",
            "u:1",
            ("Petro", "President Petro"),
            "Colombia",
            "person",
        ),
        HouseTag("Columbia", status="deprecated", replaced_by="Colombia"),
        HouseTag("Colombia", group="place"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "tag;group\nLaw;topic\n\n;\n",
        "\ufeffTag\tGroup\r\nLaw\ttopic\r\n",
        "group,tag,aliases\ntopic,Law",
        "tag,group\nLaw, topic \n",
    ],
)
def test_tables_as_spreadsheets_write_them(text: str) -> None:
    assert table(text) == [HouseTag("Law", group="topic")]


def test_a_label_alone_becomes_a_tag_of_the_house() -> None:
    assert table("label\nUS relations\n") == [HouseTag("USRelations", "US relations")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column"),
        ("name\nLaw\n", "no column"),
        ("tag,colour\nLaw,red\n", "'colour'"),
        ("tag,tag\nLaw,Law\n", "twice"),
        ("tag,group\nLaw,topic,more\n", "line 2"),
        ('tag\n"Law\n', "line"),
    ],
)
def test_a_table_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(SourceUnreadable, match=said):
        table(text)


def test_a_table_in_another_encoding() -> None:
    with pytest.raises(SourceUnreadable, match="UTF-8 at byte 8"):
        read_table("tag\nCaf\xe9\n".encode("latin-1"), "tags.csv", str)


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("tag,status\nLaw,\nSea,old\n", 3, "status"),
        ("tag,group\nLaw,\nLaw,topic\n", 3, "tag"),
        ("tag,group\n,topic\n", 2, "tag"),
    ],
)
def test_a_line_that_breaks_a_rule_is_named(text: str, line: int, field: str) -> None:
    with pytest.raises(TagInvalid) as refused:
        table(text)
    assert refused.value.field == field
    assert refused.value.message.startswith(f"tags.csv, line {line}: {field}: ")


NAME = st.text("aB é,;\"|'日\n=-", min_size=1, max_size=8).map(str.strip).filter(bool)
PLAIN = NAME.map(lambda name: name.replace("\n", " ").strip()).filter(bool)
ALIAS = PLAIN.map(lambda name: name.replace("|", "/").strip()).filter(bool)
ENTRY = st.builds(
    HouseTag,
    PLAIN,
    label=st.none() | PLAIN,
    uri=st.none() | PLAIN,
    aliases=st.lists(ALIAS, max_size=3, unique=True).map(tuple),
    broader=st.none() | PLAIN,
    group=st.none() | PLAIN,
    status=st.sampled_from(["active", "deprecated", "banned"]),
)


@given(st.lists(ENTRY, max_size=5, unique_by=lambda entry: entry.tag))
def test_a_table_that_was_written_is_read_as_the_same(entries: list[HouseTag]) -> None:
    out = io.StringIO()
    write_table(entries, out)
    assert table(out.getvalue()) == entries


THESAURUS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix : <http://example.org/> .

:law a skos:Concept ; skos:prefLabel "Law"@en, "Recht"@de ;
    skos:altLabel "statute"@en, "Gesetz"@de, "lex" ; skos:hiddenLabel "statue"@en .
:labour a skos:Concept ; skos:prefLabel "Labour law"@en ; skos:broader :law .
:union a skos:Concept ; skos:prefLabel "Unions"@en .
:labour skos:narrower :union .
:work a skos:Concept ; skos:prefLabel "Work law"@en ; dct:isReplacedBy :labour .
:old a skos:Concept ; skos:prefLabel "Old"@en ; owl:deprecated true .
:german a skos:Concept ; skos:prefLabel "Nur deutsch"@de .
:people a skos:Collection ; skos:prefLabel "person"@en ; skos:member :union .
"""


def test_a_thesaurus_in_one_language() -> None:
    found = read_skos(THESAURUS.encode(), "t.ttl", Style("", "all").written)
    at = "http://example.org/"
    assert found == [
        HouseTag("LabourLaw", "Labour law", at + "labour", broader="Law"),
        HouseTag("Law", "Law", at + "law", ("statue", "statute", "lex")),
        HouseTag("Old", "Old", at + "old", status="deprecated"),
        HouseTag("Unions", "Unions", at + "union", broader="LabourLaw", group="person"),
        HouseTag("WorkLaw", "Work law", at + "work", status="deprecated", replaced_by="LabourLaw"),
    ]
    german = read_skos(THESAURUS.encode(), "t.ttl", str, "de")
    assert [entry.tag for entry in german] == ["Nur deutsch", "Recht"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this is no Turtle", "is no Turtle"),
        ("", "no concept"),
        (THESAURUS.replace("@en", "@fr").replace("@de", "@it"), "'en'"),
    ],
)
def test_a_thesaurus_that_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(SourceUnreadable, match=said):
        read_skos(text.encode(), "t.ttl", str)


def test_two_concepts_that_would_be_one_tag_are_refused() -> None:
    text = THESAURUS.replace('"Unions"@en', '"LAW"@en')
    with pytest.raises(TagInvalid, match="http://example") as refused:
        read_skos(text.encode(), "t.ttl", str.lower)
    assert "http://example.org/law" in refused.value.message
