import re
import tomllib
from pathlib import Path

from newsclip.api.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text("utf-8")


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.*)` \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [
        (name, "unset" if field.default is None else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def test_the_example_is_a_settings_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "newsclip.toml").write_text(example, "utf-8")
    settings = Settings.load(config=tmp_path / "newsclip.toml")
    assert {name: str(getattr(settings, name)) for name in tomllib.loads(example)} == {
        name: str(value) for name, value in tomllib.loads(example).items()
    }
