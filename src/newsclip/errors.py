"""What can go wrong in Newsclip, in the domain's own words.

Nothing here knows of HTTP or of exit codes: one table in ``newsclip.api.problems``
maps these classes to answers, and one in ``newsclip.api.cli`` maps them to exit codes.

::

    NewsclipError
    ├── InputInvalid             somebody handed in a value that breaks a rule
    │   ├── ArticleInvalid         a field of an article
    │   ├── QueryInvalid           a parameter of a question
    │   ├── RuleInvalid            a field of an editors' rule
    │   ├── TagInvalid             a field of the vocabulary
    │   └── SettingInvalid         a setting, with the place it came from
    ├── SourceUnreadable         a file, or a line of it, that holds no article at all
    ├── ArticleNotFound          no article with that id
    ├── UrlUnknown               no article with that URL
    ├── RuleNotFound             no editors' rule with that id
    ├── TagUnknown               no tag of the vocabulary or of an article
    ├── ChangeUndone             a change of tags that cannot be undone, or not any more
    ├── ProjectUnknown           no project with that id, as Annif's routes have it
    ├── FeedbackNotFound         no feedback on tags with that number
    ├── StoreError
    │   ├── StoreMissing           there is no archive in that directory yet
    │   ├── StoreUnavailable       the directory cannot be created, read or written
    │   ├── StoreBusy              another process imports, changes its encoder, or has it open
    │   ├── StoreVersionUnknown    it was written by a newer Newsclip
    │   └── BackupUnusable         a backup that cannot be written, or not be restored
    ├── EncoderError
    │   ├── EncoderUnavailable     the model cannot be loaded
    │   └── EncoderMismatch        the archive's embeddings come from another model
    └── RankerError
        ├── RankerInvalid          a stored ranker that cannot be used
        ├── TaggerInvalid          a stored tagger that cannot be used
        └── TooLittleKnown         too few articles that are known to belong together
"""

from pathlib import Path

_SHOWN_CHARACTERS = 100


def shown(value: object) -> str:
    """The value as an error message prints it: its repr, cut to about 100 characters."""
    text = repr(value[: _SHOWN_CHARACTERS * 2]) if isinstance(value, str | bytes) else repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


class NewsclipError(Exception):
    """The root of all errors that Newsclip raises on purpose.

    ``message`` says what is wrong, ``remedy`` what to do about it (possibly empty).
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class InputInvalid(NewsclipError):
    """A value that breaks a rule: ``field``, ``value``, ``problem`` and ``remedy``."""

    def __init__(self, field: str, value: object, remedy: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}, got {shown(value)}", remedy)
        self.field = field
        self.value = value
        self.problem = problem


class ArticleInvalid(InputInvalid):
    """A field of an article breaks a rule."""


class QueryInvalid(InputInvalid):
    """A parameter of a question breaks a rule."""


class RuleInvalid(InputInvalid):
    """A field of an editors' rule breaks a rule of ours."""


class TagInvalid(InputInvalid):
    """A field of an entry of the vocabulary breaks a rule."""


class SettingInvalid(InputInvalid):
    """A setting breaks a rule; ``origin`` says where it was set."""

    def __init__(self, name: str, value: object, remedy: str, problem: str, origin: str) -> None:
        super().__init__(name, value, remedy, f"{problem} (set by {origin})")
        self.origin = origin


class SourceUnreadable(NewsclipError):
    """A file, or one line of it, that cannot be read as an article at all."""

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        super().__init__(f"{where}: {problem}", remedy)
        self.where = where
        self.problem = problem


class ArticleNotFound(NewsclipError):
    """No article has this id."""

    def __init__(self, article_id: str) -> None:
        super().__init__(
            f"no article has the id {shown(article_id)}",
            "check the id; ids are compared letter by letter, and percent-encoded in a path",
        )
        self.article_id = article_id


class UrlUnknown(NewsclipError):
    """No article has this URL."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"no article has the URL {shown(url)}",
            "check the URL against the articles' url; scheme, www. and tracking do not matter",
        )
        self.url = url


class RuleNotFound(NewsclipError):
    """No rule of the editors has this id."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(
            f"no rule has the id {shown(rule_id)}", "list them all: newsclip curation list"
        )
        self.rule_id = rule_id


class TagUnknown(NewsclipError):
    """Neither the vocabulary nor an article has this tag."""

    def __init__(self, tag: str) -> None:
        super().__init__(
            f"there is no tag {shown(tag)}",
            "write it letter by letter as articles carry it; newsclip tags list has them all",
        )
        self.tag = tag


class ChangeUndone(NewsclipError):
    """A change of the vocabulary that cannot be undone, or not any more."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(
            f"change {number} {problem}",
            "see what has changed, newest first: newsclip tags log",
        )
        self.number = number


class ProjectUnknown(NewsclipError):
    """Annif's routes name a project that there is not."""

    def __init__(self, project_id: str) -> None:
        super().__init__(
            f"there is no project {shown(project_id)}", "GET /v1/projects names the one there is"
        )
        self.project_id = project_id


class FeedbackNotFound(NewsclipError):
    """No feedback on tags has this number."""

    def __init__(self, number: int | str) -> None:
        super().__init__(
            f"no feedback has the number {shown(number)}",
            "give the number that the feedback was answered with; the audit log has them all",
        )
        self.number = number


class StoreError(NewsclipError):
    """The archive's directory, or its database, does not do what it should."""


class StoreMissing(StoreError):
    """There is no archive in that directory yet."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"there is no archive in {str(path)!r}",
            f"fill one with: newsclip import FILE --data {path} (to look around: newsclip demo)",
        )
        self.path = path


class StoreUnavailable(StoreError):
    """The archive's directory cannot be created, read or written."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"the archive in {str(path)!r} cannot be used: {problem}", remedy)
        self.path = path


class StoreBusy(StoreError):
    """Another process works on the archive in a way that allows no second; ``holder`` names it."""

    def __init__(self, holder: str, remedy: str | None = None) -> None:
        super().__init__(
            f"the archive is busy: {holder}",
            remedy or "wait until it has ended, then start again: what is already in is skipped",
        )
        self.holder = holder


class StoreVersionUnknown(StoreError):
    """The archive was written by a newer Newsclip than this one."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"the archive in {str(path)!r} has format {found}, this Newsclip reads up to {known}",
            "install the newer Newsclip that wrote it, or restore a backup made with this one",
        )
        self.found = found
        self.known = known


class BackupUnusable(StoreError):
    """A backup of an archive cannot be written to its file, or not be restored from it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"the backup {str(path)!r} {problem}", remedy)
        self.path = path


class ExportUnusable(StoreError):
    """The rails cannot be written into their directory."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"the export in {str(path)!r} cannot be written: {problem}",
            "check that this user may write there, and that there is room",
        )
        self.path = path


class SnapshotError(StoreError):
    """A snapshot, an index on disk, cannot be used; the store that it was made from can."""

    remedy_for_all = "make it anew from the store: newsclip rebuild"

    def __init__(self, path: Path, problem: str, remedy: str = remedy_for_all) -> None:
        super().__init__(f"the snapshot {str(path)!r} {problem}", remedy)
        self.path = path


class SnapshotDamaged(SnapshotError):
    """A file of a snapshot is missing, cut short or changed."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, f"is damaged: {problem}")
        self.problem = problem


class SnapshotForeign(SnapshotError):
    """A snapshot is of another store, of a later state of it, or of another model."""


class SnapshotVersionUnknown(SnapshotError):
    """A snapshot was written by a newer Newsclip than this one."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            path,
            f"has format {found}, this Newsclip reads up to {known}",
            "install the newer Newsclip that wrote it, or make it anew: newsclip rebuild",
        )
        self.found = found
        self.known = known


class EncoderError(NewsclipError):
    """The model that turns text into embeddings does not fit or does not load."""


class EncoderUnavailable(EncoderError):
    """The model cannot be loaded."""


class EncoderMismatch(EncoderError):
    """The archive's embeddings were made by another encoder, or from another text recipe."""

    def __init__(self, stored: str, asked: str) -> None:
        super().__init__(
            f"the archive's embeddings come from {stored}, not from {asked}",
            "keep to the archive's encoder, or change it with: newsclip reembed --encoder NAME",
        )
        self.stored = stored
        self.asked = asked


class RankerError(NewsclipError):
    """What ranks articles or tags cannot be used, learned or measured."""


class RankerInvalid(RankerError):
    """A stored ranker is damaged, or was learned on other features."""

    def __init__(self, problem: str) -> None:
        remedy = "learn it anew: newsclip tune; or use the general one: newsclip tune --reset"
        super().__init__(f"the archive's own ranker {problem}", remedy)
        self.problem = problem


class TaggerInvalid(RankerError):
    """A stored tagger is damaged, or was learned by another version."""

    def __init__(self, problem: str) -> None:
        remedy = "learn it anew: newsclip tags train; until then votes and names serve"
        super().__init__(f"the archive's tagger {problem}", remedy)
        self.problem = problem


class TooLittleKnown(RankerError):
    """Too few articles are known to belong together."""

    def __init__(self, what: str, found: int, needed: int, remedy: str) -> None:
        super().__init__(f"{what}: {found:,} found, {needed:,} needed", remedy)
        self.found = found
        self.needed = needed
