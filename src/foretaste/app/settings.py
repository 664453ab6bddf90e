"""All settings of a fit in one place: a TOML file, then the environment, then ``--set``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from foretaste.app.parts import model_settings
from foretaste.core import Settings
from foretaste.core.errors import SettingsError
from foretaste.data import SignalSettings
from foretaste.language import EncoderSettings, TextIndexSettings
from foretaste.recommend import ReasonSettings, ReciprocalRankFusion

__all__ = [
    "ENVIRONMENT_PREFIX",
    "FitSettings",
    "load_settings",
    "put_dotted",
    "read_toml",
    "read_value",
]

ENVIRONMENT_PREFIX = "FORETASTE_SET_"
"""``FORETASTE_SET_SEED=7`` and ``FORETASTE_SET_MODELS__EASE__RIDGE=100`` set settings."""


class FitSettings(Settings):
    """What :func:`foretaste.fit` may be told; every field has a default."""

    sources: tuple[str, ...] = Field(
        default=("taste", "popularity"),
        min_length=1,
        description="who ranks: the first that has something to say, the others as fallback",
    )
    fusion: ReciprocalRankFusion | None = Field(
        default=None, description="join all sources by reciprocal rank instead of the first alone"
    )
    models: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="settings of each source by its name"
    )
    encoder: EncoderSettings | None = Field(
        default=None, description="text encoder; none takes the best at hand"
    )
    use_text: bool = Field(
        default=True, description="read the items' words: wishes, new items, language block"
    )
    text: TextIndexSettings = Field(
        default_factory=TextIndexSettings, description="how wishes are matched with texts"
    )
    ratings: bool = Field(
        default=True, description="fit predicted ratings too, where the data holds ratings"
    )
    reasons: ReasonSettings = Field(default_factory=ReasonSettings, description="how much to say")
    signals: SignalSettings = Field(
        default_factory=SignalSettings, description="what events say about liking"
    )
    seed: int = Field(default=0, description="seed of everything random")

    def check(self) -> None:
        """Refuse unknown sources and wrong model settings now, not after an hour.

        Raises:
            InputError: With the first thing that is wrong.
        """
        for name in self.sources:
            model_settings(name, self.models.get(name, {}))
        for name in self.models:
            if name not in self.sources:
                raise SettingsError(
                    f"models.{name} is set but {name} is not a source",
                    got=", ".join(self.sources),
                    remedy=f"Add {name!r} to sources or remove the table",
                )


def load_settings(
    config: str | Path | Mapping[str, Any] | FitSettings | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> FitSettings:
    """Collect settings: file or mapping, then the environment, then overrides.

    Args:
        config: A TOML file, a mapping, ready settings, or nothing.
        overrides: Dotted names and values, such as ``{"models.ease.ridge": 100}``.

    Returns:
        Checked settings.

    Raises:
        SettingsError: If the file cannot be read or a setting is unknown or out of range.
    """
    if isinstance(config, FitSettings):
        values: dict[str, Any] = config.model_dump()
        where = "settings"
    elif isinstance(config, Mapping):
        values, where = dict(config), "settings"
    elif config is None:
        values, where = {}, "settings"
    else:
        values, where = read_toml(Path(config)), str(config)
        values.pop("service", None)  # the same file may configure the service
    for name, text in sorted(os.environ.items()):
        if name.startswith(ENVIRONMENT_PREFIX):
            dotted = name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", ".")
            put_dotted(values, dotted, read_value(text))
    for dotted, value in (overrides or {}).items():
        put_dotted(values, dotted, read_value(value) if isinstance(value, str) else value)
    settings = FitSettings.of(values, where)
    settings.check()
    return settings


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Args:
        path: The file.

    Returns:
        Its values.

    Raises:
        SettingsError: If it is not there or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError("there is no such settings file", where=str(path)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError("this is not a TOML file", got=str(error), where=str(path)) from None


def put_dotted(values: dict[str, Any], dotted: str, value: Any) -> None:
    """Put one value at its place in nested tables; copies the tables it passes.

    Args:
        values: The outermost table, changed in place.
        dotted: Where, such as ``models.ease.ridge``.
        value: What.

    Raises:
        SettingsError: If the place is absurdly deep.
    """
    *path, last = dotted.split(".")
    if len(path) > 20:
        raise SettingsError("no setting lies that deep", got=dotted)
    for name in path:
        inner = values.get(name)
        values[name] = dict(inner) if isinstance(inner, Mapping) else {}
        values = values[name]
    values[last] = value


def read_value(text: str) -> Any:
    """A value as TOML would read it; a bare word is a string.

    Args:
        text: What was written.

    Returns:
        The value.
    """
    try:
        read = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return read["value"] if len(read) == 1 else text
