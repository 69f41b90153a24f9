"""What a command learns from or measures by: judgments in a file, or the archive's own links."""

from pathlib import Path

from newsclip.errors import ArticleNotFound
from newsclip.index.view import View
from newsclip.recommender.qrels import read_qrels
from newsclip.recommender.questions import Pair, linked_pairs


def pairs_of(view: View, qrels: str | None) -> tuple[list[Pair], int]:
    """The pairs of a file, or those that the articles' bodies link.

    Second, how many sources of the file have no target in the archive or are not in it themselves.
    """
    if qrels is None:
        return linked_pairs(view), 0
    judgments = read_qrels(Path(qrels))
    keys: dict[str, int] = {}
    for name in {name for each in judgments for name in (each.source, each.target)}:
        try:
            keys[name] = view.key_of(name)
        except ArticleNotFound:
            continue
    known = [each for each in judgments if each.source in keys and each.target in keys]
    pairs = [Pair(keys[j.source], keys[j.target], j.grade, j.anchor) for j in known]
    left_out = {each.source for each in judgments} - {each.source for each in known}
    return pairs, len(left_out)
