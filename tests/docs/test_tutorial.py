from pathlib import Path

from .console import check, needs

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"


@needs("curl")
def test_the_commands_print_what_the_tutorial_shows(tmp_path: Path) -> None:
    check(TUTORIAL, tmp_path)
