"""What an archive holds, in numbers; read from the store, without opening an index."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsclip.index.article import format_instant
from newsclip.index.article_rows import instant
from newsclip.index.compaction import newest_snapshot
from newsclip.index.filters import fold
from newsclip.index.store import Store

_VISIBLE = (
    "status = 'published' AND coalesce(published_at, '') <= :now"
    " AND (expires_at IS NULL OR expires_at > :now)"
)


@dataclass(frozen=True)
class TagCount:
    """A tag as it is written most often, and the number of visible articles that carry it.

    Letter case makes no difference, as it makes none to a filter. ``spellings`` are all the ways
    in which articles write it, the most used first, each with its articles.
    """

    tag: str
    articles: int
    spellings: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Statistics:
    """An archive in numbers. ``visible`` counts what readers may see, the rest counts all.

    ``changes_since_snapshot`` are the versions of articles that came or went since the snapshot
    on disk (since the beginning, without one): what each worker holds in memory.
    """

    articles: int
    visible: int
    by_status: dict[str, int]
    by_section: dict[str, int]
    tags: int
    authors: int
    oldest: datetime | None
    newest: datetime | None
    revision: int
    encoder: str
    dimension: int
    store_bytes: int
    snapshot_revision: int | None
    changes_since_snapshot: int


def tag_counts(store: Store, now: datetime) -> list[TagCount]:
    """The tags of the articles that are visible at ``now``, the most used first, then by name."""
    spellings = defaultdict[str, list[tuple[str, int]]](list)
    for tag, count in _written(store, now):
        spellings[fold(tag)].append((tag, count))
    more = _only_otherwise(store, now, spellings.values())
    counts = [
        TagCount(written[0][0], written[0][1] + more.get(written[0][0], 0), tuple(written))
        for written in spellings.values()
    ]
    return sorted(counts, key=lambda each: (-each.articles, each.tag))


def _written(store: Store, now: datetime) -> list[tuple[str, int]]:
    """Each spelling of each tag with its visible articles, the most used first, then by name."""
    # All less the hidden ones, who are few: whether one is visible is looked up article by article.
    carriers = "count(DISTINCT key) AS carriers FROM article_tag"
    return store.rows_of(
        f"SELECT tag, sum(carriers) FROM (SELECT tag, {carriers} GROUP BY tag"
        f" UNION ALL SELECT tag, -{carriers} WHERE key IN"
        f" (SELECT key FROM article WHERE NOT ({_VISIBLE})) GROUP BY tag)"
        " GROUP BY tag HAVING sum(carriers) > 0 ORDER BY 2 DESC, 1",
        now=format_instant(now.replace(microsecond=0)),  # as stored, to compare as text
    )


def _only_otherwise(
    store: Store, now: datetime, spellings: Iterable[Sequence[tuple[str, int]]]
) -> Mapping[str, int]:
    """By the first spelling of a tag, how many visible articles have only its further ones."""
    pairs = [(tag, other) for (tag, _), *others in spellings for other, _ in others]
    if not pairs:
        return {}
    rows = store.rows_of(
        "SELECT json_extract(value, '$[0]') AS first, count(DISTINCT further.key)"
        " FROM json_each(:pairs) CROSS JOIN article_tag AS further"
        " ON further.tag = json_extract(value, '$[1]') JOIN article ON article.key = further.key"
        f" WHERE {_VISIBLE} AND NOT EXISTS (SELECT 1 FROM article_tag AS same"
        " WHERE same.key = further.key AND same.tag = json_extract(value, '$[0]'))"
        " GROUP BY first",
        pairs=json.dumps(pairs),
        now=format_instant(now.replace(microsecond=0)),
    )
    return dict(rows)


def statistics(store: Store, encoder: str, dimension: int, now: datetime) -> Statistics:
    """The archive in numbers, all of one moment."""
    with store.reading():
        snapshot = newest_snapshot(store)
        groups = store.rows_of(
            f"SELECT status, section, count(*), sum({_VISIBLE}), min(published_at),"
            " max(published_at) FROM article GROUP BY 1, 2",
            now=format_instant(now.replace(microsecond=0)),
        )
        return Statistics(
            articles=sum(group[2] for group in groups),
            visible=sum(group[3] for group in groups),
            by_status=_counts((group[0], group[2]) for group in groups),
            by_section=_counts((group[1], group[2]) for group in groups),
            tags=_number(store, "SELECT count(DISTINCT tag) FROM article_tag"),
            authors=_number(store, "SELECT count(DISTINCT value) FROM article, json_each(authors)"),
            oldest=instant(min(filter(None, (group[4] for group in groups)), default=None)),
            newest=instant(max(filter(None, (group[5] for group in groups)), default=None)),
            revision=store.revision(),
            encoder=encoder,
            dimension=dimension,
            store_bytes=store.size_bytes(),
            snapshot_revision=snapshot.revision if snapshot else None,
            changes_since_snapshot=store.changes_since(snapshot.revision if snapshot else 0),
        )


def _counts(groups: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """How many articles have each value, the most frequent first; those without are left out."""
    counts: Counter[str] = Counter()
    for value, count in groups:
        if value is not None:
            counts[value] += count
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _number(store: Store, query: str) -> int:
    return int(store.rows_of(query)[0][0])
