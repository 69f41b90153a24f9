"""One archive: its store, its encoder and the live view, opened together."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from threadpoolctl import threadpool_limits

from newsclip.errors import EncoderMismatch, StoreMissing
from newsclip.index import damage
from newsclip.index.article import Article, content_hash
from newsclip.index.article_rows import Stored
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.encoder import Encoder, load_encoder
from newsclip.index.encoder_choice import EncoderChoice
from newsclip.index.live import LiveView
from newsclip.index.loaded_encoders import LoadedEncoders
from newsclip.index.names import own_names
from newsclip.index.recipe import ArticleEncoder, draft_text
from newsclip.index.statistics import Statistics, TagCount, statistics, tag_counts
from newsclip.index.store import Store
from newsclip.index.tag_feedback import Feedback
from newsclip.index.view import View

Outcome = Literal["added", "updated", "unchanged"]


class Archive:
    """A publisher's archive in one directory."""

    def __init__(self, store: Store, encoders: LoadedEncoders, trusting: bool = False) -> None:
        self.store = store
        self._encoders = encoders
        self._live = LiveView(store, encoders, trusting)

    @classmethod
    def open(
        cls,
        directory: Path,
        encoder: EncoderChoice | Encoder | str | None = None,
        create: bool = False,
        trusting: bool = False,
    ) -> Self:
        """Opens the archive in ``directory``; ``create`` makes an empty one where there is none.

        ``encoder`` is a choice, or its string, or an encoder. An archive keeps to its own, so None
        is right for every archive (a new one then takes the built-in model), and any other than
        its own is refused. ``trusting`` is for an archive
        whose snapshot has just been checked: it is then opened without a look at its checksums.
        Raises StoreMissing, StoreUnavailable, StoreVersionUnknown, EncoderUnavailable or
        EncoderMismatch.
        """
        # One product of a vector with a small matrix is no work to share: with two threads an
        # import took 1.8 times as much processor time, a search 2.7 times (37,391 articles).
        threadpool_limits(1, user_api="blas")
        store = Store.open(directory, create)
        try:
            return cls(store, _encoders(store, encoder), trusting)
        except BaseException:
            store.close()
            raise

    @property
    def encoder(self) -> Encoder:
        """The encoder that answers come from."""
        return self._active()[1].model

    def _active(self) -> tuple[KnownEncoder, ArticleEncoder]:
        active = self.store.embeddings.active()
        if active is None:
            raise StoreMissing(self.directory)
        return active, self._encoders.get(active)

    @property
    def directory(self) -> Path:
        """Where the archive lies."""
        return self.store.directory

    def close(self) -> None:
        """Closes the store; the archive must not be used after."""
        self._live.close()
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

    def give_feedback(
        self,
        actor: str,
        article: str | None,
        draft: Mapping[str, str],
        accepted: Sequence[str],
        rejected: Sequence[str],
    ) -> Feedback:
        """Keeps which tags ``actor`` accepted and rejected for a draft; counts at once, everywhere.

        ``draft`` holds its title, summary and body. Raises StoreBusy or StoreUnavailable.
        """
        active, encoder = self._active()
        vector = encoder.embed([draft_text(draft)])[0]
        return self.store.tag_feedback.add(
            actor, article, draft, accepted, rejected, (active.number, vector)
        )

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
        with the same id the last one stays. Tags that others have replaced come in as those.
        """
        articles = self._with_kept_tags(articles)
        digests = [content_hash(article) for article in articles]
        known = self.store.hashes([article.id for article in articles])
        pairs = zip(articles, digests, strict=True)
        last = {article.id: (article, digest) for article, digest in pairs}
        same = {id_: a for id_, (a, digest) in last.items() if known.get(id_) == digest}
        # What the disk has changed since is written again: that is how a damaged article is mended.
        known |= dict.fromkeys(damage.changed(self.store, same), b"")
        changed = [pair for pair in last.values() if known.get(pair[0].id) != pair[1]]
        if changed:
            self._write(changed)
        return _outcomes([article.id for article in articles], digests, known)

    def _with_kept_tags(self, articles: Sequence[Article]) -> Sequence[Article]:
        with self.store.reading():
            house = self.store.vocabulary.house()
        if not house.replaced:
            return articles
        kept = [tuple(dict.fromkeys(map(house.kept_as, a.tags))) for a in articles]
        pairs = zip(articles, kept, strict=True)
        return [a if a.tags == tags else a.model_copy(update={"tags": tags}) for a, tags in pairs]

    def _write(self, changed: Sequence[tuple[Article, bytes]]) -> None:
        active, encoder = self._active()
        embedded = encoder.embed_articles([article for article, _ in changed])
        rows = [
            Stored(article, made, digest, own_names(article.title, article.summary, article.body))
            for (article, digest), made in zip(changed, embedded, strict=True)
        ]
        try:
            self.store.write(rows, active.number)
        except EncoderMismatch:  # switched while these were being embedded
            if self._active()[0] == active:
                raise
            self._write(changed)


def _encoders(store: Store, asked: EncoderChoice | Encoder | str | None) -> LoadedEncoders:
    """The archive's encoder, loaded; a new archive takes the one that is asked for."""
    encoders = LoadedEncoders(store.embeddings)
    active = store.embeddings.active()
    if asked is None or isinstance(asked, str):
        asked = EncoderChoice() if asked is None else EncoderChoice.parse(asked)
    if isinstance(asked, EncoderChoice):
        name = str(asked.over(active.name if active else None))
        if active is not None and name == active.name:
            encoders.get(active)
            return encoders
        model = load_encoder(name)
    else:
        name, model = asked.id, asked
    if active is None:
        encoder = ArticleEncoder(model)
        active = store.embeddings.register(name, encoder.identity, model.dimension)
        store.embeddings.activate(active.number)
    else:
        encoder = ArticleEncoder.known_as(active.identity, model)
    encoders.keep(active.number, encoder)
    return encoders


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
