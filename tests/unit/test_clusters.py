"""Who is whose copy: by hand, in a snapshot, in what has changed since, and across the two."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.doubles import article, axis_archive

from newsclip.index.alike import MOST_HOLDERS
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.compaction import compact, rebuild
from newsclip.index.templates import MOST_TELLING

NOON = datetime(2026, 1, 8, 12, tzinfo=UTC)
_LETTERS = "abcdefghijklmnoprstuvw"
Keep = Callable[[Archive], Archive]


def words(count: int, seed: int) -> list[str]:
    """Words of seven letters that no other seed gives."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_LETTERS, k=7)) for _ in range(count)]


def changed(text: Sequence[str], every: int, seed: int) -> list[str]:
    """The text with a new word in each place that ``every`` divides."""
    new = words(len(text), seed)
    return [new[n] if n % every == 0 else word for n, word in enumerate(text)]


def body(*parts: Sequence[str]) -> str:
    return "\n\n".join(" ".join(part) for part in parts)


def delta(archive: Archive) -> Archive:
    return archive


def snapshot(archive: Archive) -> Archive:
    compact(archive.store)
    return reopened(archive)


def reopened(archive: Archive) -> Archive:
    archive.close()
    return axis_archive(archive.directory)


@pytest.fixture(params=[delta, snapshot])
def keep(request: pytest.FixtureRequest) -> Keep:
    """All in the delta, or all in a snapshot."""
    chosen: Keep = request.param
    return chosen


@pytest.fixture
def put(tmp_path: Path) -> Iterator[Callable[..., Archive]]:
    """Puts articles into one archive."""
    opened = [axis_archive(tmp_path)]

    def put_(*entries: Article, keep: Keep = delta) -> Archive:
        opened[-1].put(entries)
        opened.append(keep(opened[-1]))
        return opened[-1]

    yield put_
    opened[-1].close()


def clusters(archive: Archive) -> dict[str, set[str]]:
    """The copies of each article that has any."""
    with archive.reading(NOON) as view:
        keys = archive.store.keys_since(0)[0]
        ids = {key: entry.id for key, entry in view.articles(keys).items()}
        found = view.copies_of(keys)
    assert all(list(copies) == sorted(copies) for copies in found.values())
    assert found.keys() == set(keys)
    return {ids[key]: {ids[copy] for copy in copies} for key, copies in found.items() if copies}


TEXT = words(120, seed=1)


def test_the_same_text_under_another_headline(put: Callable[..., Archive], keep: Keep) -> None:
    same = {"body": body(TEXT), "published_at": "2026-01-08"}
    archive = put(
        article("ours", title="Port strike ends", **same),
        article("wire", title="Dockers go back to work", **same),
        article("other", title="Port strike ends", body=body(words(120, seed=2))),
        article("headline", title="Port strike ends"),
        keep=keep,
    )
    assert clusters(archive) == {"ours": {"wire"}, "wire": {"ours"}}


def test_paragraphs_moved_the_lead_cut_and_words_changed(
    put: Callable[..., Archive], keep: Keep
) -> None:
    copy = changed([*TEXT[80:], *TEXT[40:80], *TEXT[12:40]], every=5, seed=3)
    archive = put(article("a", body=body(TEXT)), article("b", body=body(copy)), keep=keep)
    assert clusters(archive) == {"a": {"b"}, "b": {"a"}}


def test_an_update_of_the_same_piece(put: Callable[..., Archive], keep: Keep) -> None:
    """A new lead, a figure put right, half as much again at the end."""
    first = [*TEXT[:60], "injured", "12", *TEXT[60:]]
    update = [*words(15, seed=4), *TEXT[:60], "injured", "17", *TEXT[60:], *words(45, seed=5)]
    archive = put(article("a", body=body(first)), article("b", body=body(update)), keep=keep)
    assert clusters(archive) == {"a": {"b"}, "b": {"a"}}


def test_a_passage_that_both_quote_makes_no_copies(put: Callable[..., Archive], keep: Keep) -> None:
    speech = TEXT[:40]
    archive = put(
        article("a", body=body(words(80, seed=6), speech)),
        article("b", body=body(speech, words(80, seed=7))),
        article("c", body=body(speech)),
        keep=keep,
    )
    assert clusters(archive) == {}


def test_a_report_is_no_copy_of_the_brief_that_it_holds(
    put: Callable[..., Archive], keep: Keep
) -> None:
    archive = put(
        article("brief", body=body(TEXT[:40])),
        article("report", body=body(TEXT[:40], words(100, seed=8))),
        keep=keep,
    )
    assert clusters(archive) == {}


def weather(day: int) -> Article:
    """Forty words that stay, and figures and two words that change."""
    figures = [str(day * 17 % 90 + n * 31 + 7) for n in range(8)]
    return article(
        f"weather/{day}",
        body=body(TEXT[:20], words(2, seed=100 + day), figures, TEXT[20:40]),
        published_at=f"2026-01-{day:02d}",
    )


@pytest.mark.parametrize("days", [2, 4, 20])
def test_reports_with_other_figures_are_no_copies(
    put: Callable[..., Archive], keep: Keep, days: int
) -> None:
    assert clusters(put(*map(weather, range(1, days + 1)), keep=keep)) == {}


def live_blog(day: int) -> Article:
    """Forty words of which two change; no figures."""
    text = [*TEXT[:20], *words(2, seed=300 + day), *TEXT[20:40]]
    return article(f"live/{day}", body=body(text), published_at=f"2026-01-{day:02d}")


def test_a_template_of_a_live_blog_makes_no_copies_once_seven_have_it(
    put: Callable[..., Archive], keep: Keep
) -> None:
    archive = put(*map(live_blog, range(1, MOST_TELLING + 2)), keep=keep)
    assert clusters(archive) == {}


def gallery(number: int) -> Article:
    """A text of its own above the captions of a gallery that stays for weeks."""
    return article(f"gallery/{number}", body=body(words(100, seed=200 + number), TEXT, TEXT[::-1]))


def test_what_many_articles_carry_makes_no_copies(put: Callable[..., Archive], keep: Keep) -> None:
    """Once enough carry it: until then a template looks like an update of the same piece."""
    archive = put(*(gallery(number) for number in range(MOST_TELLING + 1)), keep=keep)
    assert clusters(archive) == {}
    archive.delete("gallery/0")
    assert len(clusters(archive)) == MOST_TELLING


def test_what_comes_after_a_snapshot_makes_a_template_of_what_two_share(
    put: Callable[..., Archive], keep: Keep
) -> None:
    galleries = [gallery(number) for number in range(MOST_TELLING + 1)]
    bystanders = [article(name, body=body(words(120, seed=30))) for name in "ab"]
    archive = put(*galleries[1:], *bystanders, keep=keep)
    before = clusters(archive)
    assert len(before) == MOST_TELLING + 2
    archive.put([galleries[0]])
    assert clusters(archive) == {"a": {"b"}, "b": {"a"}}
    archive.delete("gallery/0")
    assert clusters(archive) == before


def test_the_same_text_of_many_outlets_is_one_cluster(
    put: Callable[..., Archive], keep: Keep
) -> None:
    outlets = MOST_TELLING + 5
    assert outlets < MOST_HOLDERS
    archive = put(*(article(n, body=body(TEXT)) for n in range(outlets)), keep=keep)
    assert {len(copies) for copies in clusters(archive).values()} == {outlets - 1}


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        ("2026-01-01", "2026-01-31", True),
        ("2026-01-01T00:00:00Z", "2026-01-31T00:00:01Z", False),
        ("2026-01-31T00:00:01Z", "2026-01-01T00:00:00Z", False),
        ("2025-01-01", None, True),
        (None, None, True),
    ],
)
def test_thirty_days_lie_between_copies_at_most(
    put: Callable[..., Archive], keep: Keep, one: str, other: str, copies: bool
) -> None:
    archive = put(
        article("a", body=body(TEXT), published_at=one),
        article("b", body=body(TEXT), published_at=other),
        keep=keep,
    )
    assert bool(clusters(archive)) == copies


def test_briefs(put: Callable[..., Archive], keep: Keep) -> None:
    """Forty words: a copy with one in five changed, and one that shares a sentence."""
    brief = TEXT[:40]
    archive = put(
        article("a", body=body(brief)),
        article("copy", body=body(changed(brief, every=5, seed=9))),
        article("near", body=body(brief[:10], words(30, seed=10))),
        keep=keep,
    )
    assert clusters(archive) == {"a": {"copy"}, "copy": {"a"}}


def test_a_few_words_are_never_copies(put: Callable[..., Archive], keep: Keep) -> None:
    """Fewer than three shingles tell nothing."""
    same = [article(n, body="Video: watch live here") for n in range(2)]
    assert clusters(put(*same, article("c"), article("d"), keep=keep)) == {}


def chain(length: int) -> list[Article]:
    """Each takes over two thirds of the one before, as a live blog that is taken up each day."""
    text = words(30 * length + 100, seed=11)
    return [article(n, body=body(text[30 * n : 30 * n + 130])) for n in range(length)]


def test_a_cluster_ends_after_two_steps(put: Callable[..., Archive], keep: Keep) -> None:
    archive = put(*chain(5), keep=keep)
    found = clusters(archive)
    assert found["2"] == {"0", "1", "3", "4"}
    assert found["0"] == {"1", "2"}


def test_the_bridging_article_goes(put: Callable[..., Archive], keep: Keep) -> None:
    archive = put(*chain(3), keep=keep)
    assert clusters(archive)["0"] == {"1", "2"}
    archive.delete("1")
    assert clusters(archive) == {}
    archive.put([chain(3)[1]])
    assert clusters(archive)["0"] == {"1", "2"}, "a new version, the same bridge"


def test_an_update_that_says_something_else_leaves_its_cluster(
    put: Callable[..., Archive], keep: Keep
) -> None:
    archive = put(*(article(name, body=body(TEXT)) for name in "abc"), keep=keep)
    archive.put([article("b", body=body(words(120, seed=12)))])
    assert clusters(archive) == {"a": {"c"}, "c": {"a"}}
    archive.put([article("b", body=body(changed(TEXT, every=6, seed=13)))])
    assert clusters(archive)["b"] == {"a", "c"}, "the copy is newer than the snapshot"


def test_drafts_withdrawn_and_embargoed_articles_are_in_the_cluster(
    put: Callable[..., Archive], keep: Keep
) -> None:
    """Who may be shown is for the recommender to say."""
    archive = put(
        article("a", body=body(TEXT), published_at="2026-01-08"),
        article("draft", body=body(TEXT), status="draft"),
        article("withdrawn", body=body(TEXT), status="withdrawn"),
        article("embargoed", body=body(TEXT), published_at="2026-01-20"),
        keep=keep,
    )
    assert clusters(archive)["a"] == {"draft", "withdrawn", "embargoed"}


def test_the_copies_of_a_text_that_is_not_in_the_archive(
    put: Callable[..., Archive], keep: Keep
) -> None:
    archive = put(
        article("a", body=body(TEXT), published_at="2026-01-08"),
        article("other", body=body(words(120, seed=14)), published_at="2026-01-08"),
        *chain(3),
        keep=keep,
    )
    pasted = body(changed(TEXT, every=5, seed=15))

    def found(text: str, *moment: datetime) -> set[str]:
        with archive.reading(NOON) as view:
            keys = view.copies_of_text(text, *moment)
            assert list(keys) == sorted(keys)
            return {entry.id for entry in view.articles(keys).values()}

    assert found(pasted) == found(pasted, NOON) == {"a"}
    assert found(pasted, datetime(2026, 5, 1, tzinfo=UTC)) == set()
    assert found(body(words(120, seed=16))) == found("") == set()
    assert found(chain(3)[0].body) == {"0", "1", "2"}, "itself, its copy, and the copy's"
    assert found(body(TEXT, words(240, seed=17))) == set(), "unknown words count, too"


def test_articles_that_have_none_are_told_apart_without_a_look_at_their_texts(
    put: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = put(*(article(n, body=body(words(60, seed=n))) for n in range(20)), keep=snapshot)
    with archive.reading(NOON) as view:
        monkeypatch.setattr("newsclip.index.templates.shared", None)
        found = view.copies_of(np.array(archive.store.keys_since(0)[0], np.int64))
        assert set(found.values()) == {()}


def test_who_is_whose_copy_is_told_when_the_snapshot_is_made(
    put: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And told anew only of those that share something with what has come since."""
    same = [article(name, body=body(TEXT)) for name in "abc"]
    archive = put(*same, *chain(3), keep=snapshot)
    before = clusters(archive)
    assert (before["a"], before["0"]) == ({"b", "c"}, {"1", "2"})
    archive.put([article("other", body=body(words(60, seed=31)))])
    with monkeypatch.context() as patched:
        patched.setattr("newsclip.index.templates.shared", None)
        assert clusters(archive) == before
    archive.put([article("d", body=body(TEXT))])
    assert clusters(archive)["a"] == {"b", "c", "d"}


def test_what_one_of_two_carries_turns_out_to_be_a_template(
    put: Callable[..., Archive], keep: Keep
) -> None:
    """Five of 65 shingles are in both, of which 20 are none of the text: .077, and then .11."""
    text, template = TEXT[:26], TEXT[40:62]
    moved = [*text[:7], *text[:6:-1]]
    archive = put(
        article("plain", body=body(text)),
        article("framed", body=body(moved, template)),
        keep=keep,
    )
    assert clusters(archive) == {}
    archive.put([article(n, body=body(words(20, seed=40 + n), template)) for n in range(6)])
    assert clusters(archive) == {"plain": {"framed"}, "framed": {"plain"}}


def test_who_else_is_asked_about_makes_no_difference(
    put: Callable[..., Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = put(*(article(f"t{n}", body=body(TEXT)) for n in range(9)), *chain(4), keep=snapshot)
    archive.put([article("b", body=body(TEXT)), article("e", body=chain(5)[4].body)])
    monkeypatch.setattr("newsclip.index.templates._PAIRS_AT_A_TIME", 2)
    alone = {}
    for key in reversed(archive.store.keys_since(0)[0]):
        archive = reopened(archive)
        with archive.reading(NOON) as view:
            alone |= view.copies_of([key])
    monkeypatch.undo()
    archive = reopened(archive)
    with archive.reading(NOON) as view:
        assert view.copies_of([*alone]) == alone
    assert sorted(map(len, alone.values())) == [2, 2, 3, 3, 4, *[9] * 10]
    archive.close()


@pytest.mark.parametrize("make", [compact, rebuild])
def test_a_cluster_across_snapshots(
    put: Callable[..., Archive], make: Callable[..., Path | None]
) -> None:
    """In the old rows, in the new ones, and between them."""
    archive = put(article("a", body=body(TEXT)), *chain(3), keep=snapshot)
    archive.put([article("b", body=body(TEXT)), article("c", body=body(TEXT))])
    before = clusters(archive)
    assert before["a"] == {"b", "c"}
    assert before["0"] == {"1", "2"}
    make(archive.store)
    archive = reopened(archive)
    assert clusters(archive) == before
    archive.close()
