"""Which articles point to which, in a store, and through a view."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles import AXES, article, axis_archive, new_store, stored

from newsclip.errors import UrlUnknown
from newsclip.index.article import Article
from newsclip.index.store import Store

LAW = "https://courier.example/politics/harbour-law"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path)
    yield store
    store.close()


def write(store: Store, *entries: Article) -> None:
    store.write([stored(entry) for entry in entries], AXES)


def pointed_to(store: Store) -> dict[str, list[str]]:
    """Ids of the articles that each article points to."""
    articles = store.articles(store.keys_since(0)[0])
    found = store.links.from_keys(articles)
    return {articles[key].id: [articles[k].id for k in keys] for key, keys in found.items()}


def counts(store: Store) -> dict[str, int]:
    articles = store.articles(store.keys_since(0)[0])
    found = store.links.counts(articles, store.revision())
    return {articles[key].id: count for key, count in found.items() if count}


def test_links_come_back_as_they_went_in(store: Store) -> None:
    entry = article("a", links=["n-17", "HTTP://www.Courier.example/#top", "é \U0001f642"])
    write(store, entry)
    assert store.get("a") == entry
    assert store.articles(store.keys_since(0)[0])[1].links == entry.links


def test_a_link_leads_to_an_article_by_its_id_or_its_canonical_url(store: Store) -> None:
    links = ["law", f"{LAW}/?utm_source=x", "https://elsewhere.example/", "budget"]
    write(store, article("a", links=links), article("law", url=LAW), article("budget"))
    assert pointed_to(store) == {"a": ["law", "budget"]}
    assert counts(store) == {"law": 1, "budget": 1}
    assert store.links.totals() == (4, 3)


def test_an_id_goes_before_a_url(store: Store) -> None:
    write(store, article("a", links=[LAW]), article(LAW), article("law", url=LAW))
    assert pointed_to(store) == {"a": [LAW]}
    assert counts(store) == {LAW: 1}


def test_an_article_does_not_point_to_itself(store: Store) -> None:
    write(store, article("law", url=LAW, links=["law", f"{LAW}#part-2"]))
    assert (pointed_to(store), counts(store), store.links.totals()) == ({}, {}, (2, 0))


def test_a_link_leads_somewhere_once_the_article_has_come(store: Store) -> None:
    write(store, article("a", links=[LAW, "budget"]))
    assert pointed_to(store) == {}
    write(store, article("law", url=LAW.replace("https://", "http://www.")))
    write(store, article("budget"))
    assert pointed_to(store) == {"a": ["law", "budget"]}


def test_a_new_version_is_pointed_to_and_points_as_it_says(store: Store) -> None:
    write(store, article("a", links=["b"]), article("b", links=["c"]), article("c"))
    write(store, article("b", title="again"))
    assert pointed_to(store) == {"a": ["b"]}
    assert counts(store) == {"b": 1}


def test_links_go_with_their_article(store: Store) -> None:
    write(store, article("a", url=LAW, links=["b"]), article("b"))
    store.delete("a")
    assert store.rows_of("SELECT * FROM article_link") == []
    assert store.rows_of("SELECT * FROM article_url") == []
    assert counts(store) == {}


def test_a_failed_write_leaves_no_link(store: Store) -> None:
    def entries() -> Iterator[Any]:
        yield stored(article("a", url=LAW, links=["b"]))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(entries(), AXES)
    assert store.rows_of("SELECT * FROM article_link") == []
    assert store.links.key_of_url(LAW) is None


def test_of_articles_with_one_url_a_published_one_then_the_newest_version(store: Store) -> None:
    def owner() -> str:
        return store.articles([store.links.key_of_url(LAW) or 0]).popitem()[1].id

    write(store, article("a", url=LAW), article("b", url=f"{LAW}/"))
    write(store, article("reader", links=[LAW]))
    assert (owner(), pointed_to(store), counts(store)) == ("b", {"reader": ["b"]}, {"b": 1})
    write(store, article("a", url=LAW, title="again"))
    assert (owner(), counts(store)) == ("a", {"a": 1})
    write(store, article("a", url=LAW, title="again", status="withdrawn"))
    assert (owner(), counts(store)) == ("b", {"b": 1})
    store.delete("b")
    assert (owner(), counts(store)) == ("a", {"a": 1})


def test_a_view_knows_urls_and_links(tmp_path: Path) -> None:
    with axis_archive(tmp_path) as archive:
        archive.put([article("a", url=LAW, links=["b"]), article("b", links=["a", "c"])])
        with archive.reading() as view:
            a, b = view.key_of("a"), view.key_of("b")
            assert view.key_of_url("http://www.courier.example/politics/harbour-law/") == a
            assert view.links_from([a, b]) == {a: (b,), b: (a,)}
            assert view.link_counts(np.array([b, 999, a, b])).tolist() == [1, 0, 1, 1]
            assert view.link_counts(np.array([], np.int64)).tolist() == []
            with pytest.raises(UrlUnknown, match=r"'https://courier\.example/none'") as caught:
                view.key_of_url("https://courier.example/none")
            assert caught.value.url == "https://courier.example/none"
        archive.put([article("d", links=["b"])])
        with archive.reading() as view:
            assert view.link_counts(np.array([a, b])).tolist() == [1, 2]


NAMES = ["a", "b", "https://c.example/x", "https://c.example/y"]
ENTRIES = st.builds(
    article,
    st.sampled_from(NAMES),
    url=st.sampled_from([None, "https://www.c.example/x/", "http://c.example/y#z", "b"]),
    links=st.lists(st.sampled_from([*NAMES, "https://c.example/x?utm_id=1", "http://c.example/y"])),
    status=st.sampled_from(["published", "draft"]),
)
FORMS = {"https://www.c.example/x/": NAMES[2], "http://c.example/y#z": NAMES[3]}
FORMS |= {"https://c.example/x?utm_id=1": NAMES[2], "http://c.example/y": NAMES[3]}


def plain_target(present: dict[str, Article], link: str) -> str | None:
    """Where a link leads among articles in the order in which they were written."""
    if link in present:
        return link
    form = FORMS.get(link, link)
    having = [e for e in present.values() if e.url and FORMS.get(e.url, e.url) == form]
    having.sort(key=lambda entry: entry.status == "published")  # stable: the newest stay last
    return having[-1].id if having else None


@settings(max_examples=150, deadline=None)
@given(st.lists(ENTRIES, max_size=10))
def test_links_lead_where_a_plain_search_finds_them(entries: list[Article]) -> None:
    present: dict[str, Article] = {}
    with tempfile.TemporaryDirectory() as directory:
        store = new_store(Path(directory))
        for entry in entries:
            write(store, entry)
            present.pop(entry.id, None)
            present[entry.id] = entry
        expected = {
            entry.id: list(
                dict.fromkeys(
                    target
                    for link in entry.links
                    if (target := plain_target(present, link)) not in (None, entry.id)
                )
            )
            for entry in present.values()
        }
        assert pointed_to(store) == {own: targets for own, targets in expected.items() if targets}
        every = [target for targets in expected.values() for target in targets]
        assert counts(store) == {target: every.count(target) for target in every}
        store.close()
