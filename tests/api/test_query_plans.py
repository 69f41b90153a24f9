"""No answer, and no change, reads a whole table of the archive: SQLite says how it goes about."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from newsclip.index.archive import Archive
from newsclip.index.store import FILE_NAME

from .conftest import DRAFT

# With a million articles each of these has a million rows or more.
LARGE = {
    *("article", "article_link", "article_names", "article_tag", "article_url"),
    *("embedding", "passages", "removal"),
}
ALIASES = {"t", "l"}  # of article_tag and article_link, in what reads an article
IDENT = "/v1/articles/politics%2F2026%2Fharbour%20law"

ASKED: list[tuple[str, str, Any]] = [
    ("GET", f"{IDENT}/similar?explain=true", None),
    ("GET", f"{IDENT}/onward", None),
    ("GET", "/v1/similar?url=https://courier.example/politics/harbour-law", None),
    ("POST", "/v1/similar", DRAFT),
    ("GET", "/v1/search?q=harbour+tag:Harbour&facets=tag,year,section&recency=0.5", None),
    ("GET", "/v1/search?q=section:Politics&sort=newest", None),
    ("GET", "/v1/suggest?q=harb", None),
    ("POST", "/v1/tags/suggest", DRAFT),
    ("GET", IDENT, None),
    ("PUT", "/v1/articles/new", {"title": "Quartz", "body": "Zebras.", "tags": ["Harbour"]}),
    ("DELETE", "/v1/articles/life%2Frye", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ASKED)
def test_no_answer_reads_a_whole_table(
    client: Any, archive: Archive, method: str, path: str, body: Any
) -> None:
    statements = traced(archive)
    assert client.open(path, method=method, json=body).status_code < 300
    # The first answer after it, too, which takes the change over.
    assert client.get(f"{IDENT}/similar").status_code == 200
    assert scans(archive, statements) == {}


@pytest.mark.parametrize("path", ["/v1/stats", "/v1/tags", "/tags"])
def test_what_counts_all_articles_reads_an_index_and_no_texts(
    client: Any, archive: Archive, path: str
) -> None:
    statements = traced(archive)
    assert client.get(path).status_code == 200
    steps = [step for steps in plans(archive, statements).values() for step in steps]
    whole = [step for step in steps if step.split()[:2] == ["SCAN", "article"]]
    assert whole
    assert all("USING COVERING INDEX article_counted" in step for step in whole)


def test_a_whole_table_would_be_noticed(archive: Archive) -> None:
    query = "SELECT key FROM article WHERE revision > 1 ORDER BY key"
    assert scans(archive, {query}) == {query: ["article"]}


def traced(archive: Archive) -> set[str]:
    """The statements that the archive's store will be asked from now on."""
    statements: set[str] = set()
    with archive.store.writing() as connection:
        connection.set_trace_callback(statements.add)
    return statements


def scans(archive: Archive, statements: set[str]) -> dict[str, list[str]]:
    """The large tables that each of the statements reads from the first row to the last."""
    found = {}
    for statement, steps in plans(archive, statements).items():
        tables = [step.split()[1] for step in steps if step.startswith("SCAN ")]
        if large := [table for table in tables if table in LARGE | ALIASES]:
            found[statement] = large
    return found


def plans(archive: Archive, statements: set[str]) -> dict[str, list[str]]:
    """How SQLite goes about each of the statements that read, step by step."""
    reading = [each for each in statements if each.startswith(("SELECT", "WITH"))]
    with closing(sqlite3.connect(archive.store.directory / FILE_NAME)) as connection:
        explained = {each: connection.execute(f"EXPLAIN QUERY PLAN {each}") for each in reading}
        return {each: [row[3] for row in steps] for each, steps in explained.items()}
