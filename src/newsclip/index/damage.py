"""Articles that the disk has changed: which can still be read, and which say what was written."""

from collections.abc import Mapping, Sequence

from newsclip.errors import StoreUnavailable
from newsclip.index.article import Article, content_hash
from newsclip.index.store import Store


def readable(store: Store, keys: Sequence[int]) -> dict[int, Article]:
    """The articles with these keys; those that are no more, or cannot be read, are left out."""
    try:
        return store.articles(keys)
    except StoreUnavailable:  # by halves: SQLite says that a text is none, not whose it is
        if len(keys) == 1:
            return {}
        middle = len(keys) // 2
        return readable(store, keys[:middle]) | readable(store, keys[middle:])


def as_written(store: Store, keys: Sequence[int]) -> dict[int, Article]:
    """Those of the articles with these keys that say what their content hash was made of."""
    articles = readable(store, keys)
    hashes = store.hashes([article.id for article in articles.values()])
    return {key: a for key, a in articles.items() if hashes.get(a.id) == content_hash(a)}


def changed(store: Store, articles: Mapping[str, Article]) -> set[str]:
    """The ids of those of these articles that the store does not hold as they are."""
    keys = store.keys_of([*articles])
    held = readable(store, [*keys.values()])
    return {id_ for id_, article in articles.items() if held.get(keys.get(id_, 0)) != article}
