"""The web pages over Flask's test client: their markup, their escaping, and what they hide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from newsclip.index.incoming import parse_article

from .page_site import (
    ATTACK,
    HIDDEN,
    HOSTILE,
    PETRO,
    SCRIPTS,
    Outline,
    check_markup,
    client_of,
    site,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    yield from site(tmp_path_factory.mktemp("archive"))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    yield from client_of(tmp_path, [])


PAGES = [
    "/",
    "/search",
    "/search?q=colombia",
    "/search?q=colombia&mode=keyword&section=World&tag=USRelations",
    "/search?tag=%23USRelations",
    "/search?section=World",
    "/search?q=colombia&year=2026&author=Ada+Byron&sort=newest&last=365d&collapse=story",
    "/search?q=zzzzqqq&mode=keyword",
    "/articles/world/petro",
    "/draft",
    "/tags",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_its_landmarks_and_labels(client: FlaskClient, path: str) -> None:
    check_markup(client.get(path), 200)


@pytest.mark.parametrize("path", ["/", "/search?q=colombia", "/tags", "/draft"])
def test_an_empty_archive_has_the_same_pages(empty: FlaskClient, path: str) -> None:
    check_markup(empty.get(path), 200)


def test_an_empty_archive_says_how_to_fill_it(empty: FlaskClient) -> None:
    assert "newsclip import" in empty.get("/").text


@pytest.mark.parametrize("path", [*PAGES, "/articles/nothing-here"])
def test_nothing_is_loaded_from_elsewhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = Outline(answer.text)
    assert not {"style", "iframe", "img"} & {tag for tag, _ in page.elements}
    assert page.values("src", "script") == SCRIPTS
    assert page.count("script") == 1
    assert not page.values("style")
    assert all(str(url).startswith("/assets/") for url in page.values("href", "link"))


def test_the_article_page_shows_what_the_article_says(client: FlaskClient) -> None:
    text = client.get("/articles/world/petro").text
    for part in (
        '<h2 dir="auto">The Context of Tensions</h2>',
        '<h2 dir="auto">A Crisis Averted?</h2>',
        '<p class="note" dir="auto">Correction: the rally was on Wednesday.</p>',
        "Ada Byron and Lin Mora",
        "January 8, 2026",
        "Updated <time",
        'href="/search?tag=USRelations"',
        'href="https://news.example/world/petro"',
        "More from World",
        'href="/articles/world/call"',
    ):
        assert part in text


def test_the_rail_says_why_each_article_is_there(client: FlaskClient) -> None:
    rail = client.get("/articles/world/petro").text.partition("<aside")[2]
    assert "#Colombia" in rail
    assert 'class="reasons"' in rail


def test_the_rail_says_what_an_editor_has_chosen(client: FlaskClient) -> None:
    rule = {"kind": "pin", "position": 1, "author": "Ada", "reason": "<why>"}
    rule |= {"target": "article:world/call", "source": "article:world/petro"}
    assert client.put("/v1/curation/front", json=rule).status_code == 201
    rail = client.get("/articles/world/petro").text.partition("<aside")[2]
    first = rail.partition("</li>")[0]
    assert 'href="/articles/world/call"' in first
    assert "chosen by the editors: &lt;why&gt;" in first


def test_no_article_stands_on_the_front_page_twice(client: FlaskClient) -> None:
    links = Outline(client.get("/").text).values("href", "a")
    articles = [link for link in links if str(link).startswith("/articles/")]
    assert len(articles) == len(set(articles)) == 4


def test_an_article_keeps_its_language_and_an_id_that_is_a_url(client: FlaskClient) -> None:
    front = Outline(client.get("/").text)
    address = next(str(url) for url in front.values("href", "a") if "cosecha" in str(url))
    answer = client.get(address)
    assert answer.status_code == 200
    assert '<article class="story" lang="es">' in answer.text


@pytest.mark.parametrize("article_id", [*HIDDEN, "unknown", "world", "world/petro/similar"])
def test_what_readers_must_not_see_is_a_404_page(client: FlaskClient, article_id: str) -> None:
    answer = client.get(f"/articles/{article_id}")
    check_markup(answer, 404)
    assert "Secret" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_hidden_articles_are_named_on_no_page(client: FlaskClient, path: str) -> None:
    assert "Secret" not in client.get(path).text


def hostile_address(client: FlaskClient) -> str:
    page = Outline(client.get("/search", query_string={"tag": HOSTILE["tags"][0]}).text)
    return next(str(url) for url in page.values("href", "a") if "/articles/x" in str(url))


def test_hostile_articles_are_shown_as_text(client: FlaskClient) -> None:
    answers = [client.get(hostile_address(client)), client.get("/"), client.get("/tags")]
    answers += [client.get("/search", query_string={"q": "hostile", "mode": "keyword"})]
    answers += [client.post("/draft", data={"title": "Title hostile", "body": HOSTILE["body"]})]
    for answer in answers:
        page = check_markup(answer, 200)
        assert page.values("src", "script") == SCRIPTS
        assert page.count("script") == 1
        assert not page.count("img")
        assert not page.values("onerror")
        assert not [url for url in page.values("href") if str(url).startswith("javascript:")]
        assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize(
    "name",
    ["q", "section", "tag", "author", "year", "last", "sort", "mode", "offset", "cursor", "other"],
)
def test_hostile_parameters_are_shown_as_text(client: FlaskClient, name: str) -> None:
    page = Outline(client.get("/search", query_string={name: ATTACK}).text)
    assert page.count("script") == 1
    assert not page.count("img")


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"mode": "psychic"}, "mode"),
        ({"offset": "-1"}, "offset"),
        ({"sort": "best"}, "sort"),
        ({"last": "5m"}, "last"),
        ({"year": "20x6"}, "year"),
        ({"year": "99999"}, "year"),
        ({"q": "colombia", "cursor": "x"}, "cursor"),
        ({"offset": "one"}, "offset"),
        ({"q": "colombia", "offset": "999999999"}, "offset"),
    ],
)
def test_a_question_that_makes_no_sense_says_what_is_wrong(
    client: FlaskClient, parameters: dict[str, str], field: str
) -> None:
    answer = client.get("/search", query_string=parameters)
    check_markup(answer, 422)
    assert f"{field}: " in answer.text


def test_results_mark_the_words_that_matched(client: FlaskClient) -> None:
    text = client.get("/search?q=tensions&mode=keyword").text
    assert "<mark>Tensions</mark>" in text or "<mark>tensions</mark>" in text


def test_a_tag_link_lists_the_newest_articles_with_that_tag(client: FlaskClient) -> None:
    text = client.get("/search?tag=usrelations").text
    assert 0 < text.index("Petro finds") < text.index("talk about trade")
    assert "cosecha" not in text


def test_facets_narrow_down_and_can_be_taken_away(client: FlaskClient) -> None:
    whole = Outline(client.get("/search?q=colombia&sort=newest").text).values("href", "a")
    narrower = "/search?q=colombia&author=Ada+Byron&sort=newest"
    assert narrower in whole
    assert "/search?q=colombia&section=World&sort=newest" in whole
    assert "/search?q=colombia&year=2026&sort=newest" in whole
    text = client.get(narrower).text
    links = Outline(text).values("href", "a")
    assert "/search?q=colombia&sort=newest" in links  # without the author again
    assert narrower not in links
    found = client.get("/v1/search?q=colombia&sort=newest&author=Ada+Byron").get_json()
    assert f"{found['total']} article" in text


def test_a_second_author_is_not_offered_since_there_would_be_more_articles(tmp_path: Path) -> None:
    authors = {"a": ["Ada Byron", "Lin Mora"], "b": ["Ada Byron"], "c": ["Lin Mora"]}
    raw = [PETRO | {"id": name, "authors": of_each} for name, of_each in authors.items()]
    for client in client_of(tmp_path, [parse_article(each) for each in raw]):
        text = client.get("/search?q=colombia&author=Ada+Byron").text
        assert "2 articles" in text  # of both it would be three
        links = Outline(text).values("href", "a")
        assert not any(str(link).count("author=") > 1 for link in links)
        assert "/search?q=colombia&tag=Colombia&author=Ada+Byron" in links


def test_no_result_offers_ways_on(client: FlaskClient) -> None:
    text = client.get("/search?q=zzzzqqq&mode=keyword&tag=Vino").text
    assert "No article matches" in text
    assert "mode=semantic" in text


def test_every_link_of_the_front_page_leads_somewhere(client: FlaskClient) -> None:
    links = Outline(client.get("/").text).values("href")
    assert {"/docs", "/draft", "/tags"} <= set(links)
    for link in filter(lambda link: str(link).startswith("/"), links):
        with client.get(str(link)) as answer:
            assert answer.status_code == 200, link


def test_the_vocabulary_is_counted(client: FlaskClient) -> None:
    text = client.get("/tags").text
    assert text.index("#Colombia") < text.index("#Vino")


@pytest.mark.parametrize("path", ["/nothing", "/articles/", "/assets/nothing.css"])
def test_an_unknown_address_is_a_page_too(client: FlaskClient, path: str) -> None:
    accept = "text/html,application/xhtml+xml,*/*;q=0.8"
    check_markup(client.get(path, headers={"Accept": accept}), 404)
