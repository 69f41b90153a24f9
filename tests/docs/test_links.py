"""Every link of every Markdown file within the project leads somewhere, its anchor included."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsclip import __version__

PROJECT = Path(__file__).parents[2]
FOLDERS = ("docs", "notebooks", "src", "tests")
PAGES = sorted({*PROJECT.glob("*.md"), *(p for f in FOLDERS for p in (PROJECT / f).rglob("*.md"))})

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z]+:")  # https:, mailto:


def prose(page: Path) -> str:
    """The text of a page without its code."""
    return re.sub(r"`[^`\n]+`", "", _FENCE.sub("", page.read_text("utf-8")))


def links(page: Path) -> Iterator[str]:
    for inline, reference in _LINK.findall(prose(page)):
        target = inline or reference
        if not _ELSEWHERE.match(target):
            yield target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and most others make them."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        within = target.is_relative_to(PROJECT) and target.exists()
        if not within or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_the_map_of_the_docs_leads_to_every_page() -> None:
    home = PROJECT / "docs" / "README.md"
    reached = {(home.parent / link.partition("#")[0]).resolve() for link in links(home)}
    assert set((PROJECT / "docs").rglob("*.md")) - {home} <= reached


def test_the_changes_begin_with_this_version() -> None:
    changes = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (\S+)( - \d{4}-\d\d-\d\d)?$", changes, re.MULTILINE)
    assert next(version for version, _ in versions if version != "Unreleased") == __version__
