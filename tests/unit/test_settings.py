import math
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from newsclip.api.settings import Settings
from newsclip.errors import SettingInvalid, SourceUnreadable
from newsclip.index.encoder_choice import EncoderChoice


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and no variable of ours."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("NEWSCLIP_")]:  # noqa: TID251
        monkeypatch.delenv(name)


def refusal(**flags: object) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        Settings.load(flags)
    return caught.value


def test_defaults() -> None:
    settings = Settings.load()
    assert settings.model_dump() == {
        "data": Path("newsclip-data"),
        "encoder": None,
        "dimension": None,
        "backend": None,
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "max_request_bytes": 16_777_216,
        "max_line_bytes": 16_777_216,
        "log_format": "console",
        "log_level": "info",
        "languages": "same",
        "ranker": "learned",
        "half_life_days": {},
        "site_name": "Newsclip",
    }
    assert settings.origin("port") == "default"


def test_half_lives_in_the_file_and_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    file = '[half_life_days]\nSport = 7\nRecipes = "never"\n"*" = 720\n'
    Path("newsclip.toml").write_text(file, encoding="utf-8")
    set_in_file = Settings.load()
    assert set_in_file.half_life_days == {"Sport": 7, "Recipes": math.inf, "*": 720}
    monkeypatch.setenv("NEWSCLIP_HALF_LIFE_DAYS", "Sport = 7, Recipes=never,*=720")
    assert Settings.load().half_life_days == set_in_file.half_life_days
    assert Settings.load().origin("half_life_days") == "NEWSCLIP_HALF_LIFE_DAYS"


@pytest.mark.parametrize("value", ["Sport", "Sport=soon", "Sport=0", "Sport=-1", "Sport=nan"])
def test_half_lives_that_are_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NEWSCLIP_HALF_LIFE_DAYS", value)
    with pytest.raises(SettingInvalid, match="half_life_days"):
        Settings.load()


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = 'host = "file.example"\nport = 1\nworkers = 1\n'
    Path("newsclip.toml").write_text(file, encoding="utf-8")
    monkeypatch.setenv("NEWSCLIP_PORT", "2")
    monkeypatch.setenv("NEWSCLIP_WORKERS", "2")
    settings = Settings.load({"workers": "3"})
    names = ("encoder", "host", "port", "workers")
    assert {name: (getattr(settings, name), settings.origin(name)) for name in names} == {
        "encoder": (None, "default"),
        "host": ("file.example", "newsclip.toml"),
        "port": (2, "NEWSCLIP_PORT"),
        "workers": (3, "--workers"),
    }


def test_settings_built_directly_read_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("newsclip.toml").write_text("port = 1", encoding="utf-8")
    monkeypatch.setenv("NEWSCLIP_PORT", "2")
    assert Settings().port == 8000


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_another_file_replaces_newsclip_toml(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("newsclip.toml").write_text("port = 1\nworkers = 9", encoding="utf-8")
    Path("other.toml").write_text("port = 2", encoding="utf-8")
    monkeypatch.setenv("NEWSCLIP_CONFIG", "missing.toml" if how == "argument" else "other.toml")
    settings = Settings.load(config=Path("other.toml") if how == "argument" else None)
    assert (settings.port, settings.workers) == (2, 1)
    assert settings.origin("port") == "other.toml"


def test_a_file_that_is_named_must_exist() -> None:
    with pytest.raises(SourceUnreadable, match=r"missing\.toml: .*No such file") as caught:
        Settings.load(config=Path("missing.toml"))
    assert "--config" in caught.value.remedy


def test_malformed_toml_is_reported_with_its_line() -> None:
    Path("newsclip.toml").write_text("port = 1\nhost = \n", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=r"newsclip\.toml: is not TOML: .*line 2"):
        Settings.load()


def test_a_file_may_begin_as_windows_writes_it() -> None:
    Path("newsclip.toml").write_text("port = 8080", encoding="utf-8-sig")
    assert Settings.load().port == 8080


@pytest.mark.parametrize(
    "setting",
    [
        "port = true",
        "workers = true",
        "dimension = true",
        "max_request_bytes = true",
        "site_name = false",
        "[half_life_days]\nSport = true",
    ],
)
def test_true_is_no_number(setting: str) -> None:
    Path("newsclip.toml").write_text(setting, encoding="utf-8")
    error = refusal()
    assert error.problem == "should not be true or false (set by newsclip.toml)"


@pytest.mark.parametrize("name", ["encoder", "dimension", "backend"])
def test_what_is_printed_as_unset_may_be_written_so(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("newsclip.toml").write_text(
        'encoder = "builtin"\ndimension = 256\nbackend = "onnx"', encoding="utf-8"
    )
    monkeypatch.setenv(f"NEWSCLIP_{name.upper()}", "unset")
    settings = Settings.load()
    assert getattr(settings, name) is None
    assert settings.origin(name) == f"NEWSCLIP_{name.upper()}"


def test_the_default_of_what_is_unset_is_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLIP_DIMENSION", "7")
    assert refusal().remedy.endswith("; the default is unset")


def test_a_file_that_is_not_utf8_is_reported() -> None:
    Path("newsclip.toml").write_bytes(b'site_name = "\xff"')
    with pytest.raises(SourceUnreadable, match=r"newsclip\.toml: is not TOML"):
        Settings.load()


def test_an_unknown_key_names_the_nearest() -> None:
    Path("newsclip.toml").write_text("prot = 8080", encoding="utf-8")
    error = refusal()
    assert error.message == "prot: is no setting (set by newsclip.toml), got 8080"
    assert error.remedy == "did you mean port?"


def test_an_unknown_key_like_no_other_gets_the_whole_choice() -> None:
    Path("newsclip.toml").write_text("[zzz]\nq = 1", encoding="utf-8")
    assert refusal().remedy.startswith(
        "choose from: data, encoder, dimension, backend, host, port, "
    )


def test_an_unknown_variable_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLIP_WORKER", "4")
    error = refusal()
    assert error.message == "NEWSCLIP_WORKER: is no setting (set by the environment), got '4'"
    assert error.remedy == "did you mean NEWSCLIP_WORKERS?"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLIP_PORT", "")
    assert Settings.load().port == 8000


def test_other_programs_variables_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLIPPINGS_PROT", "4")
    assert Settings.load().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eighty"),
        ("port", "0"),
        ("port", "65536"),
        ("workers", "0"),
        ("workers", "1.5"),
        ("data", ""),
        ("encoder", " "),
        ("max_line_bytes", "10"),
        ("max_line_bytes", "3 parsecs"),
        ("log_format", "xml"),
        ("log_level", "loud"),
        ("site_name", ""),
    ],
)
def test_a_bad_value_names_key_value_origin_and_remedy(name: str, value: str) -> None:
    error = refusal(**{name: value})
    assert (error.field, error.value, error.origin) == (
        name,
        value,
        "--" + name.replace("_", "-"),
    )
    assert error.remedy.startswith("give ")
    assert f"set by {error.origin}" in error.message


def test_a_bad_value_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSCLIP_PORT", "70000")
    error = refusal()
    assert error.message == (
        "port: should be less than or equal to 65535 (set by NEWSCLIP_PORT), got '70000'"
    )
    assert error.remedy == (
        "give the port that the service listens on, 1 to 65535; the default is 8000"
    )


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("max_line_bytes", "32 MiB", 33_554_432),
        ("max_request_bytes", "1000000", 1_000_000),
        ("log_level", "WARNING", "warning"),
        ("site_name", "  The Courier ", "The Courier"),
        ("data", "~/archive", Path("~/archive").expanduser()),
    ],
)
def test_values_are_read_as_people_write_them(name: str, given: str, read: object) -> None:
    assert getattr(Settings.load({name: given}), name) == read


def test_what_is_chosen_of_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().encoder_choice == EncoderChoice()
    monkeypatch.setenv("NEWSCLIP_DIMENSION", "256")
    monkeypatch.setenv("NEWSCLIP_BACKEND", "int8")
    chosen = Settings.load({"encoder": "org/model"}).encoder_choice
    assert chosen == EncoderChoice("org/model", 256, "int8")
    assert "8 to 8192" in refusal(dimension=7).remedy
    assert '"torch", "onnx" or "int8"' in refusal(backend="tpu").remedy
