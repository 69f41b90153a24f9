"""Importing many articles: the summary, all or nothing, and one import at a time."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
from tests.doubles import FailingEncoder, article, axis_archive, contents

from newsclip.errors import ArticleInvalid, SourceUnreadable, StoreBusy, StoreUnavailable
from newsclip.index import importing as module
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.importing import ImportSummary, import_articles
from newsclip.index.sources.jsonlines import Line

WORDLESS = [0.0] * 7 + [1.0]


def lines(*articles: Article) -> Iterator[Line]:
    return (Line(number, entry) for number, entry in enumerate(articles, start=1))


def refused(number: int) -> Line:
    return Line(number, error=SourceUnreadable(f"line {number}", "is not JSON", "mend it"))


def test_the_summary(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="ship")])
    told: list[Line] = []
    source = [
        Line(1, article("a", title="fish"), unknown=("mood", "teaser")),
        refused(2),
        Line(3, article("b", title="law"), unknown=("mood",)),
        Line(4, article("c")),
        Line(5, article("c", title="vote")),
        Line(6, article("c", title="vote")),
        refused(7),
    ]
    summary = import_articles(archive, iter(source), on_refused=told.append)
    counts = (summary.added, summary.updated, summary.unchanged, summary.refused)
    assert counts == (1, 2, 2, 2)
    assert summary.accepted == 5
    assert summary.repeated_ids == 2
    assert summary.unknown_fields == {"mood": 2, "teaser": 1}
    assert summary.seconds > 0
    assert summary.articles_per_second == pytest.approx(5 / summary.seconds)
    assert [line.number for line in told] == [2, 7]
    assert {i: title for i, (title, _) in contents(archive).items()} == {
        "a": "fish",
        "b": "law",
        "c": "vote",
    }
    assert ImportSummary().articles_per_second == 0


def test_ids_are_repeated_across_batches_too(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    progress: list[int] = []
    entries = [article(n % 3, title=f"title {n}") for n in range(5)]
    summary = import_articles(archive, lines(*entries), on_progress=progress.append)
    assert (summary.added, summary.updated, summary.repeated_ids) == (3, 2, 2)
    assert progress == [2, 2, 1]
    assert [archive.get(i).title for i in "012"] == ["title 3", "title 4", "title 2"]


def test_lines_are_taken_as_they_come(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    held: list[int] = []

    def source() -> Iterator[Line]:
        for number in range(6):
            held.append(archive.statistics().articles)
            yield Line(number + 1, article(number))

    import_articles(archive, source())
    assert held == [0, 0, 2, 2, 4, 4]


def test_nothing_to_import(archive: Archive) -> None:
    for strict in (True, False):
        summary = import_articles(archive, [], strict=strict)
        assert (summary.accepted, summary.refused, archive.revision()) == (0, 0, 0)


@pytest.mark.parametrize("count", [3, 300])
def test_strict_writes_all_or_nothing(archive: Archive, count: int) -> None:
    archive.put([article(0, title="old")])
    entries = [*lines(*(article(n, title="fish") for n in range(count)))]
    with pytest.raises(SourceUnreadable, match=f"line {count + 1}"):
        import_articles(archive, [*entries, refused(count + 1), refused(9_999)], strict=True)
    assert contents(archive) == {"0": ("old", WORDLESS)}
    assert archive.revision() == 1

    invalid = Line(1, error=ArticleInvalid("id", None, "give it one", "is missing"))
    with pytest.raises(ArticleInvalid):
        import_articles(archive, iter([*entries, invalid]), strict=True)
    assert archive.revision() == 1

    summary = import_articles(archive, iter(entries), strict=True)
    assert (summary.added, summary.updated) == (count - 1, 1)
    assert archive.revision() == 2, "one transaction"


def test_strict_leaves_nothing_where_the_source_breaks_off(archive: Archive) -> None:
    def broken() -> Iterator[Line]:
        yield Line(1, article("a"))
        raise SourceUnreadable("news.jsonl", "cannot be read", "look at the disk")

    with pytest.raises(SourceUnreadable):
        import_articles(archive, broken(), strict=True)
    assert archive.revision() == 0


def test_an_import_that_crashes_keeps_the_batches_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    titles = ["fish", "ship", "law", "vote", "star", "goal", "bank"]
    entries = [article(n, title=title) for n, title in enumerate(titles)]
    with Archive.open(tmp_path, FailingEncoder(), create=True) as archive:
        archive.put([article(4, title="old")])
        with pytest.raises(RuntimeError, match="memory"):
            import_articles(archive, lines(*entries))
        assert {i: title for i, (title, _) in contents(archive).items()} == {
            "0": "fish",
            "1": "ship",
            "2": "law",
            "3": "vote",
            "4": "old",
        }
    with axis_archive(tmp_path) as archive:  # started again, it goes on where it stopped
        summary = import_articles(archive, lines(*entries))
        assert (summary.added, summary.updated, summary.unchanged) == (2, 1, 4)


# One import at a time


def during_an_import(archive: Archive, work: Callable[[], object]) -> None:
    def source() -> Iterator[Line]:
        yield Line(1, article("imported"))
        work()

    import_articles(archive, source())


def test_a_second_import_is_refused_but_single_writes_go_through(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as archive, axis_archive(tmp_path) as other:

        def meanwhile() -> None:
            with pytest.raises(StoreBusy) as caught:
                import_articles(other, lines(article("second")))
            assert "process" in caught.value.message
            assert "wait" in caught.value.remedy
            assert other.put([article("single")]) == ["added"]
            other.delete("single")
            other.put([article("stays")])

        during_an_import(archive, meanwhile)
        assert contents(archive).keys() == {"imported", "stays"}
        assert import_articles(other, lines(article("second"))).added == 1


def test_a_failed_import_frees_the_archive(archive: Archive) -> None:
    def fail() -> None:
        raise RuntimeError("source gone")

    with pytest.raises(RuntimeError, match="gone"):
        during_an_import(archive, fail)
    assert import_articles(archive, lines(article("a"))).added == 1


def test_a_lock_file_that_cannot_be_opened(archive: Archive) -> None:
    (archive.directory / "import.lock").mkdir()
    with pytest.raises(StoreUnavailable):
        import_articles(archive, lines(article("a")))
    assert archive.put([article("a")]) == ["added"]


_IMPORTER = """
import sys
from pathlib import Path
from tests.doubles import article, axis_archive
from newsclip.index.importing import import_articles
from newsclip.index.sources.jsonlines import Line

def source():
    yield Line(1, article("imported"))
    print("running", flush=True)
    sys.stdin.read()

import_articles(axis_archive(Path(sys.argv[1])), source())
"""


def test_an_import_in_another_process_and_its_sudden_death(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _IMPORTER, str(tmp_path)]
    root = Path(__file__).parents[2]
    with (
        subprocess.Popen(command, cwd=root, stdin=PIPE, stdout=PIPE, text=True) as process,
        axis_archive(tmp_path) as archive,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        with pytest.raises(StoreBusy) as caught:
            import_articles(archive, lines(article("mine")))
        assert caught.value.holder == f"import by process {process.pid}"
        assert archive.put([article("single")]) == ["added"]
        process.kill()
        process.wait()
        assert import_articles(archive, lines(article("mine"))).added == 1
        assert contents(archive).keys() == {"single", "mine"}, "nothing half-imported"
