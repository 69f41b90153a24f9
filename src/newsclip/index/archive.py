"""One archive: its store, its encoder and the live view, opened together."""

import fcntl
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from newsclip.errors import EncoderMismatch, StoreBusy, StoreUnavailable
from newsclip.index.article import RECIPE, Article, content_hash, embedding_text
from newsclip.index.encoder import Encoder, load_encoder
from newsclip.index.live import LiveView, View
from newsclip.index.sources.jsonlines import Line
from newsclip.index.statistics import Statistics, TagCount, statistics, tag_counts
from newsclip.index.store import Store, Stored

Outcome = Literal["added", "updated", "unchanged"]

_BATCH = 256  # articles a transaction: enough to share its sync, few enough to lose little
_LOCK_NAME = "import.lock"


@dataclass
class ImportSummary:
    """What an import did. ``repeated_ids`` counts lines whose id stood in an earlier line."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    repeated_ids: int = 0
    unknown_fields: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        """Articles that are in the archive now, as their lines say."""
        return self.added + self.updated + self.unchanged

    @property
    def articles_per_second(self) -> float:
        """Accepted articles a second of the whole import."""
        return self.accepted / self.seconds if self.seconds else 0.0


class Archive:
    """A publisher's archive in one directory."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self.store = store
        self.encoder = encoder
        self._live = LiveView(store, encoder)

    @classmethod
    def open(cls, directory: Path, encoder: str = "builtin", create: bool = False) -> Self:
        """Opens the archive in ``directory``; ``create`` makes an empty one where there is none.

        Raises StoreMissing, StoreUnavailable, StoreVersionUnknown, EncoderUnavailable or
        EncoderMismatch.
        """
        store = Store.open(directory, create)
        try:
            model = load_encoder(encoder)
            _check_encoder(store, model)
        except BaseException:
            store.close()
            raise
        return cls(store, model)

    @property
    def directory(self) -> Path:
        """Where the archive lies."""
        return self.store.directory

    def close(self) -> None:
        """Closes the store; the archive must not be used after."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reading(self, now: datetime | None = None) -> AbstractContextManager[View]:
        """A consistent view of the newest revision, for one request.

        ``now`` decides which articles are past their embargo and not expired.
        """
        return self._live.reading(now)

    def get(self, article_id: str) -> Article:
        """The article as stored, visible or not. Raises ArticleNotFound."""
        return self.store.get(article_id)

    def delete(self, article_id: str) -> None:
        """Removes an article for good. Raises ArticleNotFound."""
        self.store.delete(article_id)

    def revision(self) -> int:
        """A number that grows with every write."""
        return self.store.revision()

    def vocabulary(self) -> list[TagCount]:
        """The tags of all visible articles, the most used first, then by name."""
        return tag_counts(self.store, datetime.now(UTC))

    def statistics(self) -> Statistics:
        """What the archive holds, in numbers."""
        encoder = self.encoder
        return statistics(self.store, encoder.id, encoder.dimension, datetime.now(UTC))

    def put(self, articles: Sequence[Article]) -> list[Outcome]:
        """Adds, replaces or passes over each article, in one transaction; what became of each.

        An article is unchanged if it equals what the archive holds under its id. Of several
        with the same id the last one stays.
        """
        digests = [content_hash(article) for article in articles]
        known = self.store.hashes([article.id for article in articles])
        last = {
            article.id: (article, digest) for article, digest in zip(articles, digests, strict=True)
        }
        changed = [pair for pair in last.values() if known.get(pair[0].id) != pair[1]]
        if changed:
            texts = [embedding_text(article) for article, _ in changed]
            embeddings = self.encoder.encode_documents(texts)
            self.store.write(
                Stored(article, embedding, digest)
                for (article, digest), embedding in zip(changed, embeddings, strict=True)
            )
        return _outcomes([article.id for article in articles], digests, known)

    def import_articles(
        self,
        lines: Iterable[Line],
        *,
        strict: bool = False,
        on_progress: Callable[[int], None] | None = None,
        on_refused: Callable[[Line], None] | None = None,
    ) -> ImportSummary:
        """Puts the article of each line; lines that hold none are refused and counted.

        ``strict`` raises the first refused line's error before anything is written, and holds
        all articles in memory for it. ``on_progress`` hears of each batch how many lines it had.
        Raises StoreBusy if another import into this archive is running.
        """
        summary = ImportSummary()
        started = time.monotonic()
        with self._import_lock():
            if strict:
                lines = list(_raising(lines))
            batch = max(_BATCH, len(lines)) if isinstance(lines, list) else _BATCH
            iterator = iter(lines)
            seen: set[str] = set()
            while part := list(islice(iterator, batch)):
                self._import_batch(part, summary, seen, on_refused)
                if on_progress:
                    on_progress(len(part))
        summary.seconds = time.monotonic() - started
        return summary

    def _import_batch(
        self,
        lines: Sequence[Line],
        summary: ImportSummary,
        seen: set[str],
        on_refused: Callable[[Line], None] | None,
    ) -> None:
        articles = []
        for line in lines:
            summary.unknown_fields.update(line.unknown)
            if line.article is None:
                summary.refused += 1
                if on_refused:
                    on_refused(line)
            else:
                summary.repeated_ids += line.article.id in seen
                seen.add(line.article.id)
                articles.append(line.article)
        counts = Counter(self.put(articles))
        summary.added += counts["added"]
        summary.updated += counts["updated"]
        summary.unchanged += counts["unchanged"]

    @contextmanager
    def _import_lock(self) -> Iterator[None]:
        """One import at a time; the operating system frees the lock if the process dies."""
        path = self.store.directory / _LOCK_NAME
        try:
            file = path.open("a+")
        except OSError as error:
            remedy = "check that this user may write there"
            raise StoreUnavailable(self.store.directory, str(error), remedy) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                raise StoreBusy(f"process {file.read().strip() or 'unknown'}") from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
            file.truncate(0)


def _check_encoder(store: Store, encoder: Encoder) -> None:
    """An archive keeps to the encoder and recipe that made its first embedding."""
    asked = f"{encoder.id} {RECIPE} {encoder.dimension}"
    stored = store.setting("encoder")
    if stored is None:
        store.write_setting("encoder", asked)
    elif stored != asked:
        raise EncoderMismatch(stored, asked)


def _raising(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if line.error is not None:
            raise line.error
        yield line


def _outcomes(
    ids: Sequence[str], digests: Sequence[bytes], known: Mapping[str, bytes]
) -> list[Outcome]:
    """What became of each article, given the hashes that the archive held before."""
    present = dict(known)
    outcomes: list[Outcome] = []
    for article_id, digest in zip(ids, digests, strict=True):
        before = present.get(article_id)
        if before is None:
            outcomes.append("added")
        else:
            outcomes.append("unchanged" if before == digest else "updated")
        present[article_id] = digest
    return outcomes
