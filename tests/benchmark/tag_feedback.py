"""What editors' feedback on tags is worth, replayed on drafts in their order: JSON on stdout.

    python -m tests.benchmark.tag_feedback articles.jsonl.xz [--first 0.6] [--drafts 1000]

The first share of the tagged articles, by date, is the archive; the others come as drafts, one by
one. The first eight suggestions of each are judged by its own tags, and the verdicts are fed back.
``log_loss`` is of the first twenty tags of each draft, ``f1_at_3`` the mean over the drafts.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from newsclip.api.cli.source import open_source
from newsclip.index.archive import Archive
from newsclip.index.article import Article
from newsclip.index.filters import fold
from newsclip.index.sources.jsonlines import read_articles
from newsclip.recommender.draft import Draft
from newsclip.recommender.tagging.choice import TagChoice
from newsclip.recommender.tags import ranked_tags

_JUDGED, _LOOKED_AT, _SHOWN = 8, 20, 3
_LEAST = 1e-4  # a chance that is said to be 0 or 1 is taken as this close to it

Ranked = Sequence[tuple[str, float]]


def measure(file: str, first: float, drafts: int) -> dict[str, Any]:
    """The figures with feedback and without."""
    with open_source(file) as source:
        lines = read_articles(source.stream, file)
        tagged = [line.article for line in lines if line.article and line.article.tags]
    tagged.sort(key=lambda article: str(article.published_at or ""))
    cut = int(len(tagged) * first)
    test = tagged[cut : cut + drafts]
    return {
        "articles": cut,
        "drafts": len(test),
        "without": _figures(list(_replayed(tagged[:cut], test, feedback=False))),
        "with": _figures(list(_replayed(tagged[:cut], test, feedback=True))),
    }


def _replayed(
    archived: Sequence[Article], drafts: Sequence[Article], feedback: bool
) -> Iterator[tuple[frozenset[str], Ranked]]:
    """For each draft its own tags, folded, and the best that it got."""
    with (
        tempfile.TemporaryDirectory() as directory,
        Archive.open(Path(directory), create=True) as archive,
    ):
        archive.put(archived)
        for article in drafts:
            own = frozenset(map(fold, article.tags))
            draft = Draft(article.title, article.summary, article.body)
            with archive.reading() as view:
                ranked = ranked_tags(view, draft, TagChoice(limit=_LOOKED_AT))
            yield own, ranked
            if feedback and ranked:
                _judge(archive, article, own, ranked)


def _judge(archive: Archive, article: Article, own: frozenset[str], ranked: Ranked) -> None:
    shown = [tag for tag, _ in ranked[:_JUDGED]]
    texts = {"title": article.title, "summary": article.summary, "body": article.body}
    accepted = [tag for tag in shown if fold(tag) in own]
    rejected = [tag for tag in shown if fold(tag) not in own]
    archive.give_feedback("replay", None, texts, accepted, rejected)


def _figures(answers: Sequence[tuple[frozenset[str], Ranked]]) -> dict[str, float]:
    losses = [_loss(score, fold(tag) in own) for own, ranked in answers for tag, score in ranked]
    return {
        "log_loss": round(sum(losses) / max(1, len(losses)), 4),
        "f1_at_3": round(sum(map(_f1, answers)) / max(1, len(answers)), 4),
    }


def _loss(score: float, fits: bool) -> float:
    chance = min(max(score, _LEAST), 1 - _LEAST)
    return -math.log(chance if fits else 1 - chance)


def _f1(answer: tuple[frozenset[str], Ranked]) -> float:
    own, ranked = answer
    hits = sum(fold(tag) in own for tag, _ in ranked[:_SHOWN])
    return 2 * hits / (_SHOWN + len(own))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--first", type=float, default=0.6)
    parser.add_argument("--drafts", type=int, default=1_000)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.file, asked.first, asked.drafts), indent=2))  # noqa: T201
