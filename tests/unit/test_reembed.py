"""Another model without an outage."""

import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, article, embedding_of

from newsclip.errors import EncoderMismatch, EncoderUnavailable, StoreBusy
from newsclip.index import reembed as change
from newsclip.index.archive import Archive
from newsclip.index.embeddings import Embeddings
from newsclip.index.filters import Filter
from newsclip.index.locks import exclusive
from newsclip.index.recipe import RECIPE
from newsclip.index.reembed import reembed, roll_back

NAMES = ("old", "new")


class TurnedEncoder(AxisEncoder):
    """As AxisEncoder, with the axes in the other order: no embedding equals one of its."""

    id = "turned@1"

    def encode_documents(self, texts: list[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(super().encode_documents(texts)[:, ::-1])


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, AxisEncoder]:
    """Two models that load by name, as they would in another process."""
    models = {"old": AxisEncoder(), "new": TurnedEncoder()}
    for module in ("archive", "loaded_encoders", "reembed"):
        monkeypatch.setattr(f"newsclip.index.{module}.load_encoder", models.__getitem__)
    return models


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path, "old", create=True)
    archive.put([article(n, body=text) for n, text in enumerate(["fish", "ship", "vote bank"])])
    return archive


def embedding(archive: Archive, article_id: str) -> NDArray[np.float32]:
    with archive.reading() as view:
        return view.embedding(view.key_of(article_id))


def kept(text: str) -> NDArray[np.float16]:
    """The embedding of a text as an index keeps it: in half precision."""
    return embedding_of(text).astype(np.float16)


def test_every_worker_answers_from_the_new_model_at_its_next_request(archive: Archive) -> None:
    other = Archive.open(archive.directory)
    assert np.allclose(embedding(other, "2"), kept("vote bank"))
    summary = reembed(archive.store, "new")
    assert summary.embedded == 3
    for worker in (archive, other, Archive.open(archive.directory)):
        assert worker.encoder.id == "turned@1"
        assert np.allclose(embedding(worker, "2"), kept("vote bank")[::-1])


def test_the_old_model_answers_until_the_last_article_is_embedded(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "_BATCH", 1)
    seen = []
    reembed(
        archive.store, "new", lambda done, total: seen.append((done, total, archive.encoder.id))
    )
    assert seen == [(1, 3, "axes@1"), (2, 3, "axes@1"), (3, 3, "axes@1")]


def test_an_interrupted_run_goes_on_where_it_stopped(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, models: dict[str, AxisEncoder]
) -> None:
    monkeypatch.setattr(change, "_BATCH", 1)

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reembed(archive.store, "new", stop)
    assert archive.encoder.id == "axes@1"
    assert reembed(archive.store, "new").embedded == 1
    assert sorted(models["new"].encoded) == ["fish", "ship", "vote bank"]  # each once


def test_what_is_written_meanwhile_is_embedded_before_the_switch(archive: Archive) -> None:
    writer = Archive.open(archive.directory)

    def write(done: int, total: int) -> None:
        if done == 3:
            writer.put([article("late", body="star"), article("0", body="goal")])
            writer.delete("1")

    assert reembed(archive.store, "new", write).embedded == 5
    assert np.allclose(embedding(archive, "late"), embedding_of("star")[::-1])
    assert np.allclose(embedding(archive, "0"), embedding_of("goal")[::-1])
    with archive.reading() as view:
        assert len(view.nearest(view.embed_document("fish"), 9, Filter()).keys) == 3


def test_the_names_of_articles_of_before_are_kept_from_then_on(archive: Archive) -> None:
    archive.put([article("a", body="So said Ada in Port Royal."), article("b", body="of Bea")])
    with archive.store.writing() as connection:
        connection.execute("DELETE FROM article_names")
    keys = archive.store.keys_of(["a", "b"])

    def delete(done: int, total: int) -> None:
        if done == 5:
            archive.delete("b")

    reembed(archive.store, "new", delete)
    archive.store.keep_names({keys["b"]: ("Bea",)})  # too late: there is no such article
    assert archive.store.names([*keys.values()]) == {keys["a"]: ("Port Royal", "Ada")}


def test_a_write_that_was_embedded_with_the_old_model_is_embedded_again(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, models: dict[str, AxisEncoder]
) -> None:
    writer = Archive.open(archive.directory)
    encode = models["old"].encode_documents

    def encode_and_switch(texts: list[str]) -> NDArray[np.float32]:
        monkeypatch.setattr(models["old"], "encode_documents", encode)
        reembed(archive.store, "new")
        return encode(texts)

    monkeypatch.setattr(models["old"], "encode_documents", encode_and_switch)
    assert writer.put([article("late", body="star")]) == ["added"]
    assert np.allclose(embedding(archive, "late"), embedding_of("star")[::-1])


def test_rollback_embeds_only_what_has_changed_since(archive: Archive) -> None:
    reembed(archive.store, "new")
    archive.put([article("1", body="law")])
    summary = roll_back(archive.store)
    assert (summary.encoder.split()[0], summary.embedded) == ("axes@1", 1)
    assert np.allclose(embedding(archive, "1"), embedding_of("law"))
    assert np.allclose(embedding(archive, "2"), kept("vote bank"))
    assert roll_back(archive.store).encoder.startswith("turned@1")


def test_without_another_encoder_before_there_is_no_rollback(archive: Archive) -> None:
    with pytest.raises(EncoderUnavailable) as refused:
        roll_back(archive.store)
    assert "newsclip reembed --encoder" in refused.value.remedy


def test_rollback_refuses_a_model_that_is_not_what_it_was(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, models: dict[str, AxisEncoder]
) -> None:
    reembed(archive.store, "new")
    monkeypatch.setattr(models["old"], "id", "axes@2")
    with pytest.raises(EncoderMismatch):
        roll_back(archive.store)
    assert archive.encoder.id == "turned@1"


def test_a_model_whose_content_has_changed_is_refused_with_the_command_that_mends_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, models: dict[str, AxisEncoder]
) -> None:
    monkeypatch.setattr(models["old"], "id", "axes@2")
    with pytest.raises(EncoderMismatch) as refused:
        Archive.open(archive.directory)
    assert "newsclip reembed" in refused.value.remedy
    assert reembed(archive.store, "old").embedded == 3
    assert Archive.open(archive.directory).encoder.id == "axes@2"


def test_only_the_last_two_encoders_are_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, models: dict[str, AxisEncoder]
) -> None:
    reembed(archive.store, "new")
    monkeypatch.setattr(models["old"], "id", "axes@2")
    reembed(archive.store, "old")
    known = archive.store.rows_of("SELECT identity FROM encoder ORDER BY number")
    assert [identity.split()[0] for (identity,) in known] == ["turned@1", "axes@2"]
    assert archive.store.rows_of("SELECT count(*) FROM embedding") == [(6,)]


def test_two_changes_at_once_are_refused(archive: Archive) -> None:
    with (
        exclusive(archive.directory, "reembed.lock", "change of the encoder"),
        pytest.raises(StoreBusy),
    ):
        reembed(archive.store, "new")


def test_the_next_model_is_loaded_before_the_switch(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Archive.open(archive.directory)
    coming = archive.store.embeddings.register("new", f"turned@1 {RECIPE}", 8)
    archive.store.embeddings.announce(coming.number)
    with worker.reading():
        pass
    for thread in threading.enumerate():
        if thread.name == "preload-encoder":
            thread.join()
    assert coming.number in worker._encoders._loaded


def test_no_switch_while_an_article_has_no_embedding(archive: Archive) -> None:
    embeddings: Embeddings = archive.store.embeddings
    coming = embeddings.register("new", f"turned@1 {RECIPE}", 8)
    assert not embeddings.activate(coming.number)
    assert archive.encoder.id == "axes@1"
