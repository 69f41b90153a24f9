"""A small archive whose answers are known by hand, behind a client that checks each answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from newsclip.api import logs
from newsclip.api.app import create_app, service_of
from newsclip.api.settings import Settings
from newsclip.index.archive import Archive
from newsclip.index.house_tags import HouseTag
from newsclip.index.incoming import parse_article
from newsclip.index.rules import Rule, Selector
from newsclip.index.tag_changes import import_vocabulary

from .checked_client import CheckedClient

HARBOUR = {
    "id": "politics/2026/harbour law",
    "url": "https://courier.example/politics/harbour-law",
    "title": "Harbour law passes the Assembly",
    "summary": "Dockers get a say in the port.",
    "body": "The Assembly passed the harbour law. Dockers in the harbour had asked for it.",
    "section": "Politics",
    "links": ["https://courier.example/general/strike"],
    "tags": ["Harbour", "Assembly"],
    "authors": ["Ada Byron"],
    "language": "en",
    "image_url": "https://courier.example/harbour.jpg",
    "published_at": "2026-01-08T18:20:00+01:00",
}
ARTICLES: list[dict[str, Any]] = [
    HARBOUR,
    {
        "id": "politics/2026/harbour-strike",
        "title": "Dockers end their strike in the harbour",
        "body": "The dockers of the harbour went back to work. The Assembly promised a law.",
        "section": "Politics",
        "tags": ["Harbour", "Strike"],
        "authors": ["Ada Byron", "Emil Starck"],
        "language": "en",
        "published_at": "2026-01-05",
    },
    {
        "id": "economy/2025/harbour-fees",
        "title": "Harbour fees rise and the fleet counts the cost",
        "body": "The harbour raises its fees. Dockers and skippers fear for the port's trade.",
        "section": "Economy",
        "tags": ["Harbour", "Trade"],
        "authors": ["Lin Mora"],
        "language": "en",
        "published_at": "2025-11-20",
    },
    {
        "id": "economy/2025/puerto",
        "title": "El puerto sube sus tarifas",
        "body": "El puerto, the harbour of the capital, sube las tarifas.",
        "section": "Economy",
        "tags": ["Trade"],
        "authors": ["Lin Mora"],
        "language": "es",
        "published_at": "2025-11-21",
    },
    {
        "id": "life/sourdough",
        "title": "Sourdough at home",
        "body": "Flour, water, salt and patience: how to bake a loaf of bread.",
        "section": "Life",
        "tags": ["Recipes"],
        "published_at": "2025-06-01",
    },
    {
        "id": "life/rye",
        "url": "https://courier.example/rye",
        "title": "Rye bread for beginners",
        "body": "Rye flour, water and a warm kitchen: a loaf of bread that keeps for a week.",
        "section": "Life",
        "tags": ["Recipes", "Bread"],
        "published_at": "2025-06-08",
    },
]
EMBARGOED = HARBOUR | {
    "id": "politics/2099/secret",
    "url": None,
    "title": "Secret harbour plan",
    "published_at": (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds"),
}
DRAFT = {
    "title": "Dockers vote on the harbour law",
    "body": "The harbour strike is over. The Assembly wants a law for the port and its trade.",
}


def app_over(archive: Archive, **settings: Any) -> Flask:
    """A loaded application whose test client checks every answer."""
    app = create_app(archive, Settings(data=archive.store.directory, **settings))
    app.test_client_class = CheckedClient
    service_of(app).load()
    return app


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    logs.configure(Settings(log_level="error"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of its own for each test."""
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.put([parse_article(raw) for raw in (*ARTICLES, EMBARGOED)])
        yield archive


@pytest.fixture
def client(archive: Archive) -> Any:
    return app_over(archive).test_client()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Any]:
    with Archive.open(tmp_path / "empty", create=True) as archive:
        yield app_over(archive).test_client()


RULES = [
    Rule("a", "hide", Selector("tag", "Sponsored"), "Ada Byron"),
    Rule("b", "block", Selector("article", "x"), "Emil Starck", Selector("article", "y")),
    Rule(
        "c",
        "hide",
        Selector("tag", "Nothing"),
        "Ada Byron",
        ends_at=datetime(2026, 1, 1, tzinfo=UTC),
    ),
]
"""They change no answer but those about rules."""

HOUSE = [HouseTag("Harbour", group="place"), HouseTag("Trade", group="topic")]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client over an archive that no test changes."""
    with Archive.open(tmp_path_factory.mktemp("shared"), create=True) as archive:
        archive.put([parse_article(raw) for raw in (*ARTICLES, EMBARGOED)])
        for rule in RULES:
            archive.store.curation.put(rule)
        import_vocabulary(archive.store, HOUSE, False, "Ada Byron")
        for author, title in (("Ada Byron", "Zebras"), ("Emil Starck", "Quartz")):
            archive.give_feedback(author, None, {"title": title}, ["Zoo"], [])
        yield app_over(archive).test_client()
