"""What only some of the versions of Python that may be there do right."""

import re
from pathlib import Path

import newsclip

SOURCE = Path(newsclip.__file__).parent
# Up to 3.11.4, and so in Debian 12, a group that is repeated possessively matches what it must not,
# and may never come to an end (gh-106052, gh-100061). A single sign may be repeated like this, and
# an atomic group is right.
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")


def test_no_group_is_repeated_possessively() -> None:
    assert POSSESSIVE_GROUP.search(r"(?:ab?c)*+")
    assert not POSSESSIVE_GROUP.search(r"(?>(?:ab?c)*)[^\d]*+")
    found = {
        f"{file.relative_to(SOURCE)}:{number}"
        for file in SOURCE.rglob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    }
    assert found == set()
