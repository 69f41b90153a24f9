"""How an article's plain text is set, and how matches in a text are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclip.api.marks import marked, marked_words, passage
from newsclip.api.pages.prose import blocks, headline, shortened, teaser
from newsclip.api.pages.rendered import names, web_url
from newsclip.index.article import Article

PROSE = "The phone call calmed the tensions, he told the crowd."


def kinds(body: str, title: str = "A title") -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks(Article(id="a", title=title, body=body))]


@pytest.mark.parametrize(
    "line",
    [
        "The Context of Tensions",
        "A Crisis Averted?",
        "The Trump Call: A Potential Turning Point",
        "Prices up by 5%",
        "2026 in figures",
        "¿Y ahora qué?",
        "ما بعد الأزمة",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n\r\n"])
def test_a_short_line_between_prose_is_a_subhead(line: str, gap: str) -> None:
    assert kinds(gap.join([PROSE, line, PROSE]))[1] == ("subhead", line)


@pytest.mark.parametrize(
    "line",
    [
        "And here's the kicker.",
        "“Talking is one thing.”",
        "He said:",
        "No! They left. And then",
        "of the talks with the neighbours",
        "እንግዲህ ወዲያ ሄዱ።",
        "One line that goes on and on, as the opening of a story without its full stop often does",
    ],
)
def test_prose_is_no_subhead(line: str) -> None:
    assert kinds("\n\n".join([PROSE, line, PROSE]))[1] == ("paragraph", line)


def test_the_last_line_heads_nothing() -> None:
    assert kinds(f"{PROSE}\n\nThe Conclusion")[1][0] == "paragraph"


def test_short_lines_in_a_row_are_a_verse_or_a_timetable() -> None:
    body = f"{PROSE}\nMonday from 8 to 12\nTuesday from 9 to 10\nFriday closed\n{PROSE}"
    assert {kind for kind, _ in kinds(body)} == {"paragraph"}


def test_bullets_make_one_list_and_may_follow_a_subhead() -> None:
    found = blocks(
        Article(id="a", title="T", body=f"{PROSE}\nBring along\n- water\n• bread\n{PROSE}")
    )
    assert [block.kind for block in found] == ["paragraph", "subhead", "list", "paragraph"]
    assert found[2].lines == ("water", "bread")


def test_a_number_below_zero_is_no_bullet() -> None:
    assert kinds("-5 degrees were measured at night.")[0][0] == "paragraph"


@pytest.mark.parametrize(
    "note",
    [
        "Correction: the rally was on Wednesday.",
        "Correction, January 9: the rally was on Wednesday.",
        "Editor’s note: names were changed.",
        "Clarification. The talks go on.",
    ],
)
def test_a_correction_is_a_note(note: str) -> None:
    assert kinds(f"{PROSE}\n\n{note}")[1] == ("note", note)


def test_the_title_is_not_repeated() -> None:
    assert kinds(f"A title\n\n{PROSE}") == [("paragraph", PROSE)]


def test_an_article_without_title_or_summary_is_named_by_its_text() -> None:
    article = Article(id="a", body="word " * 100)
    assert headline(article).endswith("word…")
    assert len(headline(article)) <= 81
    assert len(teaser(article)) <= 181


def test_an_article_that_is_all_title_has_no_teaser() -> None:
    assert teaser(Article(id="a", title="Only a title")) == ""


@given(st.text(), st.integers(1, 50))
def test_shortened_text_fits(text: str, characters: int) -> None:
    assert len(shortened(text, characters)) <= characters + 1


@given(
    st.text(alphabet="<>&\"'ab ıİß"), st.lists(st.tuples(st.integers(-3, 20), st.integers(-3, 20)))
)
def test_marks_add_nothing_but_marks(text: str, ranges: list[tuple[int, int]]) -> None:
    plain = marked(text, [])
    assert "<" not in plain
    assert marked(text, ranges).replace("<mark>", "").replace("</mark>", "") == plain


SOURCE = "One ends. Two goes on. Three\nFour <b> is last"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One ends.", "One ends."),
        ("Two goes ", "Two goes…"),
        ("goes on. ", "…goes on."),
        ("Three", "Three"),
        ("<b> is ", "…&lt;b&gt; is…"),
        ("Four <b> is last", "Four &lt;b&gt; is last"),
        ("from elsewhere", "from elsewhere"),
        ("", ""),
    ],
)
def test_a_passage_shows_where_it_was_cut(text: str, shown: str) -> None:
    assert passage(text, [], SOURCE) == shown


def test_a_teaser_ends_with_a_sentence_if_that_leaves_enough() -> None:
    assert shortened("One two three four. Five six seven.", 24) == "One two three four."
    assert shortened("One. Two three four five six seven.", 24) == "One. Two three four…"


def test_a_word_is_marked_as_it_stands_in_the_sentence() -> None:
    assert marked_words("İn <Bogotá> again", "bogotá") == "İn &lt;<mark>Bogotá</mark>&gt; again"
    assert marked_words("A <b>", "") == "A &lt;b&gt;"


@pytest.mark.parametrize(
    "url",
    [None, "javascript:alert(1)", "/a", "//x.example", "data:text/html,x", "http://[", "http:"],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_url(url) is None


def test_names_are_joined_as_people_write_them() -> None:
    assert [names(tuple("ABC"[:n])) for n in range(4)] == ["", "A", "A and B", "A, B and C"]
