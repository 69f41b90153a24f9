import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsclip.index.urls import canonical

PAGE = "https://courier.example/politics/harbour-law"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "http://courier.example/politics/harbour-law",
        "//courier.example/politics/harbour-law",
        "  HTTPS://WWW.Courier.Example./politics/harbour-law  ",
        "http://www.www.courier.example:80/politics/harbour-law",
        "https://courier.example:443/politics/harbour-law/",
        "https://ada:secret@courier.example/politics/harbour-law",
        "https://courier.example/politics/harbour-law#comments",
        "https://courier.example/politics/harbour-law/index.html",
        "https://courier.example/politics/harbour-law/index.php/",
        "https://courier.example/politics/../politics/./harbour-law",
        "https://courier.example/politics/%68arbour%2dlaw",
        "https://courier.example/politics/harbour-law?utm_source=a&UTM_Medium=b&fbclid=c&mc_cid=d",
        "https://courier.example/politics/harbour-law?",
        "https://courier.example/politics/harbour-law?amp=1&gclid",
    ],
)
def test_urls_of_a_page_share_one_form(url: str) -> None:
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://courier.example", "https://courier.example"),
        ("https://courier.example/", "https://courier.example"),
        ("https://courier.example/a?id=2&b=1", "https://courier.example/a?b=1&id=2"),
        ("https://courier.example/a?t=2&t=1&utm_id=3", "https://courier.example/a?t=2&t=1"),
        ("https://courier.example/a?q=x+y%c3%a9", "https://courier.example/a?q=x%20y%C3%A9"),
        ("https://courier.example/a%2fb", "https://courier.example/a%2Fb"),
        ("https://courier.example/é", "https://courier.example/%C3%A9"),
        ("https://zürich.example/a", "https://xn--zrich-kva.example/a"),
        ("https://courier.example:8080/a", "https://courier.example:8080/a"),
        ("https://www.com/a", "https://www.com/a"),
        ("https://courier.example/Index.html", "https://courier.example/Index.html"),
        ("https://courier.example/a/%%361", "https://courier.example/a/%2561"),
        ("http://[::1]:80/a", "https://[::1]/a"),
    ],
)
def test_what_chooses_the_page_stays(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "text",
    [
        "n-17",
        "politics/2026/harbour-law",
        "mailto:a@b.example",
        "http://",
        "http://a b/",
        "https://../a",
        "",
    ],
)
def test_what_is_no_url_of_the_web_is_left_as_it_is(text: str) -> None:
    assert canonical(text) == text


PARTS = ["http://", "//", "www.", "a.example", ":80", "/", "..", "index.html", "?", "&", "=", "#"]
PARTS += ["%", "%2e", "%61", "utm_x", "é", " ", "+", "@", "\\", "\ud800", "\n", "b"]


@given(st.lists(st.sampled_from(PARTS)).map("".join) | st.text().map("https://".__add__))
@example("https://a.example/index.html/index.html//")
@example("http://a.example:443")
@example("http://..//http://")
def test_the_form_of_a_form_is_itself(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)
