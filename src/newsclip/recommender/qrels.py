"""Judgments in a file: which articles belong to which."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsclip.errors import SourceUnreadable

_REMEDY = (
    'write lines such as "source 0 target 1" (TREC), "source<tab>target<tab>1",'
    ' or {"source": "…", "target": "…", "grade": 1}'
)


@dataclass(frozen=True)
class Judgment:
    """That ``target`` belongs with ``source`` (ids), how well, and the text of a link between."""

    source: str
    target: str
    grade: int = 1
    anchor: str = ""


def read_qrels(path: Path) -> list[Judgment]:
    """The judgments of a file: TREC's qrels, two or three columns with tabs, or JSON Lines.

    JSON Lines may call them ``src`` and ``dst``, and tell the ``anchor``. A header line of a table
    is passed over. Raises SourceUnreadable, which names the line.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read: {error}"
        raise SourceUnreadable(str(path), problem, "name a file in UTF-8") from None
    return list(_judgments(path, text))


def _judgments(path: Path, text: str) -> Iterator[Judgment]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _of_json(line) if line.lstrip().startswith("{") else _of_columns(line)
        except (ValueError, KeyError, TypeError) as error:
            if number == 1 and "\t" in line:
                continue  # the header
            raise SourceUnreadable(
                f"{path}, line {number}", f"is no judgment ({error})", _REMEDY
            ) from None


def _of_json(line: str) -> Judgment:
    raw = json.loads(line)
    source = raw["source"] if "source" in raw else raw["src"]
    target = raw["target"] if "target" in raw else raw["dst"]
    if not isinstance(source, str) or not isinstance(target, str):
        raise ValueError("source and target are ids, as text")
    return Judgment(source, target, int(raw.get("grade", 1)), str(raw.get("anchor") or ""))


def _of_columns(line: str) -> Judgment:
    columns = line.split("\t") if "\t" in line else line.split()
    if len(columns) == 4:
        source, _, target, grade = columns
    elif len(columns) in (2, 3):
        source, target, grade = [*columns, "1"][:3]
    else:
        raise ValueError(f"{len(columns)} columns")
    return Judgment(source.strip(), target.strip(), int(grade))
