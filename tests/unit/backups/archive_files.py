"""Archives as files: what is in them, and how they are damaged."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.doubles import AXES, article, stored

from newsclip.index.store import Store

FORMAT_1 = Path(__file__).parents[2] / "data" / "archive-format-1.sqlite3"
TABLES = ("article", "article_tag", "embedding", "encoder", "removal", "setting")

Rows = dict[str, list[tuple[object, ...]]]


def read(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def rows(file: Path) -> Rows:
    """All that is in an archive, but its lineage."""
    found = {table: read(file, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}
    return found | {"setting": [row for row in found["setting"] if row[0] != "lineage"]}


def write(store: Store, *ids: str) -> None:
    store.write([stored(article(name, tags=["fish"], body="x" * 2_000)) for name in ids], AXES)


def lineage(directory: Path) -> int:
    store = Store.open(directory)
    found = store.lineage()
    store.close()
    return found


def names(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


def damage(file: Path) -> None:
    """Overwrites what is between the first pages and the last one."""
    content = bytearray(file.read_bytes())
    content[16_384:-4_096] = b"\x5a" * (len(content) - 20_480)
    file.write_bytes(content)
