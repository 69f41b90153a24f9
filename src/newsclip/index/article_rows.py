"""How an article lies in the store: the row that it is written as, and read from."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsclip.index.article import Article, format_instant
from newsclip.index.embeddings import Embedded, insert_embedded
from newsclip.index.links import insert_links

_decoded = json.JSONDecoder().raw_decode  # a quarter of the time of json.loads

_COLUMNS = (
    "id, url, title, summary, body, section, authors, language, image_url,"
    " published_at, updated_at, status, expires_at"
)
TAGS = (
    "(SELECT json_group_array(tag) FROM"
    " (SELECT tag FROM article_tag t WHERE t.key = article.key ORDER BY position))"
)
"""Of a row of ``article``: its tags, as a JSON array."""
_LINKS = (
    "(SELECT json_group_array(link) FROM"
    " (SELECT link FROM article_link l WHERE l.key = article.key ORDER BY position))"
)
EVERY_FIELD = f"{_COLUMNS}, {TAGS}, {_LINKS}"
"""Of a row of ``article``: what :func:`article_of` takes."""


@dataclass(frozen=True)
class Stored:
    """An article to be written, with what its encoder makes of it, its hash, and its names."""

    article: Article
    embedded: Embedded
    content_hash: bytes
    names: tuple[str, ...] | None = None


def insert_article(
    connection: sqlite3.Connection, stored: Stored, encoder: int, revision: int
) -> None:
    """Writes an article and all that belongs to it, under a new key."""
    article = stored.article
    values = (
        revision,
        stored.content_hash,
        article.id,
        article.url,
        article.title,
        article.summary,
        article.body,
        article.section,
        json.dumps(article.authors, ensure_ascii=False),
        article.language,
        article.image_url,
        format_instant(article.published_at),
        format_instant(article.updated_at),
        article.status,
        format_instant(article.expires_at),
    )
    marks = ", ".join("?" * len(values))
    insert = f"INSERT INTO article (revision, content_hash, {_COLUMNS}) VALUES ({marks})"
    key = int(connection.execute(insert, values).lastrowid or 0)
    tags = ((key, position, tag) for position, tag in enumerate(article.tags))
    connection.executemany("INSERT INTO article_tag VALUES (?, ?, ?)", tags)
    insert_links(connection, key, article)
    insert_embedded(connection, key, encoder, stored.embedded)
    if stored.names is not None:
        insert_names(connection, key, stored.names)


def insert_names(connection: sqlite3.Connection, key: int, names: tuple[str, ...]) -> None:
    """Stores the names in the article with a key, if there is one, in place of what was there."""
    written = json.dumps(names, ensure_ascii=False)
    replace = "REPLACE INTO article_names SELECT key, ? FROM article WHERE key = ?"
    connection.execute(replace, (written, key))


def article_of(row: Sequence[Any]) -> Article:
    """The article of a row; what was checked on its way in is not checked again."""
    return Article.model_construct(
        id=row[0],
        url=row[1],
        title=row[2],
        summary=row[3],
        body=row[4],
        section=row[5],
        authors=strings_of(row[6]),
        language=row[7],
        image_url=row[8],
        published_at=instant(row[9]),
        updated_at=instant(row[10]),
        status=row[11],
        expires_at=instant(row[12]),
        tags=strings_of(row[13]),
        links=strings_of(row[14]),
    )


def strings_of(array: str) -> tuple[str, ...]:
    """The strings of a JSON array; most are empty, and need no parser."""
    return () if array == "[]" else tuple(_decoded(array)[0])


def instant(text: str | None) -> datetime | None:
    """The instant that the store wrote as a text."""
    return None if text is None else datetime.fromisoformat(text)
