"""When a tagger is to be learned anew."""

from datetime import datetime

from newsclip.index.article import format_instant
from newsclip.index.store import Store
from newsclip.recommender.tagging.training import LEAST_ARTICLES

LEAST_CHANGES = 20
_CHANGED_SHARE = 0.1


def is_due(store: Store) -> bool:
    """Whether enough has changed since the archive's tagger was learned, or could be for once.

    A tenth of the tagged articles, but at least 20 changes; each word of an editor on suggested
    tags counts as one. Votes know every new article at once, so nothing is lost by waiting.
    """
    encoder = store.embeddings.active()
    tagged = _tagged(store)
    if encoder is None or tagged < LEAST_ARTICLES:
        return False
    version = store.taggers.version(encoder.identity)
    if version is None:
        return True
    made_at, revision = version
    changes = store.changes_since(revision) + _feedback_since(store, made_at)
    return changes >= max(LEAST_CHANGES, _CHANGED_SHARE * tagged)


def _tagged(store: Store) -> int:
    query = "SELECT count(DISTINCT key) FROM article_tag"
    return int(store.rows_of(query)[0][0])


def _feedback_since(store: Store, made_at: str) -> int:
    """Entries added or undone since; by whole seconds, as they are stored."""
    since = format_instant(datetime.fromisoformat(made_at).replace(microsecond=0))
    query = "SELECT count(*) FROM tag_feedback WHERE at >= :since OR undone_at >= :since"
    return int(store.rows_of(query, since=since)[0][0])
