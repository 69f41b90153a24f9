import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from newsclip.api.cli import main
from newsclip.api.draft_schemas import SuggestBody
from newsclip.api.related_schemas import SimilarQuery
from newsclip.api.schemas import Taken
from newsclip.api.search_schemas import SearchQuery

Run = Callable[..., Result]


def settings(result: Result) -> dict[str, dict[str, object]]:
    assert result.exit_code == 0, result.stderr
    shown: dict[str, dict[str, object]] = json.loads(result.stdout)
    return shown


def test_config_show(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("newsclip.toml").write_text('site_name = "The Courier"', encoding="utf-8")
    monkeypatch.setenv("NEWSCLIP_PORT", "8080")
    result = run("config", "show", "--data", "elsewhere")
    assert result.stdout == (
        "data               elsewhere    --data\n"
        "encoder            unset        default\n"
        "dimension          unset        default\n"
        "backend            unset        default\n"
        "host               127.0.0.1    default\n"
        "port               8080         NEWSCLIP_PORT\n"
        "workers            1            default\n"
        "max_request_bytes  16777216     default\n"
        "max_line_bytes     16777216     default\n"
        "log_format         console      default\n"
        "log_level          info         default\n"
        "languages          same         default\n"
        "ranker             learned      default\n"
        "half_life_days     {}           default\n"
        "site_name          The Courier  newsclip.toml\n"
    )


def test_config_show_as_json(run: Run) -> None:
    shown = settings(run("config", "show", "--json"))
    assert shown["port"] == {"value": 8000, "origin": "default"}
    assert shown["data"] == {"value": "newsclip-data", "origin": "default"}


def test_half_lives_are_shown_as_they_are_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCLIP_HALF_LIFE_DAYS", "Sport=7,Recipes=never")
    shown = settings(run("config", "show", "--json"))
    assert shown["half_life_days"]["value"] == {"Sport": 7, "Recipes": "never"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "a", "config", "show"],
        ["config", "--data", "a", "show"],
        ["config", "show", "--data", "a"],
        ["--data", "b", "config", "show", "--data", "a"],
    ],
)
def test_data_may_stand_before_or_after_the_command(arguments: list[str], run: Run) -> None:
    shown = settings(run(*arguments, "--json"))
    assert shown["data"] == {"value": "a", "origin": "--data"}


def test_another_settings_file(run: Run) -> None:
    Path("other.toml").write_text("port = 9", encoding="utf-8")
    shown = settings(run("--config", "other.toml", "config", "show", "--json"))
    assert shown["port"] == {"value": 9, "origin": "other.toml"}


def test_a_bad_setting_is_a_usage_error(run: Run) -> None:
    result = run("serve", "--port", "eighty")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: port: should be a valid integer, unable to parse string as an integer"
        " (set by --port), got 'eighty'\n"
        "remedy: give the port that the service listens on, 1 to 65535; the default is 8000\n"
    )


@pytest.mark.parametrize(
    ("command", "schema"),
    [
        ("search", SearchQuery),
        ("similar", SimilarQuery),
        ("suggest-tags", SuggestBody),
    ],
)
def test_defaults_are_those_of_http(command: str, schema: type[Taken]) -> None:
    defaults = {
        field.alias or name: field.default
        for name, field in schema.model_fields.items()
        if field.default not in (None, [])
    }
    options = {option.name: option for option in main.commands[command].params}
    shared = defaults.keys() & options.keys()
    assert "limit" in shared
    assert {name: options[name].default for name in shared} == {
        name: defaults[name] for name in shared
    }
