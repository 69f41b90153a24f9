"""What a snapshot keeps beside its columns, so that a worker need not work it out at its start."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from newsclip.index.alike import Postings, adjacency, alike
from newsclip.index.analysis import Analyzer
from newsclip.index.catalog import newest_first
from newsclip.index.columns import COUNT_BITS, TEXT_FIELDS, Array, Columns, Rows
from newsclip.index.completions import stored_completions
from newsclip.index.filters import NEVER
from newsclip.index.strings import Strings
from newsclip.index.telling_words import Kinds
from newsclip.index.templates import copies_among
from newsclip.index.wordlist import WORD_LIST, WordList

TYPES: Mapping[str, str] = {
    "holder.end": "<i8",  # by name: where its rows end in holder.row
    "holder.row": "<i4",
    "newest.row": "<i4",
    "frequency": "<i4",  # by code: how many articles have the term in the field
    "field_total": "<i8",  # by field: the sum of the lengths, in terms
    "embedding_total": "<f8",
    "posting.value": "<u4",  # every number of every sketch, ascending
    "posting.row": "<i4",
    "alike.end": "<i8",  # by row: where the rows that it is alike to end in alike.row
    "alike.row": "<i4",
    "alike.copy": "?",  # by place in alike.row: whether the two are copies, as the archive was
    **{
        f"{kind}.{part}": array
        for kind in ("terms", "names")
        for part, array in (("hashes", "<u8"), ("numbers", "<u4"), ("ends", "<i8"), ("text", "u1"))
    },
    **{
        f"{kind}.{part}": array
        for kind in ("words", "completions")  # with their articles, with the numbers of names
        for part, array in WORD_LIST.items()
    },
    "completions.counts": "<i4",  # by place: how many articles but for drafts have the name
}
"""The name and the type of each array."""

_AT_A_TIME = 20_000  # rows


def derived_arrays(
    columns: Columns, terms: Strings, names: Strings, words: Mapping[str, int], analyzer: Analyzer
) -> dict[str, Array]:
    """All arrays, by name, in the type that they are stored in.

    ``words`` are those of the articles as they are written, each with the number of articles.
    """
    ends, rows = _holders(columns, len(names))
    published = np.append(0, np.cumsum(columns["visible_from"][rows] != NEVER))[ends]
    completions = stored_completions(names, np.diff(published, prepend=0), analyzer)
    lists = {"words": WordList.arrays_of(list(words.items())), "completions": completions}
    arrays = {
        "holder.end": ends,
        "holder.row": rows,
        "newest.row": newest_first(columns),
        "frequency": _frequencies(columns, len(terms)),
        "field_total": columns["field_length"].sum(axis=0, dtype=np.int64),
        "embedding_total": _total(columns["embedding"]),
        **_alike(columns, terms),
    }
    for kind, strings in (("terms", terms), ("names", names)):
        arrays |= {f"{kind}.{part}": array for part, array in strings.arrays().items()}
    for kind, parts in lists.items():
        arrays |= {f"{kind}.{part}": array for part, array in parts.items()}
    return {name: np.ascontiguousarray(array, TYPES[name]) for name, array in arrays.items()}


def _holders(columns: Columns, names: int) -> tuple[Rows, Rows]:
    """The rows that hold each name, one name after the other, and where each name's end."""
    held = columns["attribute.name"]
    lengths = np.diff(columns["attribute.end"], prepend=0)
    rows = np.repeat(np.arange(len(columns)), lengths)
    return np.cumsum(np.bincount(held, minlength=names)), rows[np.argsort(held, kind="stable")]


def _alike(columns: Columns, terms: Strings) -> dict[str, Array]:
    """What is looked up to find copies (index/alike.py)."""
    postings = Postings.of(columns["sketch"])
    rows = np.arange(len(columns))
    pairs = alike(columns, rows, columns, postings, Kinds(terms))
    holders = [(postings, np.ones(len(columns), np.bool_))]
    copies = copies_among(np.stack(pairs, axis=1), columns["sketch"].__getitem__, holders)
    ends, partners, of_partners = adjacency(pairs, copies, len(columns))
    return {
        "posting.value": postings.values,
        "posting.row": postings.rows,
        "alike.end": ends,
        "alike.row": partners,
        "alike.copy": of_partners,
    }


def _frequencies(columns: Columns, terms: int) -> NDArray[np.int64]:
    codes = terms * len(TEXT_FIELDS)
    frequencies = np.zeros(codes, np.int64)
    for start in range(0, len(columns), _AT_A_TIME):
        rows = np.arange(start, min(start + _AT_A_TIME, len(columns)))
        entries, _ = columns.joined("term", "entry", rows)
        frequencies += np.bincount(entries >> COUNT_BITS, minlength=codes)
    return frequencies


def _total(embeddings: Array) -> NDArray[np.float64]:
    total = np.zeros(embeddings.shape[1])
    for start in range(0, len(embeddings), _AT_A_TIME):
        total += embeddings[start : start + _AT_A_TIME].sum(axis=0, dtype=np.float64)
    return total
