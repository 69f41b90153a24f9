"""HTML as text and links; and what is no HTML stays what it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles import article

from newsclip.errors import ArticleInvalid
from newsclip.index.incoming import unknown_fields
from newsclip.index.markup import MOST_OPEN, is_html, text_and_links

PAGE = "https://courier.example/politics/harbour-law"


def text_of(html: str) -> str:
    return text_and_links(html, PAGE)[0]


def links_of(html: str, page: str | None = PAGE) -> list[str]:
    return text_and_links(html, page)[1]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<h2>Sub</h2>\n\n<p>One\n  line</p>\n", "Sub\n\nOne line"),
        ("<p>Open.<p>Open too.", "Open.\n\nOpen too."),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<ul><li>One<li>Two</ul>Three", "One\nTwo\n\nThree"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><th>3</table>", "1 2\n3"),
        ("<p>A<b>B</b>C <i>D</i></p>", "ABC D"),
        ("<p>2 &lt; 3 &amp;&nbsp;&eacute;&#8217;</p>", "2 < 3 & é’"),
        ("<p>Har&shy;bour</p>", "Harbour"),
        ("<script>var a = '<p>';</script><style>p {}</style><p>A</p><!-- x -->", "A"),
        ("<figure><img src=a alt=b><figcaption>C</figcaption></figure><p>A</p>", "A"),
        ('<p class="big wp-caption-text">C</p><p>A</p>', "A"),
        ("<html><head><title>T</title></head><body><nav>N</nav><p>A</p></body></html>", "A"),
        ("<div><div>A</div>B</div>C", "A\n\nB\n\nC"),
        ("<p>A</div></b></p>B<", "A\n\nB<"),
        ("<p>A\0B</p>", "AB"),
        ("<svg><text>S</text></svg><iframe>I</iframe>A", "A"),
        ("", ""),
    ],
)
def test_the_text_of_html(html: str, text: str) -> None:
    assert text_of(html) == text


def test_paragraphs_stay_where_there_are_many_tags() -> None:
    one = "<script>if (a < b) document.write('<div>')</script><svg><g><path/><p></svg><p>A<!-- </p>"
    assert text_of(f"{one} --></p>" * MOST_OPEN) == "\n\n".join(["A"] * MOST_OPEN)


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("https://other.example/a?b=1&amp;c=2#d", ["https://other.example/a?b=1&c=2#d"]),
        ("/sport/cup", ["https://courier.example/sport/cup"]),
        ("budget", ["https://courier.example/politics/budget"]),
        ("../sport", ["https://courier.example/sport"]),
        ("//cdn.example/a", ["https://cdn.example/a"]),
        (" /sp\nort ", ["https://courier.example/sport"]),
        ("?page=2", [f"{PAGE}?page=2"]),
        ("#part", []),
        ("", []),
        ("mailto:ada@courier.example", []),
        ("JavaScript:void(0)", []),
        ("tel:+123", []),
        ("http://", []),
        ("http://[::1", []),
    ],
)
def test_where_a_link_leads(href: str, link: list[str]) -> None:
    assert links_of(f'<p><a href="{href}">A</a></p>') == link


def test_links_come_once_in_their_order_and_not_from_what_is_left_out() -> None:
    html = "<a href=/b>B</a><a>no</a><nav><a href=/n>N</a></nav><a href=/a><b>A</b></a><a href=/b>"
    assert links_of(html) == ["https://courier.example/b", "https://courier.example/a"]
    assert links_of(html, page=None) == []
    assert links_of(html, page="politics/harbour-law") == []


# How much it takes: elements that are read, not seconds


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<p><b>", "<DIV/>", "<svg><td>", "<svg><link>"])
def test_what_is_nested_too_deep_is_refused(tag: str) -> None:
    assert text_of(f"{tag * (MOST_OPEN // 2)}A") == ("" if "svg" in tag else "A")
    with pytest.raises(ValueError, match="more than 256 elements open at once"):
        text_of(tag * (MOST_OPEN + 1))


@pytest.mark.parametrize("part", ["<p>A", "<li>A", "<p>A</p>", "A<br>", "<div>A</div>", "A<img>"])
def test_many_elements_side_by_side_are_read(part: str) -> None:
    assert text_of(part * 2_000).split() in (["A"] * 2_000, ["A" * 2_000])


@given(st.lists(st.sampled_from(["<p>", "</p>", "<a href=x>", "<", "</a>", "<!--", "x", "&", ">"])))
def test_any_html_has_a_text(parts: list[str]) -> None:
    text, links = text_and_links("".join(parts), PAGE)
    assert text == text.strip()
    assert set(links) <= {"https://courier.example/politics/x"}


# What is HTML


@pytest.mark.parametrize(
    "body",
    [
        "<p>A</p>",
        "\n <P class='a b'>A</P>\n<img src=b>\n",
        "<!-- wp:paragraph -->\n<p>A</p>\n<!-- /wp:paragraph -->",
        "<div\n id=a><p>A</p></div>",
        "<h2>A</h2> text <br/>",
    ],
)
def test_evident_markup_is_html(body: str) -> None:
    assert is_html(body)


@pytest.mark.parametrize(
    "body",
    [
        "a < b and c > d",
        "<3 she said, and </3> he",
        "<p> is how a paragraph begins.",
        "<p>A</p> is a paragraph",
        "Write <p>A</p>",
        "<Ada Byron> wrote </Ada Byron>",
        "<pre>A</pre>",
        "<p unclosed </p>",
        "<!-- <!-- <!-- -->",
        "<!--" * 50_000,
        "",
    ],
)
def test_text_with_a_stray_sign_is_no_html(body: str) -> None:
    assert not is_html(body)
    assert not body or article("a", body=body).body == body


@given(st.text("<>/ab p!-\n&;").filter(lambda text: "</" not in text and text.strip()))
def test_a_plain_text_is_never_damaged(text: str) -> None:
    assert article("a", body=text, title="T").body == text


@given(st.text("<>/ab p!-\n&;").map("A".__add__))
def test_a_text_that_begins_like_one_is_never_damaged(text: str) -> None:
    assert article("a", body=text).body == text


# In an article

HTML = '<p>The <a href="/harbour">harbour</a> and <a href="https://b.example/">b</a>.</p>'
FOUND = ("https://courier.example/harbour", "https://b.example/")


@pytest.mark.parametrize("name", ["body", "body_html"])
def test_an_article_keeps_the_text_and_the_links_of_html(name: str) -> None:
    entry = article("a", title="T", **{name: HTML}, url=PAGE, links=["n-17", "https://b.example/"])
    assert entry.body == "The harbour and b."
    assert entry.links == ("n-17", "https://b.example/", FOUND[0])
    assert entry == article("a", title="T", body="The harbour and b.", url=PAGE, links=entry.links)
    assert article("a", **{name: HTML}).links == FOUND[1:]


def test_body_html_may_be_text() -> None:
    assert article("a", body_html="A &amp; B <i>C").body == "A & B C"
    assert article("a", body_html=" ", body="<A>").body == "<A>"
    assert article("a", body_html="<i>C", body="B").body == "C"
    assert article("a", body_html=None, body="B").body == "B"
    assert unknown_fields({"id": "a", "body_html": HTML}) == ()


def test_links_beyond_the_limit_are_left_out() -> None:
    html = "".join(f"<a href='/{number}'>A</a>" for number in range(1_100))
    long = f"<a href='/{'x' * 2_000}'>A</a>"
    links = article("a", body_html=long + html, url=PAGE, links=["n-17"]).links
    assert (len(links), links[1]) == (1_000, "https://courier.example/0")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"body_html": 7}, "body_html: is no text"),
        ({"body_html": "x" * 10_000_001}, "body_html: is no text of at most 10,000,000"),
        ({"body_html": "<b>" * 300}, "body_html: has more than 256 elements open"),
        ({"body": "<p>" + "<b>" * 300 + "</p>"}, "body: has more than 256 elements open"),
        ({"body_html": "<p></p>", "title": ""}, "title and body are both missing"),
        ({"body_html": HTML, "links": "n-17"}, "links: "),
    ],
)
def test_html_that_is_refused(fields: dict[str, object], problem: str) -> None:
    with pytest.raises(ArticleInvalid, match=problem):
        article("a", **{"title": "T"} | fields)
