"""The sentences that an encoder has read once: as if each were embedded when it is asked about."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.doubles import AxisEncoder, article

from newsclip.index.archive import Archive
from newsclip.index.encoder import BUILTIN_FOLDER, Encoder, PieceSums, Reading
from newsclip.index.passages import MOST, Passages, nearness, read_within
from newsclip.index.reembed import reembed
from newsclip.index.sentences import sentence_spans
from newsclip.index.static_encoder import StaticEncoder
from newsclip.recommender.search import search
from newsclip.recommender.search_page import SearchOptions

BODIES = [
    "The tower fell in May. Nobody of the town was hurt then. “It burns!” said the keeper, twice.",
    "A ship full of fish was sold to a bank.\nFish and fish and nothing but fish.\n\nShort.",
    "The U.S. said no to Mr. Smith of J. P. Moore. He left the next day! Was it raining at all?",
    "Too short. Hm.",
    "",
    "One sentence of the many sentences that it has. " * 40,
]
QUERIES = ["a fire in the tower", "fish", "who left after the refusal"]

# Signs at which sentences, words or pieces may end, and letters in between.
TEXTS = st.text(st.sampled_from("ab é中.!?’” \n\t\r\x1c\xa0\u2009-1A\u0301"), max_size=80)


@pytest.fixture(scope="module")
def model() -> StaticEncoder:
    return StaticEncoder(BUILTIN_FOLDER)


def passages_of(model: PieceSums, bodies: list[str]) -> list[Passages]:
    return read_within(model, bodies, bodies)[1]


# What is read


@settings(max_examples=300, deadline=None)
@given(heads=st.lists(TEXTS, max_size=3), bodies=st.lists(TEXTS, min_size=3, max_size=3))
def test_cut_at_its_sentences_a_text_has_the_pieces_of_the_whole(
    model: StaticEncoder, heads: list[str], bodies: list[str]
) -> None:
    long = [(body + " ") * 5 for body in bodies]
    texts = [f"{head}\n{body}" for head, body in zip([*heads, "", "", ""], long, strict=False)]
    whole, passages = read_within(model, texts, long)
    expected = model.read(texts)
    assert whole.pieces.tolist() == expected.pieces.tolist()
    assert whole.ends.tolist() == expected.ends.tolist()
    for body, read in zip(long, passages, strict=True):
        spans = sentence_spans(body, MOST)
        alone = model.read([body[start:end] for start, end in spans])
        assert read.spans.tolist() == [list(span) for span in spans]
        assert read.reading.pieces.tolist() == alone.pieces.tolist()
        assert read.reading.ends.tolist() == alone.ends.tolist()


class Counting(AxisEncoder):
    """A text is one piece, numbered by its length: cut anywhere, it has others."""

    cuts_at_blanks = False

    def read(self, texts: Sequence[str]) -> Reading:
        return Reading(np.array([*map(len, texts)], np.int32), np.arange(1, len(texts) + 1))

    def sums(self, reading: Reading) -> NDArray[np.float32]:
        return np.array([[n, 1] for n in reading.pieces], np.float32).reshape(-1, 2)

    embed = sums

    def products(
        self, pieces: NDArray[np.int32], embedding: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        raise NotImplementedError


def test_where_a_cut_would_change_the_pieces_texts_are_read_whole() -> None:
    body = "The tower fell in May. Nobody was hurt then."
    whole, [passages] = read_within(Counting(), [f"Fire\n{body}"], [body])
    assert whole.pieces.tolist() == [49]
    assert passages.reading.pieces.tolist() == [22, 21]
    assert passages.lengths.tolist() == pytest.approx([485**0.5, 442**0.5])  # (22, 1) and (21, 1)
    assert passages.beside[0] == pytest.approx((22 * 21 + 1) / (485 * 442) ** 0.5)


def test_texts_at_some_places_between_two_and_joined() -> None:
    reading = Reading(np.array([7, 8, 9, 5, 6], np.int32), np.array([2, 2, 3, 5]))
    assert reading.lengths.tolist() == [2, 0, 1, 2]
    taken = reading.at(np.array([3, 1, 0]))
    assert (taken.pieces.tolist(), taken.ends.tolist()) == ([5, 6, 7, 8], [2, 2, 4])
    middle = reading.between(1, 3)
    assert (middle.pieces.tolist(), middle.ends.tolist()) == ([9], [0, 1])
    assert reading.between(2, 2).pieces.tolist() == []
    joined = reading.joined(np.array([1, 4]))
    assert (joined.pieces.tolist(), joined.ends.tolist()) == ([7, 8, 9, 5, 6], [2, 5])


# What is kept


@pytest.mark.parametrize("highest", [3, 2**16 - 1, 2**16, 120_000])
def test_what_is_kept_comes_back(highest: int) -> None:
    reading = Reading(np.array([0, highest, 2], np.int32), np.array([2, 3], np.int64))
    numbers = np.array([0.5, 3], np.float32), np.array([0.25, 0], np.float32)
    kept = Passages(np.array([[0, 30], [32, 70]], np.uint32), *numbers, reading).to_bytes()
    back = Passages.from_bytes(kept)
    assert back is not None
    assert back.spans.tolist() == [[0, 30], [32, 70]]
    assert (back.lengths.tolist(), back.beside.tolist()) == ([0.5, 3], [0.25, 0])
    assert back.reading.pieces.tolist() == [0, highest, 2]
    assert back.reading.ends.tolist() == [2, 3]
    assert Passages.from_bytes(b"\x09" + kept[1:]) is None  # kept by another version


def test_a_body_without_a_sentence_is_kept_as_one(model: StaticEncoder) -> None:
    for read in passages_of(model, ["", "Hm."]):
        back = Passages.from_bytes(read.to_bytes())
        assert back is not None
        assert back.spans.tolist() == []


# What is told of it


def by_embeddings(model: Encoder, body: str, query: Any) -> tuple[list[Any], Any, Any]:
    spans = sentence_spans(body, MOST)
    rows = model.encode_documents([body[start:end] for start, end in spans])
    return [list(span) for span in spans], rows @ query, [a @ b for a, b in pairwise(rows)]


@pytest.mark.parametrize("known", [[], [0, 2, 5], range(len(BODIES))])
def test_nearness_is_that_of_the_sentences_embeddings(
    model: StaticEncoder, known: list[int]
) -> None:
    read = [Passages.from_bytes(each.to_bytes()) for each in passages_of(model, BODIES)]
    kept = [each if place in known else None for place, each in enumerate(read)]
    for query in model.encode_queries(QUERIES):
        found = nearness(model, query, BODIES, kept)
        for body, near in zip(BODIES, found, strict=True):
            spans, cosines, beside = by_embeddings(model, body, query)
            assert near.spans.tolist() == spans
            np.testing.assert_allclose(near.cosines, cosines, atol=1e-5)
            np.testing.assert_allclose(near.beside[:-1], beside, atol=1e-5)
    assert nearness(model, query, [], []) == []


def test_an_encoder_of_another_kind_embeds_the_sentences() -> None:
    model, query = AxisEncoder(), AxisEncoder().encode_queries(["fish"])[0]
    [near] = nearness(model, query, [BODIES[1]], [None])
    assert near.spans.tolist() == [[0, 39], [40, 75]]
    assert near.cosines.tolist() == pytest.approx([1 / 3**0.5, 1])  # fish, ship, bank; fish
    assert near.beside[0] == pytest.approx(1 / 3**0.5)
    with_kept = nearness(
        model, query, [BODIES[1]], passages_of(StaticEncoder(BUILTIN_FOLDER), [""])
    )
    assert with_kept[0].spans.tolist() == near.spans.tolist()


# In an archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive", create=True) as archive:
        archive.put([article(n, body=body, title=f"No. {n}") for n, body in enumerate(BODIES)])
        yield archive


def kept_in(archive: Archive) -> dict[str, int]:
    """By id, how many sentences are kept of each article."""
    query = "SELECT id, read FROM passages JOIN article USING (key)"
    read = {key: Passages.from_bytes(kept) for key, kept in archive.store.rows_of(query)}
    return {key: len(passages.spans) for key, passages in read.items() if passages is not None}


def shown(archive: Archive) -> list[dict[str, str | None]]:
    with archive.reading() as view:
        pages = [search(view, query, SearchOptions("semantic")) for query in QUERIES]
    return [{hit.article.id: hit.passage for hit in page.hits} for page in pages]


def forget(archive: Archive) -> None:
    """As in an archive of before."""
    with archive.store.writing() as connection:
        connection.execute("DELETE FROM passages")


def test_they_are_kept_with_each_version_of_an_article(archive: Archive) -> None:
    assert kept_in(archive) == {"0": 3, "1": 2, "2": 3, "3": 0, "4": 0, "5": MOST}
    archive.put([article("1", body="Another sentence stands here now.")])
    archive.delete("0")
    assert kept_in(archive) == {"1": 1, "2": 3, "3": 0, "4": 0, "5": MOST}
    (count,) = archive.store.rows_of("SELECT count(*) FROM passages")[0]
    assert count == 5


def test_other_tags_leave_them_as_they_are(archive: Archive) -> None:
    before = kept_in(archive)
    with archive.store.writing() as connection:
        archive.store.retag(connection, {"0": ("Fire",), "2": ()})
    assert kept_in(archive) == before


def test_a_search_shows_the_same_whether_they_are_kept_or_not(archive: Archive) -> None:
    before = shown(archive)
    assert before[0]["0"] == "The tower fell in May."
    assert before[1]["1"] == "Fish and fish and nothing but fish."
    forget(archive)
    assert shown(archive) == before


def test_reembed_fills_in_what_an_archive_of_before_has_not(archive: Archive) -> None:
    before = kept_in(archive)
    forget(archive)
    assert reembed(archive.store, "builtin").embedded == len(BODIES)
    assert kept_in(archive) == before
    assert reembed(archive.store, "builtin").embedded == 0


def test_nothing_is_kept_for_an_encoder_of_another_kind(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "axes", AxisEncoder(), create=True) as archive:
        archive.put([article("a", body=BODIES[0])])
        assert kept_in(archive) == {}
