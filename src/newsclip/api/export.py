"""Rails as files, so that a site or its CDN has them when the service is down."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from newsclip.api.export_log import ExportLog
from newsclip.api.rendering import related_to_dict
from newsclip.errors import ExportUnusable
from newsclip.index.archive import Archive
from newsclip.index.filters import Filter
from newsclip.index.locks import exclusive
from newsclip.index.view import View
from newsclip.recommender.candidates import related_candidates
from newsclip.recommender.choice import Choice
from newsclip.recommender.curation import pinned_now
from newsclip.recommender.similar import similar
from newsclip.recommender.source import source_of_article
from newsclip.recommender.telling import telling_terms

Progress = Callable[[int, int], None]

_LOCK = "newsclip-export.lock"
_BATCH = 50  # rails of one view, and of one transaction
_REACH = 50  # of each side, articles near a new one whose rails it may change
_ALL_SHARE = 0.1  # where more of the articles have changed, all rails are made
_LONGEST = 200  # bytes of a file name without its ending; most file systems take 255


@dataclass(frozen=True)
class ExportSummary:
    """What an export did: files ``written``, ``unchanged`` after being made anew, ``removed``."""

    rails: int
    written: int
    unchanged: int
    removed: int


def file_name(article_id: str) -> str:
    """The name of an article's file: its id, percent-encoded (``/`` is ``%2F``), and ``.json``.

    A name over 200 characters is cut, to which ``~`` and 32 hexadecimal digits of the id's
    SHA-256 are added.
    """
    name = quote(article_id, safe="")
    if len(name) > _LONGEST:
        mark = hashlib.sha256(article_id.encode()).hexdigest()[:32]
        name = f"{name[: _LONGEST - 33]}~{mark}"
    return f"{name}.json"


def export_rails(
    archive: Archive, directory: Path, choice: Choice, everything: bool, progress: Progress
) -> ExportSummary:
    """Brings the files in ``directory`` up to date: for each visible article its rail as JSON.

    What is made anew: the rails of new and changed articles and of those near them in words or
    meaning, those on which a changed or vanished one stands, and those that are filled up; all of
    them if ``everything`` is asked for, if a tenth of the articles or anything else has changed.
    Files whose content stays are not touched. Stopped, it goes on from there the next time.
    ``progress`` hears how many rails are done, and of how many.

    Raises ExportUnusable, or StoreBusy while another export writes there.
    """
    with _blamed(directory):
        directory.mkdir(parents=True, exist_ok=True)
        with exclusive(directory, _LOCK, "rails are being exported"):
            log = ExportLog(directory)
            with log.closing():
                return _Export(archive, directory, choice, log).run(everything, progress)


@contextmanager
def _blamed(directory: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise ExportUnusable(directory, problem) from error


class _Export:
    def __init__(self, archive: Archive, directory: Path, choice: Choice, log: ExportLog) -> None:
        self._archive, self._directory = archive, directory
        self._choice, self._log = choice, log

    def run(self, everything: bool, progress: Progress) -> ExportSummary:
        gone = self._plan(everything)
        removed = gone & self._log.ids()
        for article_id in sorted(gone):
            (self._directory / file_name(article_id)).unlink(missing_ok=True)
        self._log.removed(gone)
        stale = self._log.stale()
        written = done = 0
        for start in range(0, len(stale), _BATCH):
            batch = stale[start : start + _BATCH]
            written += self._write(batch)
            done += len(batch)
            progress(done, len(stale))
        rails = len(self._log.ids())
        return ExportSummary(rails, written, len(stale) - written, len(removed))

    def _plan(self, everything: bool) -> set[str]:
        """Notes what is to be made anew; the articles whose rails have to go."""
        with self._archive.reading() as view:
            visible = self._visible(view)
            notes = {"revision": str(max(visible.values(), default=0)), "about": self._about(view)}
            there = self._log.ids()
            since, known = int(self._log.note("revision") or 0), there.union(self._log.stale())
            changed = {i for i, revision in visible.items() if revision > since or i not in known}
            # What came and went while an export ran has no rail, but may stand on some.
            gone = (known | self._log.shown()) - visible.keys()
            whole = everything or self._log.note("about") != notes["about"]
            if whole or len(changed) > max(_BATCH, _ALL_SHARE * len(visible)):
                stale = set(visible)
            else:
                stale = self._touched(view, changed, gone) & visible.keys()
            self._log.begin(stale, notes)
        return gone

    def _touched(self, view: View, changed: set[str], gone: set[str]) -> set[str]:
        if not changed and not gone:
            return set()
        touched = changed | self._log.showing(changed | gone) | self._log.filled()
        for article_id in changed:
            touched |= _near(view, article_id)
        return touched

    def _visible(self, view: View) -> dict[str, int]:
        """The articles that readers may see now, each with the revision of its last change."""
        keys = view.newest(Filter(), len(view))
        ids = dict(zip(keys, view.ids(keys), strict=True))
        revisions = dict(self._archive.store.rows_of("SELECT key, revision FROM article"))
        return {ids[key]: int(revisions[key]) for key in keys}

    def _about(self, view: View) -> str:
        """All else that a rail depends on."""
        rules, store = view.rules(), self._archive.store
        ruled = (rules.revision, rules.holding(view.now), pinned_now(view))
        ranker = hashlib.sha256((view.tuned_ranker() or "").encode()).hexdigest()
        return repr((store.lineage(), self._archive.encoder.id, ranker, ruled, self._choice))

    def _write(self, ids: Sequence[str]) -> int:
        """Makes some rails and writes those that are new; how many."""
        made = []
        with self._archive.reading() as view:
            # Behind the others, which have gone since, the next export tidies up.
            for article_id in view.ids(view.passing_keys(ids, Filter())):
                related = similar(view, source_of_article(view, article_id), self._choice)
                made.append((article_id, related))
        written, notes = 0, []
        for article_id, related in made:
            text = json.dumps(
                related_to_dict(related), ensure_ascii=False, separators=(",", ":")
            ).encode()
            digest = hashlib.sha256(text).digest()
            path = self._directory / file_name(article_id)
            if self._log.digest(article_id) != digest or not path.exists():
                _put(path, text)
                written += 1
            filled = any(hit.fallback for hit in related.hits)
            short = len(related.hits) < self._choice.limit
            shown = {each.id for hit in related.hits for each in (hit.article, *hit.duplicates)}
            notes.append((article_id, digest, filled or short, shown))
        self._log.written(notes)
        return written


def _near(view: View, article_id: str) -> set[str]:
    """The articles on whose rails this one may stand: likeness is much the same both ways."""
    source = source_of_article(view, article_id)
    query = telling_terms(view, source.terms)
    where = Filter()
    found = related_candidates(view, source, query, where, _REACH, view)
    return set(view.ids(found.tolist()))


def _put(path: Path, text: bytes) -> None:
    """The file is there whole, or as it was before."""
    part = path.with_name(f".{hashlib.sha256(path.name.encode()).hexdigest()[:32]}.part")
    part.write_bytes(text)
    part.replace(path)
