"""Handing articles in: what became of each, what is embedded anew, and what a failure leaves."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from subprocess import PIPE
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, article, axis_archive

from newsclip.errors import (
    ArticleInvalid,
    ArticleNotFound,
    EncoderMismatch,
    EncoderUnavailable,
    SourceUnreadable,
    StoreBusy,
    StoreMissing,
    StoreUnavailable,
)
from newsclip.index import archive as module
from newsclip.index.archive import Archive, ImportSummary
from newsclip.index.article import Article
from newsclip.index.sources.jsonlines import Line
from newsclip.index.statistics import TagCount
from newsclip.index.store import Store


def encoded(archive: Archive) -> list[str]:
    """The texts embedded since the last time of asking."""
    assert isinstance(archive.encoder, AxisEncoder)
    texts = list(archive.encoder.encoded)
    archive.encoder.encoded.clear()
    return texts


def contents(archive: Archive) -> dict[str, tuple[str, list[float]]]:
    """Each id with its title and its embedding."""
    rows = archive.store.rows(archive.store.keys_since(0)[0])
    return {row.article.id: (row.article.title, row.embedding.tolist()) for row in rows}


def axis(place: int) -> list[float]:
    return [float(each == place) for each in range(8)]


def lines(*articles: Article) -> Iterator[Line]:
    return (Line(number, entry) for number, entry in enumerate(articles, start=1))


# put


def test_added_updated_unchanged(archive: Archive) -> None:
    first = [article("a", title="fish"), article("b", title="ship")]
    assert archive.put(first) == ["added", "added"]
    assert archive.put(first) == ["unchanged", "unchanged"]
    changed = [article("b", title="ship", section="S"), article("c"), article("a", title="fish")]
    assert archive.put(changed) == ["updated", "added", "unchanged"]
    assert archive.get("b").section == "S"
    assert archive.put([]) == []


def test_an_unchanged_article_costs_nothing(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert encoded(archive) == ["fish", "ship"]
    revision = archive.revision()
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert encoded(archive) == []
    assert archive.revision() == revision
    archive.put([article("a", title="fish"), article("b", title="law")])
    assert encoded(archive) == ["law"]


def test_two_articles_that_swap_their_texts_are_both_embedded_again(archive: Archive) -> None:
    archive.put([article("a", title="fish"), article("b", title="ship")])
    assert archive.put([article("a", title="ship"), article("b", title="fish")]) == [
        "updated",
        "updated",
    ]
    assert contents(archive) == {"a": ("ship", axis(1)), "b": ("fish", axis(0))}


def test_a_text_that_comes_back_is_an_update_again(archive: Archive) -> None:
    outcomes = [archive.put([article("a", title=t)])[0] for t in ("fish", "ship", "fish", "fish")]
    assert outcomes == ["added", "updated", "updated", "unchanged"]
    assert contents(archive) == {"a": ("fish", axis(0))}


def test_of_a_repeated_id_the_last_stays(archive: Archive) -> None:
    same = [article("a", title=title) for title in ("fish", "ship", "ship", "law")]
    assert archive.put([*same, article("b")]) == [
        "added",
        "updated",
        "unchanged",
        "updated",
        "added",
    ]
    assert contents(archive)["a"] == ("law", axis(6))
    assert archive.statistics().articles == 2


def test_a_deleted_article_can_be_added_again(archive: Archive) -> None:
    archive.put([article("a", title="fish")])
    archive.delete("a")
    with pytest.raises(ArticleNotFound):
        archive.get("a")
    with pytest.raises(ArticleNotFound):
        archive.delete("a")
    assert archive.put([article("a", title="fish")]) == ["added"]
    assert archive.get("a").title == "fish"


@pytest.mark.parametrize(
    "hidden", [{"status": "draft"}, {"status": "withdrawn"}, {"published_at": "9000-01-01"}]
)
def test_get_gives_the_truth_as_stored(archive: Archive, hidden: dict[str, Any]) -> None:
    entry = article("a", **hidden)
    archive.put([entry])
    assert archive.get("a") == entry


def test_the_vocabulary_and_the_statistics(archive: Archive) -> None:
    archive.put([article(1, tags=["B", "A"]), article(2, tags=["B"]), article(3, tags=["A"])])
    archive.put([article(4, tags=["Secret"], status="draft")])
    assert archive.vocabulary() == [TagCount("A", 2), TagCount("B", 2)]
    numbers = archive.statistics()
    assert (numbers.articles, numbers.visible, numbers.encoder, numbers.dimension) == (
        4,
        3,
        "axes@1",
        8,
    )
    assert numbers.revision == archive.revision() == 2


# Failures


class FailingEncoder(AxisEncoder):
    """Fails at the first text that holds "goal"."""

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("goal" in text for text in texts):
            raise RuntimeError("out of memory")
        return super().encode_documents(texts)


def test_a_crash_in_the_encoder_leaves_the_previous_state(tmp_path: Path) -> None:
    with Archive(Store.open(tmp_path, create=True), FailingEncoder()) as archive:
        archive.put([article("a", title="fish")])
        with pytest.raises(RuntimeError, match="memory"):
            archive.put([article("a", title="ship"), article("b", title="goal")])
        assert contents(archive) == {"a": ("fish", axis(0))}
        assert archive.revision() == 1


def test_an_encoder_that_loses_a_text_is_caught(archive: Archive) -> None:
    def forgetful(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(8, dtype=np.float32)[: len(texts) - 1]

    archive.put([article("a", title="fish")])
    archive.encoder.encode_documents = forgetful  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="shorter"):
        archive.put([article("a", title="ship"), article("b"), article("c")])
    assert contents(archive) == {"a": ("fish", axis(0))}


def test_an_import_that_crashes_keeps_the_batches_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    titles = ["fish", "ship", "law", "vote", "star", "goal", "bank"]
    entries = [article(n, title=title) for n, title in enumerate(titles)]
    with Archive(Store.open(tmp_path, create=True), FailingEncoder()) as archive:
        archive.put([article(4, title="old")])
        with pytest.raises(RuntimeError, match="memory"):
            archive.import_articles(lines(*entries))
        assert {i: title for i, (title, _) in contents(archive).items()} == {
            "0": "fish",
            "1": "ship",
            "2": "law",
            "3": "vote",
            "4": "old",
        }
    with axis_archive(tmp_path) as archive:  # started again, it goes on where it stopped
        summary = archive.import_articles(lines(*entries))
        assert (summary.added, summary.updated, summary.unchanged) == (2, 1, 4)


# Importing


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
    summary = archive.import_articles(iter(source), on_refused=told.append)
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
    summary = archive.import_articles(lines(*entries), on_progress=progress.append)
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

    archive.import_articles(source())
    assert held == [0, 0, 2, 2, 4, 4]


def test_nothing_to_import(archive: Archive) -> None:
    for strict in (True, False):
        summary = archive.import_articles([], strict=strict)
        assert (summary.accepted, summary.refused, archive.revision()) == (0, 0, 0)


@pytest.mark.parametrize("count", [3, 300])
def test_strict_writes_all_or_nothing(archive: Archive, count: int) -> None:
    archive.put([article(0, title="old")])
    entries = [*lines(*(article(n, title="fish") for n in range(count)))]
    with pytest.raises(SourceUnreadable, match=f"line {count + 1}"):
        archive.import_articles([*entries, refused(count + 1), refused(9_999)], strict=True)
    assert contents(archive) == {"0": ("old", axis(7))}
    assert archive.revision() == 1

    invalid = Line(1, error=ArticleInvalid("id", None, "give it one", "is missing"))
    with pytest.raises(ArticleInvalid):
        archive.import_articles(iter([*entries, invalid]), strict=True)
    assert archive.revision() == 1

    summary = archive.import_articles(iter(entries), strict=True)
    assert (summary.added, summary.updated) == (count - 1, 1)
    assert archive.revision() == 2, "one transaction"


def test_strict_leaves_nothing_where_the_source_breaks_off(archive: Archive) -> None:
    def broken() -> Iterator[Line]:
        yield Line(1, article("a"))
        raise SourceUnreadable("news.jsonl", "cannot be read", "look at the disk")

    with pytest.raises(SourceUnreadable):
        archive.import_articles(broken(), strict=True)
    assert archive.revision() == 0


# One import at a time


def during_an_import(archive: Archive, work: Callable[[], object]) -> None:
    def source() -> Iterator[Line]:
        yield Line(1, article("imported"))
        work()

    archive.import_articles(source())


def test_a_second_import_is_refused_but_single_writes_go_through(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as archive, axis_archive(tmp_path) as other:

        def meanwhile() -> None:
            with pytest.raises(StoreBusy) as caught:
                other.import_articles(lines(article("second")))
            assert "process" in caught.value.message
            assert "wait" in caught.value.remedy
            assert other.put([article("single")]) == ["added"]
            other.delete("single")
            other.put([article("stays")])

        during_an_import(archive, meanwhile)
        assert contents(archive).keys() == {"imported", "stays"}
        assert other.import_articles(lines(article("second"))).added == 1


def test_a_failed_import_frees_the_archive(archive: Archive) -> None:
    def fail() -> None:
        raise RuntimeError("source gone")

    with pytest.raises(RuntimeError, match="gone"):
        during_an_import(archive, fail)
    assert archive.import_articles(lines(article("a"))).added == 1


def test_a_lock_file_that_cannot_be_opened(archive: Archive) -> None:
    (archive.directory / "import.lock").mkdir()
    with pytest.raises(StoreUnavailable):
        archive.import_articles(lines(article("a")))
    assert archive.put([article("a")]) == ["added"]


_IMPORTER = """
import sys
from pathlib import Path
from tests.doubles import article, axis_archive
from newsclip.index.sources.jsonlines import Line

def source():
    yield Line(1, article("imported"))
    print("running", flush=True)
    sys.stdin.read()

axis_archive(Path(sys.argv[1])).import_articles(source())
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
            archive.import_articles(lines(article("mine")))
        assert caught.value.holder == f"process {process.pid}"
        assert archive.put([article("single")]) == ["added"]
        process.kill()
        process.wait()
        assert archive.import_articles(lines(article("mine"))).added == 1
        assert contents(archive).keys() == {"single", "mine"}, "nothing half-imported"


# The encoder and its archive


@pytest.fixture
def opens_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Decides which encoder ``Archive.open`` will load."""

    def choose(name: str, dimension: int) -> None:
        encoder = AxisEncoder()
        encoder.id, encoder.dimension = name, dimension
        monkeypatch.setattr(module, "load_encoder", lambda _: encoder)

    return choose


@pytest.mark.parametrize(
    ("name", "dimension", "recipe"),
    [("axes@2", 8, None), ("axes@1", 9, None), ("axes@1", 8, "title/1")],
)
def test_embeddings_of_another_origin_are_refused(
    tmp_path: Path,
    opens_with: Callable[[str, int], None],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    dimension: int,
    recipe: str | None,
) -> None:
    opens_with("axes@1", 8)
    with Archive.open(tmp_path, create=True) as archive:
        archive.put([article("a", title="fish")])
    opens_with(name, dimension)
    if recipe:
        monkeypatch.setattr(module, "RECIPE", recipe)
    for create in (True, False):
        with pytest.raises(EncoderMismatch) as caught:
            Archive.open(tmp_path, create=create)
        assert "axes@1" in caught.value.stored
        assert name in caught.value.asked
        assert caught.value.remedy
    monkeypatch.undo()
    opens_with("axes@1", 8)
    with Archive.open(tmp_path) as archive:
        assert contents(archive) == {"a": ("fish", axis(0))}


def test_an_encoder_that_cannot_be_had_binds_the_archive_to_nothing(
    tmp_path: Path, opens_with: Callable[[str, int], None]
) -> None:
    with pytest.raises(EncoderUnavailable):
        Archive.open(tmp_path, encoder=" ", create=True)
    opens_with("axes@2", 8)
    Archive.open(tmp_path).close()


def test_an_archive_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Archive.open(tmp_path)
    assert list(tmp_path.iterdir()) == []
