"""The settings: what may be chosen, where each value came from, and what is wrong with it.

Defaults < ``newsclip.toml`` < environment (``NEWSCLIP_*``) < flags of the command line.
Nothing below ``newsclip.api`` reads the environment or a configuration file.
"""

import difflib
import math
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
)

from newsclip.errors import SettingInvalid, SourceUnreadable
from newsclip.index.encoder_choice import Backend, EncoderChoice
from newsclip.recommender.choice import Languages
from newsclip.recommender.ranking import RankerChoice

ENVIRONMENT_PREFIX = "NEWSCLIP_"
CONFIG_FILE = Path("newsclip.toml")
_DEFAULT = "default"
_UNSET = "unset"
"""How a setting that has no value is printed, and may be written."""

_Text = Annotated[str, Field(min_length=1, max_length=200)]
_Dimension = Annotated[int, Field(ge=8, le=8192)]
_Bytes = Annotated[ByteSize, Field(ge=2**10, le=2**30)]
_MEBIBYTES_16 = ByteSize(16 * 2**20)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _not_blank(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("should not be blank")  # as a path it would be the working directory
    return value


def _table(value: object) -> object:
    """In the environment a table is written as ``Sport=7, Recipes=never``."""
    if not isinstance(value, str):
        return value
    pairs = (pair.partition("=") for pair in value.split(",") if pair.strip())
    return {name.strip(): days.strip() for name, _, days in pairs}


def _never(value: object) -> object:
    return math.inf if value == "never" else _no_truth(value)


def _no_truth(value: object) -> object:
    """To Python `true` is 1, and so would be a port."""
    if isinstance(value, bool):
        raise ValueError("should not be true or false")
    return value


def _unset(value: object) -> object:
    return None if value == _UNSET else value


_Days = Annotated[float, Field(gt=0), BeforeValidator(_never)]


class Settings(BaseModel):
    """All settings, validated. `Settings(…)` reads its arguments only, `Settings.load` all sources.

    Each description completes "give …": error messages and `docs/reference/settings.md` use it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    data: Annotated[Path, BeforeValidator(_not_blank), AfterValidator(Path.expanduser)] = Field(
        Path("newsclip-data"), description="the directory that holds the archive"
    )
    encoder: Annotated[_Text | None, BeforeValidator(_unset)] = Field(
        None,
        description='"builtin", a folder, or the name of a sentence-transformers model;'
        " without it an archive keeps its own, and a new one takes the built-in",
    )
    dimension: Annotated[_Dimension | None, BeforeValidator(_unset)] = Field(
        None,
        description="how many of the encoder's dimensions to keep, 8 to 8192; fewer take less room"
        " and answer less well",
    )
    backend: Annotated[Backend | None, BeforeValidator(_unset)] = Field(
        None,
        description='"torch", "onnx" or "int8" for what runs a transformer; without it torch,'
        " or onnx where onnxruntime alone is installed",
    )
    host: _Text = Field("127.0.0.1", description="the address that the service listens on")
    port: Annotated[int, Field(ge=1, le=65_535)] = Field(
        8000, description="the port that the service listens on, 1 to 65535"
    )
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="the number of processes that answer requests, 1 to 64"
    )
    max_request_bytes: _Bytes = Field(
        _MEBIBYTES_16, description='the size limit of a request body, "1 KiB" to "1 GiB"'
    )
    max_line_bytes: _Bytes = Field(
        _MEBIBYTES_16, description='the size limit of a line of an import, "1 KiB" to "1 GiB"'
    )
    log_format: Literal["console", "json"] = Field(
        "console", description='"console" for people or "json" for log collectors'
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = (
        Field("info", description='the least weight to log: "debug", "info", "warning" or "error"')
    )
    languages: Languages = Field(
        "same",
        description='"same" for related articles in the language of their source alone, or "any"',
    )
    ranker: RankerChoice = Field(
        "learned",
        description='"learned" for related articles ranked as newsclip tune has learned, "general"'
        ' for the ranker that comes along, or "fixed" for a plain blend of words and meaning',
    )
    half_life_days: Annotated[dict[_Text, _Days], BeforeValidator(_table)] = Field(
        {},
        description='how fast articles age, in days or "never", by section and with "*" for the'
        ' others, such as { Sport = 7, Recipes = "never" }',
    )
    site_name: _Text = Field("Newsclip", description="the name at the head of the web pages")

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _no_setting_is_true = field_validator("*", mode="before")(_no_truth)

    @classmethod
    def load(cls, flags: Mapping[str, object] | None = None, config: Path | None = None) -> Self:
        """The settings of this process; ``flags`` are the values given on the command line.

        ``config`` is the file that ``--config`` named. Raises SettingInvalid, or SourceUnreadable
        for a configuration file that cannot be read.
        """
        environment = _environment()
        variable = environment.pop("config", None)
        file = _config_file(config or variable)
        layers: list[tuple[Mapping[str, object], Callable[[str], str]]] = [
            (_file_values(file), lambda name: str(file)),
            (_known(environment, "the environment", _variable), _variable),
            (flags or {}, _flag),
        ]
        values: dict[str, Any] = {}
        origins: dict[str, str] = {}
        for layer, origin in layers:
            values.update(layer)
            origins.update({name: origin(name) for name in layer})
        try:
            settings = cls(**values)
        except ValidationError as error:
            _refuse(error, origins)
        settings._origins = origins
        return settings

    @property
    def encoder_choice(self) -> EncoderChoice:
        """Which encoder is meant; what is left open an archive decides."""
        return EncoderChoice(self.encoder, self.dimension, self.backend)

    def origin(self, name: str) -> str:
        """Where the value of setting ``name`` came from, such as ``NEWSCLIP_PORT``."""
        return self._origins.get(name, _DEFAULT)


def _variable(name: str) -> str:
    return ENVIRONMENT_PREFIX + name.upper()


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _environment() -> dict[str, str]:
    """The variables that are ours, by setting; an empty one counts as not set."""
    return {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(ENVIRONMENT_PREFIX) and value
    }


def _config_file(named: Path | str | None) -> Path | None:
    if named is not None:
        return Path(named)
    return CONFIG_FILE if CONFIG_FILE.exists() else None


def _file_values(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return _known(tomllib.loads(file.read_text("utf-8-sig")), str(file), str)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        remedy = "check the path in --config or NEWSCLIP_CONFIG"
        raise SourceUnreadable(str(file), problem, remedy) from error
    except ValueError as error:
        remedy = 'write one setting a line, such as: site_name = "The Courier"'
        raise SourceUnreadable(str(file), f"is not TOML: {error}", remedy) from error


def _known(values: dict[str, Any], where: str, spelling: Callable[[str], str]) -> dict[str, Any]:
    """The values as they are; refuses a name that no setting has, and says which is nearest."""
    for name in (name for name in values if name not in Settings.model_fields):
        nearest = difflib.get_close_matches(name, Settings.model_fields, n=1)
        names = ", ".join(map(spelling, Settings.model_fields))
        remedy = f"did you mean {spelling(nearest[0])}?" if nearest else f"choose from: {names}"
        raise SettingInvalid(spelling(name), values[name], remedy, "is no setting", where)
    return values


def _refuse(error: ValidationError, origins: Mapping[str, str]) -> NoReturn:
    """Turns the first of pydantic's complaints into the domain's error."""
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0])
    field = Settings.model_fields[name]
    default = _UNSET if field.default is None else field.default
    remedy = f"give {field.description}; the default is {default}"
    problem = first["msg"].removeprefix("Input ").removeprefix("Value error, ")
    origin = origins.get(name, _DEFAULT)
    raise SettingInvalid(name, first["input"], remedy, problem, origin) from None
