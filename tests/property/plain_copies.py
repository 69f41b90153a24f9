"""Which articles are copies of each other, worked out pair by pair with sets and counts.

Bodies have so few words that their sketches hold every shingle.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from newsclip.index import alike, templates
from newsclip.index.article import Article
from newsclip.index.telling_words import (
    FEW_FIGURES,
    LEAST_CONTAINED,
    LEAST_COVERED,
    LEAST_FIGURES,
    LEAST_FIGURES_KEPT,
)

Shingles = set[tuple[str, ...]]
Clusters = dict[str, set[str]]


def cluster_of(article_id: str, links: Clusters) -> set[str]:
    """An article's copies and the copies of those."""
    return links[article_id].union(*(links[i] for i in links[article_id])) - {article_id}


def links_of(articles: Mapping[str, Article], terms: Mapping[str, Sequence[str]]) -> Clusters:
    """The copies of each article; ``terms`` are those of its body."""
    telling = {i: [t for t in terms[i] if len(t) > 3 or t.isdigit()] for i in articles}
    shingles = {i: set(zip(t, t[1:], t[2:], strict=False)) for i, t in telling.items()}
    holders = Counter(shingle for of_one in shingles.values() for shingle in of_one)
    frequent = {shingle for shingle, n in holders.items() if n > templates.MOST_TELLING}
    return {
        i: {
            other
            for other in articles
            if other != i
            and _near(articles[i], articles[other])
            and _alike(telling[i], telling[other])
            and _told(shingles[i], shingles[other], frequent)
        }
        for i in articles
    }


def _near(one: Article, other: Article) -> bool:
    if one.published_at is None or other.published_at is None:
        return True
    return abs(one.published_at - other.published_at) <= timedelta(seconds=alike.WINDOW)


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    both = sum((_counted(one) & _counted(other)).values())
    sizes = sorted(sum(_counted(each).values()) for each in (one, other))
    figures = [{term for term in each if term.isdigit()} for each in (one, other)]
    fewest, kept = min(map(len, figures)), len(figures[0] & figures[1])
    if fewest >= LEAST_FIGURES:
        least = 0 if fewest <= FEW_FIGURES else LEAST_FIGURES_KEPT * fewest
        if kept <= least:
            return False
    return both >= LEAST_CONTAINED * sizes[0] and both >= LEAST_COVERED * sizes[1]


def _counted(terms: Sequence[str]) -> Counter[str]:
    return Counter({term: min(63, n) for term, n in Counter(terms).items()})


def _told(one: Shingles, other: Shingles, frequent: Shingles) -> bool:
    common, every = one & other, one | other
    if len(common) < max(alike.LEAST_SHARED, alike.LEAST_RESEMBLANCE * len(every)):
        return False
    own = len(common - frequent)
    return len(common) >= templates.SAME * len(every) or own >= max(
        alike.LEAST_SHARED,
        templates.LEAST_OWN_RESEMBLANCE * len(every - frequent),
        templates.LEAST_OWN_SHARE * len(common),
    )
