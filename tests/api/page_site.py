"""A site of a few articles, some hostile and some hidden, and what its pages are made of."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

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


def site(directory: Path) -> Iterator[FlaskClient]:
    """A client of a site with all of these articles."""
    hidden = [PETRO | {"id": name, "title": "Secret"} | why for name, why in HIDDEN.items()]
    articles = [parse_article(raw) for raw in (PETRO, CALL, WINE, HOSTILE, *hidden)]
    yield from client_of(directory, articles)


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
