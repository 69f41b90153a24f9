import re
from pathlib import Path

from .console import check, needs

PROJECT = Path(__file__).parents[2]


def demo() -> str:
    """What `make demo` runs in a fresh checkout, but for the installation itself."""
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    said = [
        re.search(rf"^{target}:.*\n(?:\t.*\n)*?\t@(echo '.*')$", makefile, re.MULTILINE)
        for target in (r"\$\(VENV\)/\.python", r"\$\(VENV\)/\.runtime")
    ]
    echoes = [echo[1].replace("$(VENV)", ".venv") for echo in said if echo]
    return " && ".join([*echoes, "exec newsclip demo"])


@needs("curl")
def test_the_commands_print_what_the_readme_shows(tmp_path: Path) -> None:
    check(PROJECT / "README.md", tmp_path, {"make demo": demo()})


def test_it_opens_with_one_sentence_and_names_both_make_targets() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    title, sentence, *_ = text.split("\n\n")
    assert title == "# Newsclip"
    assert re.fullmatch(r"[^.]+\.", sentence)
    assert {"make demo", "make test"} <= set(re.findall(r"make \w+", text))
