"""Which articles of the archive point to which: looked up, so that later ones resolve as well."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable

from newsclip.index.article import Article
from newsclip.index.database import Database
from newsclip.index.urls import canonical

# Of several articles with one URL: see the index's comment in 0004_links.sql.
_OWNER = (
    "SELECT key FROM article_url WHERE canonical = {} ORDER BY published DESC, key DESC LIMIT 1"
)
_OWN = _OWNER.format("article_link.canonical")
_TARGET = f"coalesce((SELECT key FROM article WHERE id = link), ({_OWN}))"
_ASKED = "(SELECT value FROM json_each(:keys))"

_FROM = f"SELECT key, {_TARGET} FROM article_link WHERE key IN {_ASKED} ORDER BY key, position"
_COUNTS = (
    "SELECT target, count(*) FROM ("
    " SELECT article.key AS target, article_link.key AS source"
    " FROM article JOIN article_link ON link = id"
    f" WHERE article.key IN {_ASKED}"
    " UNION"  # not UNION ALL: who links twice counts once
    " SELECT own.key, article_link.key"
    " FROM article_url own JOIN article_link USING (canonical)"
    f" WHERE own.key IN {_ASKED} AND own.key = ({_OWNER.format('own.canonical')})"
    " AND NOT EXISTS (SELECT 1 FROM article WHERE id = link)"
    ") WHERE source != target GROUP BY target"
)
_REMEMBERED = 200_000  # keys whose counts are known; some 20 MB
_RESOLVED = f"SELECT count(*), count(nullif({_TARGET}, key)) FROM article_link"


class Links:
    """What the bodies of an archive's articles point to.

    A link names an article by its id, or else by its URL in canonical form.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted: tuple[int, dict[int, int]] = (0, {})  # at a revision, by key

    def key_of_url(self, url: str) -> int | None:
        """The article that a URL leads to; of several a published one, then the newest version."""
        row = self._database.first(_OWNER.format("?"), canonical(url))
        return None if row is None else int(row[0])

    def from_keys(self, keys: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """For each key the others that it points to, each once, in the body's order."""
        asked = [*keys]
        if not asked:  # as where no article points anywhere
            return {}
        targets: dict[int, dict[int, None]] = defaultdict(dict)
        for key, target in self._database.rows(_FROM, keys=_as_json(asked)):
            if target not in (None, key):
                targets[key][target] = None
        return {key: tuple(found) for key, found in targets.items()}

    def counts(self, keys: Collection[int], revision: int) -> dict[int, int]:
        """By how many other articles each key is pointed to, at the archive's ``revision``.

        Remembered until it changes: those that everybody links to come up in every list, and a
        hundred of them take 75 ms to count.
        """
        if self._counted[0] != revision or len(self._counted[1]) > _REMEMBERED:
            self._counted = revision, {}
        known = self._counted[1]
        if missing := [key for key in keys if key not in known]:
            found = dict(self._database.rows(_COUNTS, keys=_as_json(missing)))
            known.update((key, found.get(key, 0)) for key in missing)
        return {key: known[key] for key in keys}

    def totals(self) -> tuple[int, int]:
        """How many links there are, and how many of them lead to another article."""
        count, resolved = self._database.rows(_RESOLVED)[0]
        return int(count), int(resolved)

    def misplaced(self) -> list[int]:
        """Keys of the articles that are not found by the URL that they have; reads every URL."""
        query = "SELECT key, url, canonical FROM article LEFT JOIN article_url USING (key)"
        rows = self._database.rows(f"{query} WHERE url IS NOT NULL ORDER BY key")
        return [key for key, url, form in rows if form != canonical(url)]


def _as_json(keys: Iterable[int]) -> str:
    return json.dumps([int(key) for key in keys])


def insert_links(connection: sqlite3.Connection, key: int | None, article: Article) -> None:
    """Writes where an article is found, and what it points to, in the caller's transaction."""
    if article.url is not None:
        row = (key, canonical(article.url), article.status == "published")
        connection.execute("INSERT INTO article_url VALUES (?, ?, ?)", row)
    links = ((key, place, link, canonical(link)) for place, link in enumerate(article.links))
    connection.executemany("INSERT INTO article_link VALUES (?, ?, ?, ?)", links)
