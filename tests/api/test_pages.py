"""The web pages over Flask's test client: their markup, their escaping, and what they hide."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from newsclip.api.app import create_app
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.incoming import parse_article

SCRIPTS = ["/assets/suggest.js"]
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
VOID = {"br", "hr", "img", "input", "link", "meta"}
TOMORROW = datetime.now(UTC) + timedelta(days=1)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)

PETRO = {
    "id": "world/petro",
    "url": "https://news.example/world/petro",
    "title": "Petro finds diplomatic ground",
    "summary": "A call from Washington calms the streets of Bogotá.",
    "body": (
        "The Context of Tensions\n\nTensions between the United States and Colombia rose.\n\n"
        "A Crisis Averted?\n\nThe call calmed them, Petro told his supporters.\n\n"
        "Correction: the rally was on Wednesday."
    ),
    "section": "World",
    "tags": ["Colombia", "USRelations"],
    "authors": ["Ada Byron", "Lin Mora"],
    "language": "en",
    "published_at": "2026-01-08",
    "updated_at": "2026-01-09",
}
CALL = PETRO | {
    "id": "world/call",
    "title": "Colombia and the United States talk about trade",
    "body": "Petro spoke to Washington about coffee, and the tensions between them were calmed.",
    "published_at": "2026-01-07",
    "updated_at": None,
}
WINE = {
    "id": "https://vino.example/cosecha?a=1#top",
    "title": "La cosecha de uva empieza temprano",
    "body": "Los viñedos del sur cosechan antes.",
    "section": "Vida",
    "tags": ["Vino"],
    "language": "es",
    "published_at": "2025-11-02",
}
HOSTILE = {
    "id": f"x{ATTACK}",
    "url": "javascript:alert(3)",
    "title": f"Title {ATTACK}",
    "summary": f"Summary {ATTACK}",
    "body": f"Body hostile {ATTACK}\n\n{ATTACK}\n\nEnd.",
    "section": f"Section {ATTACK}",
    "tags": [f"Tag{ATTACK}"],
    "authors": [f"Author {ATTACK}"],
    "language": "en",
    "published_at": "2025-10-01",
}
HIDDEN = {
    "embargoed": {"published_at": TOMORROW},
    "expired": {"expires_at": YESTERDAY},
    "withdrawn": {"status": "withdrawn"},
    "draft": {"status": "draft"},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    hidden = [PETRO | {"id": name, "title": "Secret"} | why for name, why in HIDDEN.items()]
    articles = [parse_article(raw) for raw in (PETRO, CALL, WINE, HOSTILE, *hidden)]
    yield from client_of(tmp_path_factory.mktemp("archive"), articles)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    yield from client_of(tmp_path, [])


def client_of(directory: Path, articles: list[Article]) -> Iterator[FlaskClient]:
    with Archive.open(directory, create=True) as archive:
        archive.put(articles)
        yield create_app(archive, Settings(data=directory)).test_client()


class Outline(HTMLParser):
    """What a page is made of; fails on tags that are not closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def values(self, name: str, tag: str | None = None) -> list[str | None]:
        return [a[name] for t, a in self.elements if name in a and tag in (None, t)]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


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


def check_markup(answer: TestResponse, status: int) -> Outline:
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    page = Outline(answer.text)
    assert page.values("lang", "html") == ["en"]
    landmarks = {tag: page.count(tag) for tag in ("title", "main", "h1")}
    assert landmarks == {"title": 1, "main": 1, "h1": 1}
    assert Counter(page.values("id")).most_common(1)[0][1] == 1
    assert set(page.values("for")) <= set(page.values("id"))
    for tag, attributes in page.elements:
        if tag in ("input", "select", "textarea") and attributes.get("type") != "hidden":
            assert attributes["id"] in page.values("for")
        if tag in ("nav", "aside"):
            assert attributes.keys() & {"aria-label", "aria-labelledby"}
    for reference in page.values("aria-labelledby") + page.values("aria-describedby"):
        assert reference in page.values("id")
    return page


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


def test_no_result_offers_ways_on(client: FlaskClient) -> None:
    text = client.get("/search?q=zzzzqqq&mode=keyword&tag=Vino").text
    assert "No article matches" in text
    assert "mode=semantic" in text


def test_a_draft_gets_tags_with_evidence_and_similar_articles(client: FlaskClient) -> None:
    draft = {"title": "Colombia waits", "body": "Colombia and the United States keep talking."}
    answer = client.post("/draft", data=draft)
    check_markup(answer, 200)
    assert '<a href="/search?tag=Colombia"' in answer.text
    assert "<mark>Colombia</mark>" in answer.text
    assert "Petro finds diplomatic ground" in answer.text


def test_a_blank_draft_is_told_what_is_missing(client: FlaskClient) -> None:
    answer = client.post("/draft", data={"title": " ", "body": "\r\n"})
    check_markup(answer, 422)
    assert 'role="alert"' in answer.text


TYPED = {"title": "Colombia waits", "body": "Colombia and the United States keep talking."}
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client over an archive that a test may change."""
    yield from client_of(tmp_path, [parse_article(raw) for raw in (PETRO, CALL, WINE)])


def feedback(client: FlaskClient) -> list[tuple[object, ...]]:
    listed = client.get("/v1/tags/feedback").json["feedback"]
    return [
        (each["author"], each["accepted"], each["rejected"], bool(each["undone_at"]))
        for each in listed
    ]


def test_the_tags_of_a_draft_are_judged_on_its_page(client: FlaskClient) -> None:
    answer = client.post("/draft", data=TYPED | {"tags": "#Colombia, Vino #Kestrel"})
    page = check_markup(answer, 200)
    assert {"confirmed-heading", "doubtful-heading"} <= set(page.values("id"))
    fit = answer.text[answer.text.index('id="confirmed-heading"') :]
    assert "#Colombia" in fit
    assert "#Kestrel" not in fit
    assert "used by no article" in answer.text
    assert 'value="Colombia, Vino, Kestrel"' in answer.text


def test_a_decision_is_kept_and_undone(own: FlaskClient) -> None:
    decided = own.post("/draft", data=TYPED | {"author": "Ada", "reject": "Colombia"}, headers=HERE)
    check_markup(decided, 200)
    assert 'role="status"' in decided.text
    assert feedback(own) == [("Ada", [], ["Colombia"], False)]
    kept = own.post(
        "/draft", data=TYPED | {"author": "Ada", "tags": "Vino", "accept": "Talks"}, headers=HERE
    )
    assert 'name="tags" value="Vino, Talks"' in kept.text, "what is added is one of its tags"
    removed = own.post(
        "/draft", data=TYPED | {"author": "Ada", "tags": "Vino", "reject": "Vino"}, headers=HERE
    )
    assert 'name="tags" value=""' in removed.text
    own.post("/draft", data=TYPED | {"author": "Bob", "undo": "1"}, headers=HERE)
    assert [each[3] for each in feedback(own)] == [False, False, True]


@pytest.mark.parametrize(
    "data",
    [{"reject": "Colombia"}, {"author": "Ada", "reject": "#"}, {"author": "Ada", "undo": "99"}],
)
def test_a_decision_that_cannot_be_kept_says_why(own: FlaskClient, data: dict[str, str]) -> None:
    answer = own.post("/draft", data=TYPED | data, headers=HERE)
    check_markup(answer, 422)
    assert "Not kept:" in answer.text
    assert feedback(own) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ],
)
def test_a_page_of_another_site_decides_nothing(
    own: FlaskClient, headers: dict[str, str], status: int
) -> None:
    data = TYPED | {"author": "Ada", "reject": "Colombia"}
    check_markup(own.post("/draft", data=data, headers=headers), status)
    assert len(feedback(own)) == (status == 200)
    check_markup(own.post("/draft", data=TYPED, headers=headers), 200)


def test_a_draft_over_the_size_limit_is_refused_with_a_page(client: FlaskClient) -> None:
    limit = client.application.config["MAX_CONTENT_LENGTH"]
    check_markup(client.post("/draft", data={"body": "a" * limit}), 413)


def test_a_draft_keeps_what_was_typed(client: FlaskClient) -> None:
    text = client.post("/draft", data={"title": 'A "quoted" title', "body": "\nIndented"}).text
    assert 'value="A &#34;quoted&#34; title"' in text
    assert ">\n\nIndented</textarea>" in text


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
