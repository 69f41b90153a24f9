"""Another model without an outage: new embeddings, and a snapshot of them, beside the old ones.

Then one switch: every worker finds all that it needs at its next request.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsclip.errors import EncoderUnavailable, StoreBusy
from newsclip.index.article import Article
from newsclip.index.compaction import make_snapshot, newest_snapshot
from newsclip.index.embeddings import KnownEncoder
from newsclip.index.encoder import load_encoder
from newsclip.index.encoder_choice import EncoderChoice
from newsclip.index.locks import exclusive
from newsclip.index.names import own_names
from newsclip.index.recipe import ArticleEncoder, draft_text, embedding_text
from newsclip.index.store import Store

Progress = Callable[[int, int], None]

_SECONDS_BETWEEN_TRIES = 1
_BATCH = 256  # articles a transaction: what an interrupted run has to do again, at the most
_WINDOW = 16 * _BATCH  # articles sorted by length together, so that a batch pads little


@dataclass(frozen=True)
class ReembedSummary:
    """What a change of the model did: which one answers now, and how much it had to embed."""

    encoder: str
    embedded: int
    seconds: float


def reembed(store: Store, encoder_name: str, on_progress: Progress | None = None) -> ReembedSummary:
    """Embeds every article with another encoder, then switches all workers to it at once.

    Articles are answered from the old embeddings until the switch, and may be written meanwhile.
    A run that is interrupted goes on where it stopped. ``on_progress`` hears how many articles
    are done and how many there are to do. Raises EncoderUnavailable, or a StoreError.
    """
    with exclusive(store.directory, "reembed.lock", "change of the encoder"):
        name = str(EncoderChoice.parse(encoder_name).over(None))
        return _fill_and_switch(store, name, ArticleEncoder(load_encoder(name)), on_progress)


def _fill_and_switch(
    store: Store, name: str, encoder: ArticleEncoder, on_progress: Progress | None
) -> ReembedSummary:
    embeddings, identity = store.embeddings, encoder.identity
    coming = embeddings.register(name, identity, encoder.model.dimension)
    embeddings.announce(coming.number)
    started, done = time.monotonic(), 0
    with_snapshot = newest_snapshot(store) is not None
    _embed_feedback(store, encoder, coming.number)
    while True:
        # Counted once a round: a count reads as many rows as there are articles.
        total = done + embeddings.count_missing(coming.number, encoder.makes)
        for count in _embed_missing(store, encoder, coming.number):
            done += count
            if on_progress:
                on_progress(done, max(done, total))
        # What was written meanwhile is still missing; then neither of the two is done.
        if with_snapshot:
            with_snapshot = not _snapshot_made(store, coming)
        elif embeddings.activate(coming.number):
            return ReembedSummary(identity, done, time.monotonic() - started)


def _snapshot_made(store: Store, coming: KnownEncoder) -> bool:
    try:
        return make_snapshot(store, coming, newest_snapshot(store, trusting=False)) is not None
    except StoreBusy:  # the service is making one
        time.sleep(_SECONDS_BETWEEN_TRIES)
        return False


def _embed_missing(store: Store, encoder: ArticleEncoder, number: int) -> Iterator[int]:
    """Embeds what an encoder has not, and yields how many articles after each transaction."""
    last = 0
    while keys := store.embeddings.missing(number, _WINDOW, last, encoder.makes):
        yield from _embed(store, encoder, number, keys)
        last = keys[-1]


def _embed(
    store: Store, encoder: ArticleEncoder, number: int, keys: Sequence[int]
) -> Iterator[int]:
    """Embeds some articles, the shortest first, and yields how many after each transaction."""
    articles = store.articles(keys)
    by_length = sorted(articles, key=lambda key: len(embedding_text(articles[key])))
    for start in range(0, len(by_length), _BATCH):
        batch = {key: articles[key] for key in by_length[start : start + _BATCH]}
        _keep_names(store, batch)  # first: an interrupted run goes on at what is not embedded
        embedded = encoder.embed_articles([*batch.values()])
        store.embeddings.add(number, dict(zip(batch, embedded, strict=True)))
        yield len(batch)


def _keep_names(store: Store, articles: Mapping[int, Article]) -> None:
    """Keeps the names in articles of before, which had to be looked for at each question."""
    known = store.names([*articles])
    missing = {key: article for key, article in articles.items() if key not in known}
    if missing:
        store.keep_names({k: own_names(a.title, a.summary, a.body) for k, a in missing.items()})


def _embed_feedback(store: Store, encoder: ArticleEncoder, number: int) -> None:
    """Embeds the drafts that editors gave feedback on; later ones are embedded where they count."""
    known = store.tag_feedback.embeddings(number)
    missing = [entry for entry in store.tag_feedback.standing() if entry.number not in known]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        vectors = encoder.embed([draft_text(entry.draft) for entry in batch])
        numbers = (entry.number for entry in batch)
        store.tag_feedback.embed(number, dict(zip(numbers, vectors, strict=True)))


def roll_back(store: Store, on_progress: Progress | None = None) -> ReembedSummary:
    """Switches back to the encoder before the last switch.

    Only articles that have changed since need to be embedded. Raises EncoderUnavailable if there
    is none to go back to.
    """
    previous = store.embeddings.previous()
    if previous is None:
        remedy = "name the model to switch to: newsclip reembed --encoder NAME"
        raise EncoderUnavailable("the archive has had no other encoder before", remedy)
    with exclusive(store.directory, "reembed.lock", "change of the encoder"):
        encoder = ArticleEncoder.known_as(previous.identity, load_encoder(previous.name))
        return _fill_and_switch(store, previous.name, encoder, on_progress)
