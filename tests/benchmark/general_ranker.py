"""The recipe of the general ranker: ``python -m tests.benchmark.general_ranker DIR``.

Learns it from the editors' links of digital.gov (public domain; ``DIR`` holds
``digitalgov.jsonl.xz`` and ``digitalgov-links.jsonl.xz``) and writes it into the package. What
belongs to that archive is left out: how often its sections are linked to, whether two articles
share one, and that an editor can only link to what is older. Each source is asked about twice,
once as in an archive without links.
"""

import json
import lzma
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from newsclip import recommender
from newsclip.errors import ArticleInvalid
from newsclip.index.archive import Archive
from newsclip.index.incoming import parse_article
from newsclip.index.view import View
from newsclip.recommender.features import FEATURES
from newsclip.recommender.learning import examples, learn
from newsclip.recommender.questions import KnownLinks, Pair, questions
from newsclip.recommender.ranking import Ranker

NOW = datetime(2026, 12, 1, tzinfo=UTC)
USED = [name for name in FEATURES if name not in ("section", "older", "prior")]
FIELDS = ("id", "url", "title", "summary", "body", "section", "tags", "published_at")


def read(file: Path) -> list[dict[str, Any]]:
    """The rows of a compressed file of JSON Lines."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def fill(archive: Archive, data: Path, links: Mapping[str, Sequence[str]] | None = None) -> None:
    """Puts digital.gov's articles into an archive, with the links of some."""
    articles = []
    for row in read(data / "digitalgov.jsonl.xz"):
        raw = {name: row[name] for name in FIELDS} | {"links": (links or {}).get(row["id"], [])}
        try:
            articles.append(parse_article(raw))
        except ArticleInvalid as error:
            assert "both missing" in error.problem  # noqa: PT017
    archive.put(articles)


def pairs_of(view: View, data: Path) -> list[Pair]:
    """digital.gov's links, as pairs of keys."""
    rows = read(data / "digitalgov-links.jsonl.xz")
    ids = {row[end] for row in rows for end in ("src", "dst")}
    keys = {name: view.key_of(name) for name in ids}
    return [Pair(keys[row["src"]], keys[row["dst"]], 1, row["anchor"]) for row in rows]


def learned(view: View, pairs: Sequence[Pair], seed: int = 1) -> Ranker:
    """The general ranker, learned from these pairs."""
    pointing: dict[int, list[int]] = {}
    for pair in pairs:
        if pair.source != pair.target:
            pointing.setdefault(pair.source, []).append(pair.target)
    known = questions(view, pairs)
    table = examples(view, known, [KnownLinks(pointing), KnownLinks({})], seed)
    return learn(table, seed, "links that editors put into articles of digital.gov", USED)


def main(data: Path) -> None:
    """Writes the ranker to its place in the package."""
    with TemporaryDirectory() as folder, Archive.open(Path(folder), create=True) as archive:
        fill(archive, data)
        with archive.reading(NOW) as view:
            ranker = learned(view, pairs_of(view, data))
    assert recommender.__file__
    place = Path(recommender.__file__).with_name("general_ranker.json")
    place.write_text(ranker.to_json() + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
